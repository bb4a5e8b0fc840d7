-- The fleet: each truck's last reading and its whole distance and fuel.
with days as (
    select
        truck_id,
        sum(distance_km) as distance_km,
        sum(fuel_litres) as fuel_litres,
        sum(fuelled_km) as fuelled_km,
        sum(fuelled_litres) as fuelled_litres,
        max(distance_source) as distance_source,
        max(fuel_source) as fuel_source,
        sum(tank_percent) as tank_percent,
        sum(known_hours) as known_hours,
        sum(moving_hours) as moving_hours,
        sum(count_readings) as count_readings,
        sum(count_left_out) as count_left_out
    from mart.truck_days
    group by truck_id
),

final as (
    select
        trucks.*,
        days.count_readings,
        days.distance_km,
        days.fuel_litres,
        100 * days.fuelled_litres / nullif(days.fuelled_km, 0)
            as litres_per_100_km,
        days.fuelled_km,
        days.fuelled_litres,
        days.distance_source,
        days.fuel_source,
        days.tank_percent,
        days.known_hours,
        days.moving_hours,
        days.count_left_out
    from mart.trucks as trucks
    inner join days
        on trucks.truck_id = days.truck_id
)

select * from final
order by truck_id;
