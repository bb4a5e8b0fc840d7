-- How long one truck moved in a time, and of how long its speed is known.
select
    count(speed_kmh) as count_speeds,
    sum(hours) as known_hours,
    sum(iff(speed_kmh > 1, hours, 0)) as moving_hours,
    sum(iff(speed_kmh > 1, hours * speed_kmh, null))
    / sum(iff(speed_kmh > 1, hours, null)) as moving_speed_kmh
from core.speed_spans
where
    truck_id = :truck_id
    and event_timestamp >= cast(:since as timestamp_ntz)
    and event_timestamp < cast(:until as timestamp_ntz);
