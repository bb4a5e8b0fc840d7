-- Each truck as it was last read.
create or replace view mart.trucks as
select
    truck_id,
    effective_from as read_at,
    gps_latitude,
    gps_longitude,
    vehicle_speed,
    fuel_level,
    engine_temperature,
    odometer_reading,
    brake_status,
    least_ignore_nulls(
        tire_pressure_front_left,
        tire_pressure_front_right,
        tire_pressure_rear_left,
        tire_pressure_rear_right
    ) as lowest_tire_pressure_kpa
from core.truck_telemetry_data
where is_current;
