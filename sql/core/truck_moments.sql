-- Each time of a truck once: frames of one time are one moment, of each field
-- what arrived last. Beside it what the truck is measured by, the best that it
-- sends at all; step_number and fuel_number count the distances and the fuel
-- measures before: what lies between one and the next has one number.
create or replace view core.truck_moments as
with readings as (
    select
        *,
        -- Above 10,000,000 km are only the codes for "not available".
        iff(
            odometer_reading between 0 and 10000000, odometer_reading, null
        ) as odometer_km,
        gps_latitude <> 0 or gps_longitude <> 0 as has_fix
    from core.truck_readings
    where not is_misdated
),

moments as (
    select
        truck_id,
        event_timestamp,
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
            coalesce(vehicle_speed, gps_speed),
            iff(
                coalesce(vehicle_speed, gps_speed) is null,
                null,
                sequence_number
            )
        ) as speed_kmh,
        max_by(
            coalesce(engine_rpm > 0, ignition),
            iff(
                coalesce(engine_rpm > 0, ignition) is null,
                null,
                sequence_number
            )
        ) as is_running,
        max_by(gps_latitude, iff(has_fix, sequence_number, null)) as latitude,
        max_by(gps_longitude, iff(has_fix, sequence_number, null)) as longitude
    from readings
    group by truck_id, event_timestamp
),

-- What a truck is measured by: the best that it sends at all.
trucks as (
    select
        truck_id,
        count(odometer_km) > 1
        and (max(odometer_km) > min(odometer_km) or count(latitude) < 2)
            as has_odometer,
        case
            when count(fuel_used) > 1 then 'counter'
            when count(fuel_rate) > 1 then 'rate'
            when count(fuel_consumption) > 0 then 'consumption'
            when count(fuel_level) > 1 then 'tank'
        end as fuel_source
    from moments
    group by truck_id
),

final as (
    select
        moments.*,
        trucks.has_odometer,
        trucks.fuel_source,
        case trucks.fuel_source
            when 'counter' then moments.fuel_used
            when 'rate' then moments.fuel_rate
            when 'tank' then moments.fuel_level
        end as fuel_measure,
        count(fuel_measure) over (
            partition by moments.truck_id
            order by moments.event_timestamp
            rows between unbounded preceding and 1 preceding
        ) as fuel_number,
        count(
            iff(trucks.has_odometer, moments.odometer_km, moments.latitude)
        ) over (
            partition by moments.truck_id
            order by moments.event_timestamp
            rows between unbounded preceding and 1 preceding
        ) as step_number
    from moments
    inner join trucks
        on moments.truck_id = trucks.truck_id
)

select * from final;
