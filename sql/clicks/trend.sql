-- Visits and buying visits over time, by hour or by day.
select
    iff(
        :by_day,
        date_trunc('day', started_at),
        date_trunc('hour', started_at)
    ) as slice_at,
    count(*) as count_sessions,
    count_if(has_purchase) as count_buying_sessions
from mart.sessions
where
    started_at >= cast(:since as timestamp_ntz)
    and started_at < cast(:until as timestamp_ntz)
    and (
        cast(:device as varchar) is null
        or device_type = cast(:device as varchar)
    )
group by slice_at
order by slice_at;
