-- The drives that began in a time: each from a stop of two minutes and more to
-- the next, without those that have a gap or an unknown end.
select
    truck_id,
    began_at,
    ended_at,
    latitude_from,
    longitude_from,
    latitude_to,
    longitude_to,
    distance_km
from mart.trips
where
    unknown_seconds = 0
    and latitude_from is not null
    and latitude_to is not null
    and began_at >= :since
    and began_at < :until
order by truck_id, began_at;
