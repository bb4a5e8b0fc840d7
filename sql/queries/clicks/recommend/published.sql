-- The lists as they were built last, those of products and those of persons,
-- to be looked up by key.
with lists as (
    select
        'product' as kind,
        product_id as subject_id,
        place,
        recommended_id,
        null as because_id,
        reason,
        made_at,
        valid_until
    from mart.product_recommendations
    union all
    select
        'person' as kind,
        user_id as subject_id,
        place,
        recommended_id,
        because_id,
        reason,
        made_at,
        valid_until
    from mart.person_recommendations
)

select
    lists.kind,
    lists.subject_id,
    lists.recommended_id,
    offers.product_name,
    lists.because_id,
    lists.reason,
    lists.made_at,
    lists.valid_until
from lists
left join mart.product_offers as offers
    on lists.recommended_id = offers.product_id
order by
    lists.kind,
    lists.subject_id,
    lists.place;
