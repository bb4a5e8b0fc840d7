-- Where and when a driver's events were.
select
    truck_id,
    happened_at,
    event_type,
    speed_kmh,
    seconds,
    latitude,
    longitude
from mart.driver_log
where
    kind = 'event'
    and driver_id = :driver_id
    and happened_at >= :since
    and happened_at < :until
order by happened_at, event_type
