-- Each time of a truck once: frames of one time are one moment, of each field
-- what arrived last.
with readings as (
    select
        *,
        -- Above 10,000,000 km are only the codes for "not available".
        iff(
            odometer_reading between 0 and 10000000, odometer_reading, null
        ) as odometer_km,
        gps_latitude <> 0 or gps_longitude <> 0 as has_fix,
        coalesce(vehicle_speed, gps_speed) as known_speed,
        coalesce(engine_rpm > 0, ignition) as engine_runs
    from core.truck_readings
    where not is_misdated
),

final as (
    select
        truck_id,
        event_timestamp,
        count(*) as count_readings,
        max_by(
            odometer_km, iff(odometer_km is null, null, sequence_number)
        ) as odometer_km,
        max_by(
            fuel_used, iff(fuel_used is null, null, sequence_number)
        ) as fuel_used,
        max_by(
            fuel_rate, iff(fuel_rate is null, null, sequence_number)
        ) as fuel_rate,
        max_by(
            fuel_consumption,
            iff(fuel_consumption is null, null, sequence_number)
        ) as fuel_consumption,
        max_by(
            fuel_level, iff(fuel_level is null, null, sequence_number)
        ) as fuel_level,
        max_by(
            known_speed, iff(known_speed is null, null, sequence_number)
        ) as speed_kmh,
        max_by(
            engine_runs, iff(engine_runs is null, null, sequence_number)
        ) as is_running,
        max_by(gps_latitude, iff(has_fix, sequence_number, null)) as latitude,
        max_by(gps_longitude, iff(has_fix, sequence_number, null)) as longitude,
        max_by(
            vehicle_speed, iff(vehicle_speed is null, null, sequence_number)
        ) as vehicle_speed,
        max_by(
            engine_rpm, iff(engine_rpm is null, null, sequence_number)
        ) as engine_rpm,
        max_by(
            engine_temperature,
            iff(engine_temperature is null, null, sequence_number)
        ) as engine_temperature,
        max_by(
            oil_pressure, iff(oil_pressure is null, null, sequence_number)
        ) as oil_pressure,
        max_by(
            battery_voltage,
            iff(battery_voltage is null, null, sequence_number)
        ) as battery_voltage,
        max_by(
            transmission_status,
            iff(transmission_status is null, null, sequence_number)
        ) as transmission_status,
        max_by(
            brake_status, iff(brake_status is null, null, sequence_number)
        ) as brake_status,
        max_by(
            environment_temperature,
            iff(environment_temperature is null, null, sequence_number)
        ) as environment_temperature,
        least_ignore_nulls(
            max_by(
                tire_pressure_front_left,
                iff(tire_pressure_front_left is null, null, sequence_number)
            ),
            max_by(
                tire_pressure_front_right,
                iff(tire_pressure_front_right is null, null, sequence_number)
            ),
            max_by(
                tire_pressure_rear_left,
                iff(tire_pressure_rear_left is null, null, sequence_number)
            ),
            max_by(
                tire_pressure_rear_right,
                iff(tire_pressure_rear_right is null, null, sequence_number)
            )
        ) as lowest_tire_kpa
    from readings
    group by truck_id, event_timestamp
)

select * from final
