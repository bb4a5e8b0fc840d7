-- The orders that trucks had on board in a time, as each ended, and how long
-- its hand-over took: from the later of coming and the promise.
with carried as (
    select
        truck_id,
        order_id,
        min(iff(status = 'loaded', event_timestamp, null)) as loaded_at,
        max(
            iff(status in ('delivered', 'failed'), event_timestamp, null)
        ) as ended_at,
        count_if(status = 'delivered') > 0 as is_delivered,
        max(latitude) as latitude,
        max(longitude) as longitude,
        max(weight_kg) as weight_kg,
        max(promised_from) as promised_from,
        max(promised_until) as promised_until
    from core.delivery_events
    where
        truck_id is not null
        and event_timestamp >= :since
        and event_timestamp < :until
    group by truck_id, order_id
),

visited as (
    select
        carried.truck_id,
        carried.order_id,
        max(stops.arrived_at) as arrived_at
    from carried
    inner join mart.stops as stops
        on
            carried.truck_id = stops.truck_id
            and carried.ended_at > stops.arrived_at
            and carried.ended_at <= dateadd('minute', 2, stops.left_at)
    where carried.is_delivered
    group by carried.truck_id, carried.order_id
),

final as (
    select
        carried.truck_id,
        depots.depot_id,
        carried.order_id,
        carried.loaded_at,
        carried.ended_at,
        carried.is_delivered,
        carried.latitude,
        carried.longitude,
        carried.weight_kg,
        carried.promised_from,
        carried.promised_until,
        datediff(
            'second',
            greatest(
                visited.arrived_at,
                coalesce(carried.promised_from, visited.arrived_at)
            ),
            carried.ended_at
        ) as service_seconds
    from carried
    left join mart.truck_depots as depots
        on carried.truck_id = depots.truck_id
    left join visited
        on
            carried.truck_id = visited.truck_id
            and carried.order_id = visited.order_id
)

select * from final
order by truck_id, loaded_at, order_id;
