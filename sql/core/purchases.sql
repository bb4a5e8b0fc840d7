-- Each product of an order once: a purchase that is told again, such as by a
-- page that is loaded twice, has another event id but the same order and
-- product; the one told first counts. A purchase without product has the total
-- of its order; paid is null if neither is known. What differs between the
-- tellings is named; a telling that leaves a field out does not differ in it.
create or replace view core.purchases as
select
    event_id,
    event_timestamp,
    session_id,
    user_id,
    order_id,
    product_id,
    coalesce(quantity * price, iff(product_id is null, order_total, null))
        as paid,
    count(*) over (
        partition by coalesce(order_id, event_id), product_id
    ) as count_told,
    nullif(
        substr(
            concat(
                iff(
                    count(distinct quantity) over (
                        partition by coalesce(order_id, event_id), product_id
                    ) > 1,
                    ', quantity',
                    ''
                ),
                iff(
                    count(distinct price) over (
                        partition by coalesce(order_id, event_id), product_id
                    ) > 1,
                    ', price',
                    ''
                ),
                iff(
                    count(distinct order_total) over (
                        partition by coalesce(order_id, event_id), product_id
                    ) > 1,
                    ', order_total',
                    ''
                )
            ),
            3
        ),
        ''
    ) as differs
from core.clicks
where event_type = 'purchase'
qualify
    row_number() over (
        partition by coalesce(order_id, event_id), product_id
        order by event_timestamp, sequence_number, event_id
    ) = 1;
