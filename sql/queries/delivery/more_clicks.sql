-- Clicks beyond the first that a record stands for: the live counts hold them.
with records as (
    select distinct
        shard_id,
        sequence_number,
        click_count
    from raw.click_events
    where click_count > 1
)

select coalesce(sum(click_count - 1), 0) as count_more
from records;
