-- How strongly each product leads to another in the visits that began before
-- :until: products close behind it weigh most, those before it little, visits
-- of long ago less. Within :reach steps, so that the cost grows with the steps.
with steps as (
    select
        session_id,
        product_id,
        step_number,
        pow(
            0.5,
            datediff('second', started_at, cast(:until as timestamp_ntz))
            / (86400 * cast(:half_life_days as float))
        ) as recency
    from mart.visit_steps
    where started_at < cast(:until as timestamp_ntz)
),

forward as (
    select
        steps.product_id,
        later.product_id as next_id,
        steps.recency
        * pow(
            cast(:fade as float), later.step_number - steps.step_number - 1
        ) as weight
    from steps
    inner join steps as later
        on
            steps.session_id = later.session_id
            and steps.step_number < later.step_number
            and steps.step_number + cast(:reach as integer) >= later.step_number
),

backward as (
    select
        next_id as product_id,
        product_id as next_id,
        cast(:back as float) * weight as weight
    from forward
),

directions as (
    select * from forward
    union all
    select * from backward
),

summed as (
    select
        product_id,
        next_id,
        sum(weight) as weight
    from directions
    group by product_id, next_id
),

final as (
    select
        product_id,
        next_id,
        weight / (
            sum(weight) over (partition by product_id)
            + cast(:prior as float)
        ) as weight
    from summed
    where weight > 0
)

select * from final
qualify
    row_number() over (
        partition by product_id
        order by weight desc, next_id asc
    ) <= :most
order by product_id asc, weight desc, next_id asc;
