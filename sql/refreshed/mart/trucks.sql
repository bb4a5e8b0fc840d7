-- Each truck as it was last read: of each signal the last known value, and when
-- that was; frames may hold one signal each.
with fixes as (
    select
        truck_id,
        max_by(latitude, event_timestamp) as gps_latitude,
        max_by(longitude, event_timestamp) as gps_longitude,
        max(event_timestamp) as position_at
    from core.truck_fixes
    group by truck_id
),

signals as (
    select
        truck_id,
        max(event_timestamp) as read_at,
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
        max_by(odometer_km, iff(odometer_km is null, null, event_timestamp))
            as odometer_reading,
        max(iff(odometer_km is null, null, event_timestamp)) as odometer_at,
        max_by(brake_status, iff(brake_status is null, null, event_timestamp))
            as brake_status,
        max(iff(brake_status is null, null, event_timestamp))
            as brake_status_at,
        max_by(
            lowest_tire_kpa,
            iff(lowest_tire_kpa is null, null, event_timestamp)
        ) as lowest_tire_pressure_kpa,
        max(iff(lowest_tire_kpa is null, null, event_timestamp))
            as tire_pressure_at
    from core.truck_moments
    group by truck_id
),

misdated as (
    select
        truck_id,
        count(*) as count_misdated
    from core.misdated_readings
    group by truck_id
),

final as (
    select
        signals.truck_id,
        signals.read_at,
        fixes.gps_latitude,
        fixes.gps_longitude,
        fixes.position_at,
        signals.speed_kmh,
        signals.speed_at,
        signals.fuel_level,
        signals.fuel_level_at,
        signals.engine_temperature,
        signals.engine_temperature_at,
        signals.odometer_reading,
        signals.odometer_at,
        signals.brake_status,
        signals.brake_status_at,
        signals.lowest_tire_pressure_kpa,
        signals.tire_pressure_at,
        coalesce(misdated.count_misdated, 0) as count_misdated
    from signals
    left join fixes
        on signals.truck_id = fixes.truck_id
    left join misdated
        on signals.truck_id = misdated.truck_id
)

select * from final
