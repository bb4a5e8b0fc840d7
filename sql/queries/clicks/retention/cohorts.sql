-- People by the day, week or month (of a zone's clock) in which they first came
-- for what counts as a start: how many of them came back in each one after it,
-- often enough. Bots are left out; a person's first visit may lie before the
-- time, which only says whose start is shown.
with visits as (
    select
        user_id,
        started_at,
        convert_timezone('UTC', :zone, started_at) as local_at,
        case cast(:unit as varchar)
            when 'day' then date_trunc('day', local_at)
            when 'week' then date_trunc('week', local_at)
            else date_trunc('month', local_at)
        end as period_at,
        case cast(:starts_with as varchar)
            when 'click' then has_click
            when 'add_to_cart' then has_add_to_cart
            when 'purchase' then has_purchase
            else true
        end as is_start,
        case cast(:returns_with as varchar)
            when 'click' then has_click
            when 'add_to_cart' then has_add_to_cart
            when 'purchase' then has_purchase
            else true
        end as is_return
    from mart.sessions
    where
        user_id is not null
        and not is_bot
        and started_at < cast(:until as timestamp_ntz)
),

people as (
    select
        user_id,
        min(period_at) as cohort_at
    from visits
    where is_start
    group by user_id
    having min(started_at) >= cast(:since as timestamp_ntz)
),

returns as (
    select
        people.user_id,
        people.cohort_at,
        visits.period_at
    from people
    inner join visits
        on
            people.user_id = visits.user_id
            and people.cohort_at < visits.period_at
    where visits.is_return
    group by people.user_id, people.cohort_at, visits.period_at
    having count(*) >= cast(:times as integer)
),

sizes as (
    select
        cohort_at,
        count(*) as count_people
    from people
    group by cohort_at
),

final as (
    select
        sizes.cohort_at,
        returns.period_at,
        max(sizes.count_people) as count_people,
        count(returns.user_id) as count_returned
    from sizes
    left join returns
        on sizes.cohort_at = returns.cohort_at
    group by sizes.cohort_at, returns.period_at
)

select * from final
order by cohort_at, period_at;
