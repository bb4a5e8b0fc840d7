-- Kilometres whose fuel is known, and the litres burnt on them: of a step and
-- a span each moment has its share by time. Litres without kilometres are of
-- no rate, nor kilometres without litres.
with moments as (
    select
        truck_id,
        step_number,
        fuel_number,
        fuel_source,
        event_timestamp::date as day,
        datediff(
            'microsecond',
            lag(event_timestamp) over (
                partition by truck_id
                order by event_timestamp
            ),
            event_timestamp
        ) / 3600000000 as hours
    from core.measured_moments
),

shares as (
    select
        moments.truck_id,
        moments.day,
        driven.step_km * moments.hours / driven.hours as kilometres,
        iff(
            moments.fuel_source = 'consumption',
            driven.fuel_consumption * kilometres / 100,
            burnt.litres * moments.hours / burnt.hours
        ) as litres
    from moments
    inner join core.distance_steps as driven
        on
            moments.truck_id = driven.truck_id
            and moments.step_number = driven.step_number
    left join core.fuel_spans as burnt
        on
            moments.truck_id = burnt.truck_id
            and moments.fuel_number = burnt.fuel_number
),

final as (
    select
        truck_id,
        day,
        sum(kilometres) as fuelled_km,
        sum(litres) as fuelled_litres
    from shares
    where kilometres is not null and litres is not null
    group by truck_id, day
)

select * from final
