-- Each identified visitor as known at a moment, by the visits that had ended by
-- then, and what came until another: of the products of one category, or (null)
-- of all. Bots are left out. Scores part the buyers into fifths, 5 being the
-- latest, most frequent, highest; alike buyers have the same.
with asked as (
    select
        cast(:as_of as timestamp_ntz) as as_of,
        cast(:until as timestamp_ntz) as until,
        cast(:category as varchar) as category
),

visits as (
    select
        sessions.user_id,
        min(sessions.started_at) as first_at,
        max(sessions.ended_at) as last_at,
        count(*) as count_visits,
        count_if(
            sessions.started_at >= dateadd('day', -7, asked.as_of)
        ) as visits_7_days,
        count_if(
            sessions.started_at >= dateadd('day', -28, asked.as_of)
        ) as visits_28_days,
        sum(sessions.count_orders) as count_orders,
        max(iff(sessions.has_purchase, sessions.ended_at, null))
            as last_order_at,
        iff(
            count_if(sessions.revenue is null) > 0, null, sum(sessions.revenue)
        ) as revenue,
        max_by(sessions.device_type, sessions.started_at) as device_type,
        max_by(sessions.location, sessions.started_at) as location
    from mart.sessions as sessions
    cross join asked
    where
        sessions.user_id is not null
        and not sessions.is_bot
        and sessions.ended_at < asked.as_of
    group by sessions.user_id
),

touched as (
    select
        touches.*,
        asked.as_of,
        coalesce(touches.category, offers.category) as of_category,
        asked.category is null
        or coalesce(touches.category, offers.category)
        is not distinct from asked.category as is_asked,
        offers.price as price_now
    from mart.session_products as touches
    cross join asked
    left join mart.product_offers as offers
        on touches.product_id = offers.product_id
    where touches.user_id is not null and touches.seen_at < asked.until
),

interests as (
    select
        user_id,
        count_if(product_id is not null) as count_seen,
        count_if(
            product_id is not null and seen_at >= dateadd('day', -7, as_of)
        ) as seen_7_days,
        count(carted_at) as count_carted,
        count(bought_at) as count_bought,
        max(bought_at) as last_bought_at
    from touched
    where is_asked and last_at < as_of
    group by user_id
),

tastes as (
    select
        user_id,
        of_category as favourite_category,
        count(*) / sum(count(*)) over (partition by user_id) as favourite_share
    from touched
    where of_category is not null and last_at < as_of
    group by user_id, of_category
    qualify
        row_number() over (
            partition by user_id
            order by count(*) desc, of_category asc
        ) = 1
),

carts as (
    select
        user_id,
        max(carted_at) as carted_at,
        max_by(carted_price, carted_at) as carted_price,
        max(price_now) as price_now
    from touched
    where product_id is not null and is_asked and last_at < as_of
    group by user_id, product_id
    having
        max(carted_at) > max(bought_at)
        or (max(carted_at) is not null and max(bought_at) is null)
),

left_over as (
    select
        user_id,
        count(*) as count_left,
        max(carted_at) as left_at,
        iff(
            count_if(carted_price is null) > 0, null, sum(carted_price)
        ) as left_value,
        max(1 - price_now / nullif(carted_price, 0)) as price_fell
    from carts
    group by user_id
),

outcomes as (
    select
        user_id,
        iff(
            count(bought_at) > count(paid), null, sum(paid)
        ) as paid_after
    from touched
    where is_asked and bought_at >= as_of
    group by user_id
),

told as (
    select
        messages.user_id,
        count(*) as count_messages
    from mart.messages as messages
    cross join asked
    where
        messages.planned_at > dateadd('day', -7, asked.as_of)
        and messages.planned_at <= asked.as_of
    group by messages.user_id
),

scores as (
    select
        user_id,
        1 + floor(4.999 * percent_rank() over (order by last_order_at))
            as recency,
        1 + floor(4.999 * percent_rank() over (order by count_orders))
            as frequency,
        iff(
            revenue is null,
            null,
            1 + floor(4.999 * percent_rank() over (
                partition by revenue is null order by revenue
            ))
        ) as money
    from visits
    where count_orders > 0
),

final as (
    select
        visits.user_id,
        datediff('second', visits.first_at, asked.as_of)
        / 86400.0 as days_since_first,
        datediff('second', visits.last_at, asked.as_of)
        / 86400.0 as days_since_visit,
        visits.count_visits,
        visits.visits_7_days,
        visits.visits_28_days,
        visits.count_orders,
        datediff('second', visits.last_order_at, asked.as_of)
        / 86400.0 as days_since_order,
        visits.revenue,
        scores.recency,
        scores.frequency,
        scores.money,
        visits.device_type,
        visits.location,
        tastes.favourite_category,
        tastes.favourite_share,
        coalesce(interests.count_seen, 0) as count_seen,
        coalesce(interests.seen_7_days, 0) as seen_7_days,
        coalesce(interests.count_carted, 0) as count_carted,
        coalesce(interests.count_bought, 0) as count_bought,
        datediff('second', interests.last_bought_at, asked.as_of)
        / 86400.0 as days_since_bought,
        coalesce(left_over.count_left, 0) as count_left,
        left_over.left_value,
        datediff('second', left_over.left_at, asked.as_of)
        / 86400.0 as days_since_left,
        left_over.price_fell,
        coalesce(told.count_messages, 0) as count_messages,
        outcomes.user_id is not null as has_bought_after,
        iff(outcomes.user_id is null, 0, outcomes.paid_after) as paid_after
    from visits
    cross join asked
    left join interests
        on visits.user_id = interests.user_id
    left join tastes
        on visits.user_id = tastes.user_id
    left join left_over
        on visits.user_id = left_over.user_id
    left join outcomes
        on visits.user_id = outcomes.user_id
    left join told
        on visits.user_id = told.user_id
    left join scores
        on visits.user_id = scores.user_id
)

select * from final
order by user_id;
