-- The products that each visit of people looked at, in their order: its views,
-- and of a product that it did not view the first event.
with events as (
    select
        clicks.session_id,
        clicks.user_id,
        clicks.product_id,
        clicks.event_timestamp,
        clicks.event_id,
        clicks.event_type = 'view' as is_view,
        min(clicks.event_timestamp) over (
            partition by clicks.session_id
        ) as started_at,
        count_if(clicks.event_type = 'view') over (
            partition by clicks.session_id, clicks.product_id
        ) as count_views,
        row_number() over (
            partition by clicks.session_id, clicks.product_id
            order by clicks.event_timestamp, clicks.event_id
        ) as place
    from core.kept_clicks as clicks
    left join mart.sessions as visits
        on clicks.session_id = visits.session_id
    where
        clicks.session_id is not null
        and clicks.product_id is not null
        and not coalesce(visits.is_bot, false)
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
