-- What each truck can carry, where its depot lies, and what it drove in a time,
-- from when its first order was loaded: what it drove before is another tour.
with masters as (
    select
        truck_id,
        max_by(capacity_kg, event_timestamp) as capacity_kg,
        max_by(depot_id, event_timestamp) as depot_id
    from core.truck_changes
    group by truck_id
),

depots as (
    select
        depot_id,
        max_by(latitude, event_timestamp) as latitude,
        max_by(longitude, event_timestamp) as longitude
    from core.depot_changes
    where latitude is not null and longitude is not null
    group by depot_id
),

loaded as (
    select
        truck_id,
        min(event_timestamp) as loaded_at
    from core.delivery_events
    where
        status = 'loaded'
        and event_timestamp >= :since
        and event_timestamp < :until
    group by truck_id
),

driven as (
    select
        trips.truck_id,
        min(trips.began_at) as set_off_at,
        max(trips.ended_at) as came_home_at,
        min_by(trips.latitude_from, trips.began_at) as latitude_from,
        min_by(trips.longitude_from, trips.began_at) as longitude_from,
        iff(
            count(trips.distance_km) = count(*), sum(trips.distance_km), null
        ) as distance_km
    from mart.trips as trips
    left join loaded
        on trips.truck_id = loaded.truck_id
    where
        trips.began_at >= coalesce(loaded.loaded_at, :since)
        and trips.began_at < :until
    group by trips.truck_id
),

final as (
    select
        driven.truck_id,
        masters.depot_id,
        masters.capacity_kg,
        depots.latitude as depot_latitude,
        depots.longitude as depot_longitude,
        driven.set_off_at,
        driven.came_home_at,
        driven.latitude_from,
        driven.longitude_from,
        driven.distance_km
    from driven
    left join masters
        on driven.truck_id = masters.truck_id
    left join depots
        on masters.depot_id = depots.depot_id
)

select * from final
order by truck_id;
