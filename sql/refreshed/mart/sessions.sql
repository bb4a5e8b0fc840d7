-- Each visit to the shop: when, with what, how far it went, what it brought;
-- revenue is null if a purchase does not say what was paid. Differing are its
-- purchases that were told again with another quantity, price or total.
with clicks as (
    select
        clicks.session_id,
        clicks.user_id,
        clicks.event_timestamp,
        clicks.event_type,
        clicks.product_id,
        clicks.device_type,
        clicks.referrer_url,
        clicks.user_type,
        clicks.location,
        coalesce(purchases.order_id, purchases.event_id) as ordered_id,
        purchases.paid,
        purchases.differs,
        purchases.event_id is not null and purchases.paid is null as is_unpaid,
        clicks.event_type in ('add_to_cart', 'purchase') as is_shopping,
        lower(clicks.user_agent) as agent,
        datediff(
            'millisecond',
            lag(clicks.event_timestamp) over (
                partition by clicks.session_id
                order by clicks.event_timestamp, clicks.event_id
            ),
            clicks.event_timestamp
        ) as pause
    from core.kept_clicks as clicks
    left join core.kept_purchases as purchases
        on clicks.event_id = purchases.event_id
    where clicks.session_id is not null
),

-- People are learnt from those who shop: of their pauses one in twenty is
-- quick, three more are brisk. Of fewer than a hundred nothing is learnt.
shoppers as (
    select distinct session_id
    from clicks
    where is_shopping
),

pace as (
    select
        percentile_cont(0.05) within group (order by clicks.pause)
            as quick_pause,
        percentile_cont(0.2) within group (order by clicks.pause)
            as brisk_pause
    from clicks
    inner join shoppers
        on clicks.session_id = shoppers.session_id
    where clicks.pause is not null
    having count(*) >= 100
),

visits as (
    select
        clicks.session_id,
        max(clicks.user_id) as user_id,
        min(clicks.event_timestamp) as started_at,
        max(clicks.event_timestamp) as ended_at,
        max(clicks.device_type) as device_type,
        max(clicks.referrer_url) as referrer_url,
        max(clicks.user_type) as user_type,
        max(clicks.location) as location,
        count(*) as count_events,
        count(distinct clicks.product_id) as count_products,
        max(iff(clicks.event_type = 'view', 1, 0)) = 1 as has_view,
        max(iff(clicks.event_type = 'click', 1, 0)) = 1 as has_click,
        max(iff(clicks.event_type = 'add_to_cart', 1, 0)) = 1
            as has_add_to_cart,
        max(iff(clicks.event_type = 'purchase', 1, 0)) = 1 as has_purchase,
        iff(
            count_if(clicks.is_unpaid) > 0,
            null,
            coalesce(sum(clicks.paid), 0)
        ) as revenue,
        count(clicks.differs) as count_differing,
        count(distinct clicks.ordered_id) as count_orders,
        count(pace.quick_pause) > 0 as has_pace,
        count_if(clicks.pause < pace.quick_pause) as count_quick,
        count_if(
            clicks.pause >= pace.quick_pause and clicks.pause < pace.brisk_pause
        ) as count_brisk,
        count_if(clicks.pause >= pace.brisk_pause) as count_slow,
        -- "cubot" makes telephones.
        count_if(
            contains(replace(clicks.agent, 'cubot', ''), 'bot')
            or contains(clicks.agent, 'crawl')
            or contains(clicks.agent, 'spider')
            or contains(clicks.agent, 'headless')
            or contains(clicks.agent, 'python-')
            or contains(clicks.agent, 'curl/')
            or contains(clicks.agent, 'wget/')
            or contains(clicks.agent, '+http')
        ) > 0 as is_named
    from clicks
    left join pace
        on true
    group by clicks.session_id
),

-- How the visits of a user went counts for each of them.
users as (
    select
        *,
        coalesce(user_id, session_id) as visitor,
        max(iff(has_purchase, 1, 0)) over (partition by visitor) = 1
            as is_buyer,
        -- One visitor in a hundred is taken for a bot before anything is
        -- known. Half of a bot's pauses are taken to be quick, four in ten
        -- brisk, one in ten slower, against 5, 15 and 80 % of people's.
        ln(1.0 / 99.0)
        + sum(
            count_quick * ln(50.0 / 5.0)
            + count_brisk * ln(40.0 / 15.0)
            + count_slow * ln(10.0 / 80.0)
        ) over (partition by visitor) as log_odds
    from visits
),

likely as (
    select
        *,
        case
            when is_named then 1
            when is_buyer then 0
            when has_pace
                then 1 / (1 + exp(-greatest(least(log_odds, 50), -50)))
        end as bot_probability
    from users
),

final as (
    select
        session_id,
        user_id,
        started_at,
        ended_at,
        device_type,
        referrer_url,
        user_type,
        location,
        count_events,
        count_products,
        has_view,
        has_click,
        has_add_to_cart,
        has_purchase,
        revenue,
        count_differing,
        bot_probability,
        coalesce(bot_probability > 0.5, false) as is_bot,
        count_orders
    from likely
)

select * from final
