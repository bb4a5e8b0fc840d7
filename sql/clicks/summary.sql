-- The visits that began in a time, of one device or (null) of all.
select
    count(*) as count_sessions,
    sum(count_events) as count_events,
    count_if(has_purchase) as count_buying_sessions,
    sum(revenue) as revenue,
    avg(count_events) as events_per_session
from mart.sessions
where
    started_at >= cast(:since as timestamp_ntz)
    and started_at < cast(:until as timestamp_ntz)
    and (
        cast(:device as varchar) is null
        or device_type = cast(:device as varchar)
    );
