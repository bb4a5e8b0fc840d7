-- The visits of each person of an experiment on each day (UTC) of a time, by
-- the day on which they began, and how many of them bought.
with visits as (
    select
        user_id,
        cast(min(event_timestamp) as date) as day,
        count_if(event_type = 'purchase') > 0 as has_bought
    from core.clicks
    where
        user_id is not null
        and session_id is not null
        and startswith(experiment, concat(:experiment, ':'))
        and event_timestamp >= cast(:since as timestamp_ntz)
        and event_timestamp < cast(:until as timestamp_ntz)
    group by user_id, session_id
),

final as (
    select
        user_id,
        day,
        count(*) as count_visits,
        count_if(has_bought) as count_buying_visits
    from visits
    group by user_id, day
)

select * from final
order by user_id, day;
