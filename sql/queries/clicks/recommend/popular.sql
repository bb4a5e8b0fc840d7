-- The share of the steps that each product has in the visits that began before
-- :until, and its place by that.
with counted as (
    select
        product_id,
        count(*) as count_steps
    from mart.visit_steps
    where started_at < cast(:until as timestamp_ntz)
    group by product_id
),

final as (
    select
        product_id,
        count_steps / sum(count_steps) over () as share,
        row_number() over (
            order by count_steps desc, product_id asc
        ) as place
    from counted
)

select * from final
order by place;
