-- Each visit to the shop: when, with what, how far it went, what it brought;
-- revenue is null if a purchase does not say what was paid. Differing are its
-- purchases that were told again with another quantity, price or total.
create or replace view mart.sessions as
with clicks as (
    select
        clicks.*,
        purchases.paid,
        purchases.differs,
        purchases.event_id is not null and purchases.paid is null as is_unpaid
    from core.clicks as clicks
    left join core.purchases as purchases
        on clicks.event_id = purchases.event_id
    where clicks.session_id is not null
),

final as (
    select
        session_id,
        min(event_timestamp) as started_at,
        max(event_timestamp) as ended_at,
        max(device_type) as device_type,
        max(referrer_url) as referrer_url,
        max(user_type) as user_type,
        max(location) as location,
        count(*) as count_events,
        count(distinct product_id) as count_products,
        max(iff(event_type = 'view', 1, 0)) = 1 as has_view,
        max(iff(event_type = 'click', 1, 0)) = 1 as has_click,
        max(iff(event_type = 'add_to_cart', 1, 0)) = 1 as has_add_to_cart,
        max(iff(event_type = 'purchase', 1, 0)) = 1 as has_purchase,
        iff(count_if(is_unpaid) > 0, null, coalesce(sum(paid), 0)) as revenue,
        count(differs) as count_differing
    from clicks
    group by session_id
)

select * from final;
