-- How many people came on each day (of a zone's clock) of a time, and how many
-- in the 28 days that end with it. Bots are left out.
with came as (
    select distinct
        user_id,
        cast(convert_timezone('UTC', :zone, started_at) as date) as day
    from mart.sessions
    where
        user_id is not null
        and not is_bot
        and started_at >= dateadd('day', -28, cast(:since as timestamp_ntz))
        and started_at < cast(:until as timestamp_ntz)
),

days as (
    select distinct day
    from came
),

final as (
    select
        days.day,
        count_if(came.day = days.day) as count_people,
        count(distinct came.user_id) as count_of_28_days
    from days
    inner join came
        on
            days.day >= came.day
            and days.day < dateadd('day', 28, came.day)
    group by days.day
)

select * from final
order by day;
