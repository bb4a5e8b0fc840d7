-- What each truck's sensors said of its condition on each day of a zone's
-- calendar: medians, since single readings are noisy. Revolutions for the speed
-- are those of the highest gear: the lowest that the truck has when it is fast.
with moments as (
    select
        truck_id,
        convert_timezone('UTC', :zone, event_timestamp)::date as day,
        battery_voltage,
        engine_temperature,
        oil_pressure,
        environment_temperature,
        engine_rpm,
        vehicle_speed,
        transmission_status,
        is_running,
        is_running and coalesce(engine_temperature > 75, true) as is_warm,
        iff(
            vehicle_speed >= 30 and engine_rpm > 0,
            engine_rpm / vehicle_speed,
            null
        ) as geared
    from core.truck_moments
    where
        event_timestamp >= :since
        and event_timestamp < :until
),

gears as (
    select
        truck_id,
        percentile_cont(0.1) within group (order by geared) as highest
    from moments
    where geared is not null
    group by truck_id
),

placed as (
    select
        moments.*,
        iff(
            4 * moments.geared <= 5 * gears.highest, moments.geared, null
        ) as highest_geared
    from moments
    left join gears
        on moments.truck_id = gears.truck_id
),

final as (
    select
        truck_id,
        day,
        median(iff(is_running, battery_voltage, null)) as charging_volts,
        median(iff(not is_running, battery_voltage, null)) as resting_volts,
        median(iff(is_warm, engine_temperature, null)) as engine_celsius,
        median(iff(is_warm, oil_pressure, null)) as oil_kpa,
        iff(count(highest_geared) >= 10, median(highest_geared), null)
            as revolutions_per_kmh,
        sum(iff(transmission_status in ('slipping', 'fault'), 1, 0))
        / nullif(count(transmission_status), 0) as warning_share,
        median(iff(is_running, environment_temperature, null))
            as ambient_celsius,
        median(iff(not is_running, environment_temperature, null))
            as resting_celsius,
        avg(iff(is_warm, vehicle_speed, null)) as speed_kmh,
        median(iff(is_warm, engine_rpm, null)) as engine_rpm
    from placed
    group by truck_id, day
)

select * from final
order by truck_id, day;
