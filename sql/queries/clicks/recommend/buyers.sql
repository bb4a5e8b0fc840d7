-- The persons that have recommendations, who bought most often first.
with bought as (
    select
        user_id,
        count(*) as count_bought
    from core.kept_purchases
    group by user_id
)

select
    lists.user_id,
    coalesce(bought.count_bought, 0) as count_bought
from mart.person_recommendations as lists
left join bought
    on lists.user_id = bought.user_id
where lists.place = 1
order by count_bought desc, lists.user_id asc
limit 50;
