-- What is recommended to a person, by the lists as they were built last.
select
    lists.place,
    lists.recommended_id as product_id,
    coalesce(offers.product_name, lists.recommended_id) as product,
    offers.category,
    offers.price,
    lists.reason
from mart.person_recommendations as lists
left join mart.product_offers as offers
    on lists.recommended_id = offers.product_id
where lists.user_id = :person
order by lists.place;
