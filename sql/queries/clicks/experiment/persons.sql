-- Each person of an experiment in a time: the arm, what was known at the first
-- visit, and what came of it. Whoever was seen in two arms is told with both.
-- Revenue is null if one of the person's purchases does not say what was paid.
with visits as (
    {% include "includes/experiment_visits.j2" %}
),

paid as (
    select
        user_id,
        iff(count(*) > count(paid), null, sum(paid)) as revenue
    from core.kept_purchases
    where
        event_timestamp >= cast(:since as timestamp_ntz)
        and event_timestamp < cast(:until as timestamp_ntz)
    group by user_id
),

final as (
    select
        visits.user_id,
        min_by(visits.arm, visits.began_at) as arm,
        count(distinct visits.arm) as count_arms,
        min(visits.began_at) as first_at,
        min_by(visits.device_type, visits.began_at) as device_type,
        min_by(visits.referrer_url, visits.began_at) as referrer_url,
        min_by(visits.user_type, visits.began_at) as user_type,
        count(*) as count_visits,
        count_if(visits.has_bought) as count_buying_visits,
        iff(count(paid.user_id) > 0, max(paid.revenue), 0) as revenue
    from visits
    left join paid
        on visits.user_id = paid.user_id
    group by visits.user_id
)

select * from final
order by user_id;
