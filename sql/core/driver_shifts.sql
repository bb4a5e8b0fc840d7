-- Each beginning and end of a driver's shift once: of several records the one
-- that arrived last.
create or replace view core.driver_shifts as
select
    event_id,
    event_timestamp,
    driver_id,
    truck_id,
    duty,
    stream,
    shard_id,
    sequence_number,
    arrived_at,
    file_name,
    file_row,
    loaded_at
from raw.operations
where operation = 'driver_shift'
qualify
    row_number() over (
        partition by event_id
        order by
            sequence_number desc,
            shard_id desc,
            file_name desc,
            file_row desc
    ) = 1;
