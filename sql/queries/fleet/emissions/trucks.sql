-- How far each truck drove, what its meter says it burnt, and how long its
-- engine ran while it stood, on the days (UTC) of a time.
with days as (
    select
        truck_id,
        sum(distance_km) as distance_km,
        sum(fuel_litres) as metered_litres
    from mart.truck_days
    where
        dateadd('day', 1, day) > :since
        and day::timestamp_ntz < :until
    group by truck_id
),

stands as (
    select
        truck_id,
        sum(
            case
                when is_running then hours
                when not is_running then 0
            end
        ) as idle_hours
    from core.speed_spans
    where
        speed_kmh <= 1
        and dateadd('day', 1, event_timestamp::date) > :since
        and event_timestamp < :until
    group by truck_id
),

final as (
    select
        days.truck_id,
        days.distance_km,
        days.metered_litres,
        stands.idle_hours
    from days
    left join stands
        on days.truck_id = stands.truck_id
)

select * from final
order by truck_id;
