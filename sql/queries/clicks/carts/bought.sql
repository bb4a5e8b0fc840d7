-- Each product that a visit put into the cart: was it bought in the visit, and
-- what was so when it was put there. Last late is whether the person's last
-- delivery before that day was handed over after its window, null without one.
-- Days are those of the place.
with carts as (
    select
        session_id,
        user_id,
        product_id,
        min(event_timestamp) as seen_at,
        convert_timezone('UTC', :zone, min(event_timestamp)) as clock_at,
        count_if(event_type = 'purchase') > 0 as is_bought,
        max_by(experiment, event_timestamp) as arm,
        max_by(device_type, event_timestamp) as device_type,
        max_by(referrer_url, event_timestamp) as referrer_url,
        max_by(user_type, event_timestamp) as user_type,
        max_by(campaign, event_timestamp) as campaign,
        max_by(stock_band, event_timestamp) as stock_band,
        max_by(shown_price, event_timestamp) as shown_price,
        datediff(
            'day',
            cast(convert_timezone('UTC', :zone, min(event_timestamp)) as date),
            cast(convert_timezone('UTC', :zone, max(promised_at)) as date)
        ) as promised_days
    from core.kept_clicks
    where
        session_id is not null
        and user_id is not null
        and product_id is not null
        and event_timestamp >= cast(:since as timestamp_ntz)
        and event_timestamp < cast(:until as timestamp_ntz)
    group by session_id, user_id, product_id
    having count_if(event_type = 'add_to_cart') > 0
),

buyers as (
    select distinct
        order_id,
        user_id
    from core.kept_purchases
    where order_id is not null and user_id is not null
),

delivered as (
    select
        buyers.user_id,
        steps.event_timestamp as delivered_at,
        dateadd(
            'day',
            1,
            cast(
                convert_timezone('UTC', :zone, steps.event_timestamp) as date
            )
        ) as known_on,
        steps.event_timestamp > steps.promised_until as is_late
    from core.delivery_events as steps
    inner join buyers
        on steps.order_id = buyers.order_id
    where steps.status = 'delivered'
),

happenings as (
    select
        user_id,
        cast(known_on as timestamp_ntz) as clock_at,
        delivered_at,
        is_late,
        null as session_id,
        null as product_id
    from delivered
    union all
    select
        user_id,
        clock_at,
        null as delivered_at,
        null as is_late,
        session_id,
        product_id
    from carts
),

remembered as (
    select
        session_id,
        product_id,
        last_value(is_late ignore nulls) over (
            partition by user_id
            order by clock_at, delivered_at nulls last
            rows between unbounded preceding and current row
        ) as is_last_late
    from happenings
),

final as (
    select
        carts.* exclude (clock_at),
        datediff(
            'second',
            carts.clock_at,
            dateadd('day', 1, date_trunc('day', carts.clock_at))
        ) / 3600 as hours_left,
        remembered.is_last_late,
        carts.shown_price / first_value(carts.shown_price) over (
            partition by carts.product_id
            order by carts.seen_at
            rows between unbounded preceding and unbounded following
        ) as price_ratio,
        lag(not carts.is_bought) over (
            partition by carts.user_id, carts.product_id
            order by carts.seen_at
        ) as was_left
    from carts
    inner join remembered
        on
            carts.session_id = remembered.session_id
            and carts.product_id = remembered.product_id
)

select * from final
order by session_id, product_id;
