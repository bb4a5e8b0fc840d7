-- What each truck did on each day (UTC). Litres are consumption times distance
-- between readings, where both are known; null for a truck without that signal.
create or replace view mart.truck_days as
with readings as (
    select
        truck_id,
        event_timestamp,
        vehicle_speed,
        fuel_consumption,
        odometer_reading - lag(odometer_reading) over (
            partition by truck_id
            order by event_timestamp
        ) as distance_km,
        least(
            tire_pressure_front_left,
            tire_pressure_front_right,
            tire_pressure_rear_left,
            tire_pressure_rear_right
        ) as lowest_tire_pressure_kpa
    from core.truck_readings
),

final as (
    select
        truck_id,
        event_timestamp::date as day,
        count(*) as count_readings,
        sum(distance_km) as distance_km,
        sum(fuel_consumption * distance_km / 100) as fuel_litres,
        avg(iff(vehicle_speed > 0, vehicle_speed, null)) as moving_speed_kmh,
        max(vehicle_speed) as highest_speed_kmh,
        min(lowest_tire_pressure_kpa) as lowest_tire_pressure_kpa
    from readings
    group by truck_id, event_timestamp::date
)

select * from final;
