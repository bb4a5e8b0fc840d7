-- The categories of the products that were touched, the most often first.
select
    coalesce(touches.category, offers.category) as category,
    sum(touches.count_events) as count_events
from mart.session_products as touches
left join mart.product_offers as offers
    on touches.product_id = offers.product_id
where coalesce(touches.category, offers.category) is not null
group by coalesce(touches.category, offers.category)
order by count_events desc, category asc;
