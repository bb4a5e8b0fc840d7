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
        spans.truck_id,
        sum(
            case
                when moments.is_running then spans.hours
                when not moments.is_running then 0
            end
        ) as idle_hours
    from core.speed_spans as spans
    inner join core.truck_moments as moments
        on
            spans.truck_id = moments.truck_id
            and spans.event_timestamp = moments.event_timestamp
    where
        spans.speed_kmh <= 1
        and dateadd('day', 1, spans.event_timestamp::date) > :since
        and spans.event_timestamp < :until
    group by spans.truck_id
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
