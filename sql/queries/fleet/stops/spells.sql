-- The trips of a truck, and its stops of two minutes and more, that lie in a
-- time or reach into it.
with spells as (
    select
        'trip' as kind,
        began_at,
        ended_at,
        distance_km,
        null as engine_seconds
    from mart.trips
    where truck_id = :truck_id
    union all
    select
        'stop' as kind,
        arrived_at as began_at,
        left_at as ended_at,
        null as distance_km,
        engine_seconds
    from mart.stops
    where
        truck_id = :truck_id
        and seen_seconds >= 120
),

final as (
    select
        kind,
        began_at,
        ended_at,
        distance_km,
        engine_seconds
    from spells
    where
        ended_at > :since
        and began_at < :until
)

select * from final
order by began_at
