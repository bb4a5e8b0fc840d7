-- Each change of a truck once: of several records the one that arrived last.
create or replace view core.truck_changes as
select
    event_id,
    event_timestamp,
    truck_id,
    depot_id,
    truck_class,
    capacity_kg,
    tank_litres,
    withdrawn,
    stream,
    shard_id,
    sequence_number,
    arrived_at,
    file_name,
    file_row,
    loaded_at
from raw.operations
where operation = 'truck'
qualify
    row_number() over (
        partition by event_id
        order by
            sequence_number desc,
            shard_id desc,
            file_name desc,
            file_row desc
    ) = 1;
