-- Each truck as it was last read: of each signal the last known value, and when
-- that was; frames may hold one signal each.
create or replace view mart.trucks as
with readings as (
    select
        *,
        gps_latitude <> 0 or gps_longitude <> 0 as has_fix,
        least_ignore_nulls(
            tire_pressure_front_left,
            tire_pressure_front_right,
            tire_pressure_rear_left,
            tire_pressure_rear_right
        ) as lowest_kpa,
        coalesce(vehicle_speed, gps_speed) as speed_kmh
    from core.truck_readings
    where not is_misdated
),

final as (
    select
        truck_id,
        max(event_timestamp) as read_at,
        max_by(gps_latitude, iff(has_fix, event_timestamp, null))
            as gps_latitude,
        max_by(gps_longitude, iff(has_fix, event_timestamp, null))
            as gps_longitude,
        max(iff(has_fix, event_timestamp, null)) as position_at,
        max_by(speed_kmh, iff(speed_kmh is null, null, event_timestamp))
            as speed_kmh,
        max(iff(speed_kmh is null, null, event_timestamp)) as speed_at,
        max_by(fuel_level, iff(fuel_level is null, null, event_timestamp))
            as fuel_level,
        max(iff(fuel_level is null, null, event_timestamp)) as fuel_level_at,
        max_by(
            engine_temperature,
            iff(engine_temperature is null, null, event_timestamp)
        ) as engine_temperature,
        max(iff(engine_temperature is null, null, event_timestamp))
            as engine_temperature_at,
        max_by(
            odometer_reading,
            iff(odometer_reading is null, null, event_timestamp)
        ) as odometer_reading,
        max(iff(odometer_reading is null, null, event_timestamp))
            as odometer_at,
        max_by(brake_status, iff(brake_status is null, null, event_timestamp))
            as brake_status,
        max(iff(brake_status is null, null, event_timestamp))
            as brake_status_at,
        max_by(lowest_kpa, iff(lowest_kpa is null, null, event_timestamp))
            as lowest_tire_pressure_kpa,
        max(iff(lowest_kpa is null, null, event_timestamp))
            as tire_pressure_at
    from readings
    group by truck_id
)

select * from final;
