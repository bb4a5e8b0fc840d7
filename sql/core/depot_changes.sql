-- Each change of a depot once: of several records the one that arrived last.
create or replace view core.depot_changes as
select
    event_id,
    event_timestamp,
    depot_id,
    depot_name,
    latitude,
    longitude,
    opens,
    closes,
    withdrawn,
    stream,
    shard_id,
    sequence_number,
    arrived_at,
    file_name,
    file_row,
    loaded_at
from raw.operations
where operation = 'depot'
qualify
    row_number() over (
        partition by event_id
        order by
            sequence_number desc,
            shard_id desc,
            file_name desc,
            file_row desc
    ) = 1;
