-- Visits and buying visits per device.
select
    coalesce(device_type, 'unknown') as device,
    count(*) as count_sessions,
    count_if(has_purchase) as count_buying_sessions
from mart.sessions
where
    started_at >= cast(:since as timestamp_ntz)
    and started_at < cast(:until as timestamp_ntz)
group by device
order by count_sessions desc;
