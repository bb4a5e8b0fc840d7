-- Each event of a telematics box once: of several records the one that arrived
-- last.
create or replace view core.driving_events as
select
    event_id,
    event_timestamp,
    truck_id,
    event_type,
    latitude,
    longitude,
    speed,
    magnitude,
    seconds,
    stream,
    shard_id,
    sequence_number,
    arrived_at,
    file_name,
    file_row,
    loaded_at
from raw.operations
where operation = 'driving_event'
qualify
    row_number() over (
        partition by event_id
        order by
            sequence_number desc,
            shard_id desc,
            file_name desc,
            file_row desc
    ) = 1;
