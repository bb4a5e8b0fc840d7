-- The fleet: each truck's last reading and its whole distance and fuel.
with days as (
    select
        truck_id,
        sum(distance_km) as distance_km,
        sum(fuel_litres) as fuel_litres,
        sum(fuelled_km) as fuelled_km,
        max(distance_source) as distance_source,
        sum(count_readings) as count_readings
    from mart.truck_days
    group by truck_id
),

final as (
    select
        trucks.*,
        days.count_readings,
        days.distance_km,
        days.fuel_litres,
        100 * days.fuel_litres / nullif(days.fuelled_km, 0)
            as litres_per_100_km,
        days.fuelled_km,
        days.distance_source
    from mart.trucks as trucks
    inner join days
        on trucks.truck_id = days.truck_id
)

select * from final
order by truck_id;
