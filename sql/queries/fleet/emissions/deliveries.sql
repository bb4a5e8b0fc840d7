-- What each truck delivered in a time, how often it came in vain, and the
-- tonne-kilometres: weight times the great circle from its depot (ISO 14083).
with trucks as (
    select
        truck_id,
        max_by(depot_id, event_timestamp) as depot_id
    from core.truck_changes
    where depot_id is not null
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

steps as (
    select
        steps.truck_id,
        steps.status,
        steps.weight_kg / 1000 as tonnes,
        haversine(
            depots.latitude, depots.longitude, steps.latitude, steps.longitude
        ) as distance_km
    from core.delivery_events as steps
    left join trucks
        on steps.truck_id = trucks.truck_id
    left join depots
        on trucks.depot_id = depots.depot_id
    where
        steps.status in ('delivered', 'failed')
        and steps.truck_id is not null
        and steps.event_timestamp >= :since
        and steps.event_timestamp < :until
),

final as (
    select
        truck_id,
        count_if(status = 'delivered') as count_delivered,
        count_if(status = 'failed') as count_failed,
        count(iff(status = 'delivered', tonnes * distance_km, null))
            as count_weighed,
        sum(iff(status = 'delivered', tonnes * distance_km, null)) as tonne_km
    from steps
    group by truck_id
)

select * from final
order by truck_id;
