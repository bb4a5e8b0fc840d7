-- What became of each product in the visits of people: seen, clicked, carted,
-- bought, with which prices in view, and how often it was seen while it was out
-- of stock. Visits count by what they did in the time.
with clicks as (
    select
        clicks.product_id,
        clicks.product_name,
        clicks.category,
        clicks.session_id,
        clicks.event_type,
        clicks.shown_price,
        clicks.stock_band,
        clicks.stock_band = 'out' as is_out,
        purchases.event_id is not null as is_purchase,
        purchases.paid
    from core.kept_clicks as clicks
    left join core.kept_purchases as purchases
        on clicks.event_id = purchases.event_id
    left join mart.sessions as visits
        on clicks.session_id = visits.session_id
    where
        clicks.product_id is not null
        and clicks.session_id is not null
        and not coalesce(visits.is_bot, false)
        and clicks.event_timestamp >= cast(:since as timestamp_ntz)
        and clicks.event_timestamp < cast(:until as timestamp_ntz)
),

visits as (
    select
        product_id,
        max(product_name) as product_name,
        max(category) as category,
        count_if(event_type = 'view') > 0 as has_seen,
        count_if(event_type = 'click') > 0 as has_clicked,
        count_if(event_type = 'add_to_cart') > 0 as has_carted,
        count_if(is_purchase) > 0 as has_bought,
        count(stock_band) > 0 as has_stock,
        count_if(is_out) > 0 and count_if(not is_out) = 0 as was_out,
        sum(paid) as paid,
        count_if(is_purchase and paid is null) > 0 as is_unpaid
    from clicks
    group by product_id, session_id
),

prices as (
    select
        product_id,
        count(distinct shown_price) as count_prices,
        min(shown_price) as lowest_price,
        max(shown_price) as highest_price
    from clicks
    group by product_id
),

final as (
    select
        visits.product_id,
        coalesce(max(visits.product_name), visits.product_id) as product,
        max(visits.category) as category,
        count_if(visits.has_seen) as count_seen,
        count_if(visits.has_clicked) as count_clicked,
        count_if(visits.has_carted) as count_carted,
        count_if(visits.has_bought) as count_bought,
        iff(
            count_if(visits.is_unpaid) > 0, null, coalesce(sum(visits.paid), 0)
        ) as revenue,
        count_if(visits.was_out) as count_out,
        count_if(visits.has_stock) as count_stock_known,
        max(prices.count_prices) as count_prices,
        max(prices.lowest_price) as lowest_price,
        max(prices.highest_price) as highest_price
    from visits
    inner join prices
        on visits.product_id = prices.product_id
    group by visits.product_id
)

select * from final
order by count_seen desc, product_id asc;
