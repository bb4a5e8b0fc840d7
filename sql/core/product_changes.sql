-- Each change of a product once: of several records the one that arrived last.
create or replace view core.product_changes as
select
    event_id,
    event_timestamp,
    product_id,
    product_name,
    price,
    stock_band,
    withdrawn,
    category,
    stream,
    shard_id,
    sequence_number,
    arrived_at,
    file_name,
    file_row,
    loaded_at
from raw.operations
where operation = 'product_change'
qualify
    row_number() over (
        partition by event_id
        order by
            sequence_number desc,
            shard_id desc,
            file_name desc,
            file_row desc
    ) = 1;
