-- The products that each visit looked at, in their order: its views, and of a
-- product that it did not view the first event.
with events as (
    select
        session_id,
        user_id,
        product_id,
        event_timestamp,
        event_id,
        event_type = 'view' as is_view,
        min(event_timestamp) over (partition by session_id) as started_at,
        count_if(event_type = 'view') over (
            partition by session_id, product_id
        ) as count_views,
        row_number() over (
            partition by session_id, product_id
            order by event_timestamp, event_id
        ) as place
    from core.clicks
    where session_id is not null and product_id is not null
),

final as (
    select
        session_id,
        user_id,
        started_at,
        event_timestamp as stepped_at,
        product_id,
        row_number() over (
            partition by session_id
            order by event_timestamp, event_id
        ) as step_number
    from events
    where is_view or (count_views = 0 and place = 1)
)

select * from final
order by session_id, step_number;
