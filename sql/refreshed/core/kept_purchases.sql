-- Each product of an order once.
select
    event_id,
    event_timestamp,
    session_id,
    user_id,
    order_id,
    product_id,
    paid,
    differs
from core.purchases
