-- The products that have recommendations, the most looked at first.
with final as (
    select distinct
        lists.product_id,
        coalesce(offers.product_name, lists.product_id) as product,
        popular.place
    from mart.product_recommendations as lists
    left join mart.product_offers as offers
        on lists.product_id = offers.product_id
    left join mart.popular_products as popular
        on lists.product_id = popular.product_id
)

select
    product_id,
    product
from final
order by place nulls last, product_id;
