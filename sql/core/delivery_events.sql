-- Each step of a delivery once: of several records the one that arrived last.
create or replace view core.delivery_events as
select
    event_id,
    event_timestamp,
    order_id,
    truck_id,
    status,
    promised_from,
    promised_until,
    latitude,
    longitude,
    weight_kg,
    reason,
    stream,
    shard_id,
    sequence_number,
    arrived_at,
    file_name,
    file_row,
    loaded_at
from raw.operations
where operation = 'delivery_event'
qualify
    row_number() over (
        partition by event_id
        order by
            sequence_number desc,
            shard_id desc,
            file_name desc,
            file_row desc
    ) = 1;
