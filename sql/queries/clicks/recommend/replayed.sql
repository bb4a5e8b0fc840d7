-- What would have been recommended before each step but the first, of the
-- visits that began since :since; of a visit its first 200 steps.
with steps as (
    select
        session_id,
        step_number,
        product_id
    from mart.visit_steps
    where
        started_at >= cast(:since as timestamp_ntz)
        and step_number <= 200
),

requests as (
    select
        concat(steps.session_id, '/', steps.step_number) as request_id,
        earlier.product_id,
        steps.step_number - earlier.step_number as back
    from steps
    inner join steps as earlier
        on
            steps.session_id = earlier.session_id
            and steps.step_number > earlier.step_number
            and steps.step_number - earlier.step_number
            <= cast(:memory as integer)
),

excluded as (
    select distinct
        concat(steps.session_id, '/', steps.step_number) as request_id,
        earlier.product_id
    from steps
    inner join steps as earlier
        on
            steps.session_id = earlier.session_id
            and steps.step_number > earlier.step_number
    where cast(:is_new_only as boolean)
),

{% include "includes/recommend_scores.j2" %}

select * from final
order by request_id, place;
