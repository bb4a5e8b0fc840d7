-- The most visited products: visits that saw, carted and bought each.
with visits as (
    {% include "clicks/visits.sql" %}
),

final as (
    select
        clicks.product_id,
        coalesce(max(clicks.product_name), clicks.product_id) as product,
        count(distinct clicks.session_id) as count_sessions,
        count(distinct iff(
            clicks.event_type = 'add_to_cart', clicks.session_id, null
        )) as count_carted,
        count(distinct iff(
            clicks.event_type = 'purchase', clicks.session_id, null
        )) as count_bought,
        iff(
            count_if(
                purchases.event_id is not null and purchases.paid is null
            ) > 0,
            null,
            coalesce(sum(purchases.paid), 0)
        ) as revenue
    from core.kept_clicks as clicks
    left join core.kept_purchases as purchases
        on clicks.event_id = purchases.event_id
    inner join visits
        on clicks.session_id = visits.session_id
    where clicks.product_id is not null
    group by clicks.product_id
)

select * from final
qualify
    row_number() over (
        order by count_sessions desc, product_id asc
    ) <= :limit
order by count_sessions desc, product_id asc;
