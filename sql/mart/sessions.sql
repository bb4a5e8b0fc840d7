-- Each visit to the shop: when, with what, how far it went, what it brought.
create or replace view mart.sessions as
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
    sum(iff(event_type = 'purchase', quantity * price, 0)) as revenue
from core.clicks
group by session_id;
