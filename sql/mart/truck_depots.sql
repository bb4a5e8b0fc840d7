-- What each truck can carry, and where its depot lies: each by what was told
-- last of it.
create or replace view mart.truck_depots as
with trucks as (
    select distinct truck_id
    from core.truck_changes
),

homes as (
    select
        truck_id,
        max_by(depot_id, event_timestamp) as depot_id
    from core.truck_changes
    where depot_id is not null
    group by truck_id
),

capacities as (
    select
        truck_id,
        max_by(capacity_kg, event_timestamp) as capacity_kg
    from core.truck_changes
    where capacity_kg is not null
    group by truck_id
),

places as (
    select
        depot_id,
        max_by(latitude, event_timestamp) as latitude,
        max_by(longitude, event_timestamp) as longitude
    from core.depot_changes
    where latitude is not null and longitude is not null
    group by depot_id
),

final as (
    select
        trucks.truck_id,
        homes.depot_id,
        capacities.capacity_kg,
        places.latitude as depot_latitude,
        places.longitude as depot_longitude
    from trucks
    left join homes
        on trucks.truck_id = homes.truck_id
    left join capacities
        on trucks.truck_id = capacities.truck_id
    left join places
        on homes.depot_id = places.depot_id
)

select * from final;
