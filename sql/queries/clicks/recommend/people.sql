-- What to recommend to each person, by the last products that were looked at;
-- what was bought in one order is not recommended again, what was bought in
-- more may be.
with requests as (
    select
        user_id as request_id,
        product_id,
        row_number() over (
            partition by user_id
            order by stepped_at desc, step_number desc, product_id asc
        ) as back
    from mart.visit_steps
    where user_id is not null
    qualify back <= :memory
),

excluded as (
    select
        user_id as request_id,
        product_id
    from core.kept_purchases
    where product_id is not null
    group by user_id, product_id
    having count(distinct coalesce(order_id, event_id)) = 1
),

{% include "includes/recommend_scores.j2" %}

select
    final.request_id as user_id,
    final.place,
    final.product_id as recommended_id,
    final.because_id,
    coalesce(
        concat(
            'viewed after ',
            coalesce(offers.product_name, final.because_id)
        ),
        'viewed most'
    ) as reason,
    cast(:until as timestamp_ntz) as made_at,
    cast(:valid_until as timestamp_ntz) as valid_until
from final
left join mart.product_offers as offers
    on final.because_id = offers.product_id
order by user_id, final.place;
