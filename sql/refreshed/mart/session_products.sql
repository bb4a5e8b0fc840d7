-- What each visit did with each product, or without one; paid is null if one of
-- its purchases does not say what was paid.
with clicks as (
    select
        clicks.session_id,
        clicks.user_id,
        clicks.product_id,
        clicks.category,
        clicks.event_timestamp,
        iff(
            clicks.event_type = 'add_to_cart', clicks.event_timestamp, null
        ) as carted_at,
        coalesce(clicks.shown_price, clicks.price) as price,
        purchases.event_id is not null as is_purchase,
        purchases.paid
    from core.kept_clicks as clicks
    left join core.kept_purchases as purchases
        on clicks.event_id = purchases.event_id
    where clicks.session_id is not null
),

final as (
    select
        session_id,
        max(user_id) as user_id,
        product_id,
        max(category) as category,
        min(event_timestamp) as seen_at,
        max(event_timestamp) as last_at,
        count(*) as count_events,
        max(carted_at) as carted_at,
        max_by(price, carted_at) as carted_price,
        max(iff(is_purchase, event_timestamp, null)) as bought_at,
        iff(
            count_if(is_purchase and paid is null) > 0, null, sum(paid)
        ) as paid
    from clicks
    group by session_id, product_id
)

select * from final
