-- What to recommend behind some products, :items as a JSON list, the last that
-- was looked at first.
with requests as (
    select
        'now' as request_id,
        cast(items.value as varchar) as product_id,
        items.index + 1 as back
    from table(flatten(input => parse_json(:items))) as items
),

excluded as (
    select
        request_id,
        product_id
    from requests
    where cast(:is_new_only as boolean)
),

{% include "includes/recommend_scores.j2" %}

select * from final
order by place;
