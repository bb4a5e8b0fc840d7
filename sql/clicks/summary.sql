-- The visits that began in a time, of one device or (null) of all.
select
    count(*) as count_sessions,
    coalesce(sum(count_events), 0) as count_events,
    coalesce(count_if(has_purchase), 0) as count_buying_sessions,
    coalesce(sum(revenue), 0) as revenue
from mart.sessions
where
    started_at >= cast(:since as timestamp_ntz)
    and started_at < cast(:until as timestamp_ntz)
    and (
        cast(:device as varchar) is null
        or device_type = cast(:device as varchar)
    );
