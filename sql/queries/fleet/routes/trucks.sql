-- What each truck can carry, where its depot lies, and what it drove in a time,
-- from when its first order was loaded: what it drove before is another tour.
with loaded as (
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
        depots.depot_id,
        depots.capacity_kg,
        depots.depot_latitude,
        depots.depot_longitude,
        driven.set_off_at,
        driven.came_home_at,
        driven.latitude_from,
        driven.longitude_from,
        driven.distance_km
    from driven
    left join mart.truck_depots as depots
        on driven.truck_id = depots.truck_id
)

select * from final
order by truck_id;
