-- Each visit that began in a time and had so many events without a purchase:
-- what was known after them, and whether a purchase followed. Bots are in it:
-- at that moment nobody knows who is one.
with asked as (
    select
        cast(:since as timestamp_ntz) as since,
        cast(:until as timestamp_ntz) as until,
        cast(:events as integer) as events
),

first_events as (
    select clicks.*
    from core.kept_clicks as clicks
    cross join asked
    qualify
        row_number() over (
            partition by clicks.session_id
            order by clicks.event_timestamp, clicks.event_id
        ) <= asked.events
),

known as (
    select
        session_id,
        max(user_id) as user_id,
        max(device_type) as device_type,
        max(referrer_url) as referrer_url,
        max(user_type) as user_type,
        max(campaign) as campaign,
        max(event_timestamp) as known_at,
        count_if(event_type = 'view') as count_views,
        count_if(event_type = 'click') as count_clicks,
        count_if(event_type = 'add_to_cart') as count_carts,
        count(distinct product_id) as count_products,
        count(distinct category) as count_categories,
        count_if(stock_band = 'out') as count_out,
        avg(shown_price) as mean_price
    from first_events
    group by session_id
    having count_if(event_type = 'purchase') = 0
),

visits as (
    select
        session_id,
        started_at,
        count_events,
        has_purchase,
        iff(
            user_id is null,
            null,
            row_number() over (
                partition by user_id order by started_at, session_id
            ) - 1
        ) as visits_before,
        iff(
            user_id is null,
            null,
            sum(count_orders) over (
                partition by user_id
                order by started_at, session_id
                rows between unbounded preceding and current row
            ) - count_orders
        ) as orders_before,
        iff(
            user_id is null,
            null,
            datediff(
                'second',
                lag(started_at) over (
                    partition by user_id order by started_at, session_id
                ),
                started_at
            ) / 86400.0
        ) as days_since_visit
    from mart.sessions
),

final as (
    select
        known.*,
        visits.started_at,
        datediff('second', visits.started_at, known.known_at) as seconds,
        visits.visits_before,
        visits.orders_before,
        visits.days_since_visit,
        visits.has_purchase as has_bought_after
    from known
    inner join visits
        on known.session_id = visits.session_id
    cross join asked
    where
        visits.count_events >= asked.events
        and visits.started_at >= asked.since
        and visits.started_at < asked.until
)

select * from final
order by started_at, session_id;
