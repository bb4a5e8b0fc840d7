-- The ten products that were clicked most from one moment until before another,
-- by the clicks' own times: what the live counts should say of them. A record
-- that landed twice counts once; what was loaded past the stream, not at all.
with asked as (
    select
        cast(:since as timestamp_ntz) as since,
        cast(:until as timestamp_ntz) as until_before
),

records as (
    select distinct
        clicks.shard_id,
        clicks.sequence_number,
        clicks.product_id,
        clicks.product_name,
        coalesce(clicks.click_count, 1) as click_count
    from raw.click_events as clicks
    inner join
        asked
        on
            clicks.event_timestamp >= asked.since
            and clicks.event_timestamp < asked.until_before
    where
        clicks.product_id is not null
        and clicks.shard_id not like 'load-%'
),

final as (
    select
        product_id,
        max(product_name) as product_name,
        sum(click_count) as count_clicks
    from records
    group by product_id
)

select * from final
order by count_clicks desc, product_id asc
limit 10;
