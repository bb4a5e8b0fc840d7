-- Each reading once: of several records of one event the first that arrived.
create or replace view core.truck_readings as
select *
from raw.truck_telemetry
qualify
    row_number() over (
        partition by event_id
        order by sequence_number, shard_id, file_name, file_row
    ) = 1;
