-- The readings that the lookup of trucks is filled with: those that arrived
-- since a moment, and of each truck those that said one of its fields last;
-- with those that were loaded past the stream, or without.
with asked as (
    select
        cast(:since as timestamp_ntz) as since,
        cast(:with_loaded as boolean) as with_loaded
),

ordered as (
    select
        readings.*,
        asked.since,
        concat(
            cast(readings.event_timestamp as varchar),
            ' ',
            readings.sequence_number,
            ' ',
            readings.shard_id,
            ' ',
            readings.event_id
        ) as place
    from raw.truck_telemetry as readings
    cross join asked
    where asked.with_loaded or readings.shard_id not like 'load-%'
),

latest as (
    select
        truck_id,
        max(place) as last_place,
        max(iff(gps_latitude is null, null, place)) as last_1,
        max(iff(gps_longitude is null, null, place)) as last_2,
        max(iff(gps_altitude is null, null, place)) as last_3,
        max(iff(gps_speed is null, null, place)) as last_4,
        max(iff(gps_heading is null, null, place)) as last_5,
        max(iff(gps_satellites is null, null, place)) as last_6,
        max(iff(gps_hdop is null, null, place)) as last_7,
        max(iff(vehicle_speed is null, null, place)) as last_8,
        max(iff(engine_rpm is null, null, place)) as last_9,
        max(iff(fuel_level is null, null, place)) as last_10,
        max(iff(engine_temperature is null, null, place)) as last_11,
        max(iff(oil_pressure is null, null, place)) as last_12,
        max(iff(battery_voltage is null, null, place)) as last_13,
        max(iff(odometer_reading is null, null, place)) as last_14,
        max(iff(fuel_consumption is null, null, place)) as last_15,
        max(iff(brake_status is null, null, place)) as last_16,
        max(iff(tire_pressure_front_left is null, null, place)) as last_17,
        max(iff(tire_pressure_front_right is null, null, place)) as last_18,
        max(iff(tire_pressure_rear_left is null, null, place)) as last_19,
        max(iff(tire_pressure_rear_right is null, null, place)) as last_20,
        max(iff(transmission_status is null, null, place)) as last_21,
        max(iff(environment_temperature is null, null, place)) as last_22,
        max(iff(environment_humidity is null, null, place)) as last_23,
        max(iff(environment_pressure is null, null, place)) as last_24,
        max(iff(ignition is null, null, place)) as last_25,
        max(iff(fuel_rate is null, null, place)) as last_26,
        max(iff(fuel_used is null, null, place)) as last_27,
        max(iff(engine_hours is null, null, place)) as last_28,
        max(iff(driver_id is null, null, place)) as last_29,
        max(iff(lamps is null, null, place)) as last_30,
        max(iff(trouble_codes is null, null, place)) as last_31
    from ordered
    group by truck_id
),

final as (
    select
        ordered.event_id,
        ordered.truck_id,
        ordered.event_timestamp,
        ordered.gps_latitude,
        ordered.gps_longitude,
        ordered.gps_altitude,
        ordered.gps_speed,
        ordered.gps_heading,
        ordered.gps_satellites,
        ordered.gps_hdop,
        ordered.vehicle_speed,
        ordered.engine_rpm,
        ordered.fuel_level,
        ordered.engine_temperature,
        ordered.oil_pressure,
        ordered.battery_voltage,
        ordered.odometer_reading,
        ordered.fuel_consumption,
        ordered.brake_status,
        ordered.tire_pressure_front_left,
        ordered.tire_pressure_front_right,
        ordered.tire_pressure_rear_left,
        ordered.tire_pressure_rear_right,
        ordered.transmission_status,
        ordered.environment_temperature,
        ordered.environment_humidity,
        ordered.environment_pressure,
        ordered.ignition,
        ordered.fuel_rate,
        ordered.fuel_used,
        ordered.engine_hours,
        ordered.driver_id,
        ordered.lamps,
        ordered.trouble_codes,
        ordered.sequence_number,
        ordered.shard_id,
        ordered.arrived_at
    from ordered
    inner join latest
        on ordered.truck_id = latest.truck_id
    where
        ordered.arrived_at >= ordered.since
        or ordered.place in (
            latest.last_place,
            latest.last_1,
            latest.last_2,
            latest.last_3,
            latest.last_4,
            latest.last_5,
            latest.last_6,
            latest.last_7,
            latest.last_8,
            latest.last_9,
            latest.last_10,
            latest.last_11,
            latest.last_12,
            latest.last_13,
            latest.last_14,
            latest.last_15,
            latest.last_16,
            latest.last_17,
            latest.last_18,
            latest.last_19,
            latest.last_20,
            latest.last_21,
            latest.last_22,
            latest.last_23,
            latest.last_24,
            latest.last_25,
            latest.last_26,
            latest.last_27,
            latest.last_28,
            latest.last_29,
            latest.last_30,
            latest.last_31
        )
)

select * from final
order by
    truck_id,
    event_timestamp;
