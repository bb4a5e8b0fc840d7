-- How often a product came behind two others, in the visits that began before
-- :until; visits of long ago count less.
with steps as (
    select
        product_id,
        pow(
            0.5,
            datediff('second', started_at, cast(:until as timestamp_ntz))
            / (86400 * cast(:half_life_days as float))
        ) as recency,
        lag(product_id) over (
            partition by session_id
            order by step_number
        ) as last_id,
        lag(product_id, 2) over (
            partition by session_id
            order by step_number
        ) as before_id
    from mart.visit_steps
    where started_at < cast(:until as timestamp_ntz)
),

final as (
    select
        before_id,
        last_id as product_id,
        product_id as next_id,
        sum(recency) as weight
    from steps
    where before_id is not null
    group by before_id, last_id, product_id
)

select * from final
order by before_id, product_id, next_id;
