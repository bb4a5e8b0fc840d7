-- What each truck did on each day (UTC), by the day on which a step ended.
-- Litres are those of the best measure that the truck sends: its counter, its
-- rate, its consumption by distance. Unknown is null, not zero.
with fuel as (
    select
        truck_id,
        day,
        sum(litres) as litres,
        sum(tank_percent) as tank_percent
    from core.fuel_spans
    group by truck_id, day
),

distances as (
    select
        truck_id,
        day,
        iff(has_odometer, 'odometer', 'positions') as distance_source,
        sum(step_km) as distance_km,
        sum(fuel_consumption * step_km / 100) as litres,
        count_if(step_km is null) as count_left_out
    from core.distance_steps
    group by truck_id, day, has_odometer
),

movements as (
    select
        truck_id,
        event_timestamp::date as day,
        sum(hours) as known_hours,
        sum(iff(speed_kmh > 1, hours, 0)) as moving_hours,
        sum(iff(speed_kmh > 1, hours * speed_kmh, null))
        / sum(iff(speed_kmh > 1, hours, null)) as moving_speed_kmh
    from core.speed_spans
    where hours is not null
    group by truck_id, event_timestamp::date
),

trucks as (
    select
        truck_id,
        max(fuel_source) as fuel_source
    from core.measured_moments
    group by truck_id
),

days as (
    select
        truck_id,
        event_timestamp::date as day,
        sum(count_readings) as count_readings,
        max(speed_kmh) as highest_speed_kmh,
        min(lowest_tire_kpa) as lowest_tire_pressure_kpa
    from core.truck_moments
    group by truck_id, event_timestamp::date
),

final as (
    select
        days.truck_id,
        days.day,
        days.count_readings,
        distances.distance_km,
        distances.distance_source,
        distances.count_left_out,
        iff(
            trucks.fuel_source = 'consumption', distances.litres, fuel.litres
        ) as fuel_litres,
        fuelled.fuelled_km,
        fuelled.fuelled_litres,
        trucks.fuel_source,
        fuel.tank_percent,
        movements.known_hours,
        movements.moving_hours,
        movements.moving_speed_kmh,
        days.highest_speed_kmh,
        days.lowest_tire_pressure_kpa
    from days
    inner join trucks
        on days.truck_id = trucks.truck_id
    left join distances
        on
            days.truck_id = distances.truck_id
            and days.day = distances.day
    left join fuel
        on
            days.truck_id = fuel.truck_id
            and days.day = fuel.day
    left join core.fuelled_distances as fuelled
        on
            days.truck_id = fuelled.truck_id
            and days.day = fuelled.day
    left join movements
        on
            days.truck_id = movements.truck_id
            and days.day = movements.day
)

select * from final
