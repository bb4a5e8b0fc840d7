-- What each truck delivered in a time, how often it came in vain, and the
-- tonne-kilometres: weight times the great circle from its depot (ISO 14083).
with steps as (
    select
        steps.truck_id,
        steps.status,
        steps.weight_kg / 1000 as tonnes,
        haversine(
            depots.depot_latitude,
            depots.depot_longitude,
            steps.latitude,
            steps.longitude
        ) as distance_km
    from core.delivery_events as steps
    left join mart.truck_depots as depots
        on steps.truck_id = depots.truck_id
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
