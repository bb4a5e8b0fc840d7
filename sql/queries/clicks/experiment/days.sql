-- The visits of each person of an experiment on each day (UTC) of a time, by
-- the day on which they began, and how many of them bought.
with visits as (
    {% include "includes/experiment_visits.j2" %}
),

final as (
    select
        user_id,
        cast(began_at as date) as day,
        count(*) as count_visits,
        count_if(has_bought) as count_buying_visits
    from visits
    group by user_id, cast(began_at as date)
)

select * from final
order by user_id, day;
