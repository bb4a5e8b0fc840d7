-- What each truck can carry, where its depot lies, and what it drove in a time.
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

driven as (
    select
        truck_id,
        min(began_at) as set_off_at,
        max(ended_at) as came_home_at,
        min_by(latitude_from, began_at) as latitude_from,
        min_by(longitude_from, began_at) as longitude_from,
        iff(count(distance_km) = count(*), sum(distance_km), null)
            as distance_km
    from mart.trips
    where
        began_at >= :since
        and began_at < :until
    group by truck_id
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
