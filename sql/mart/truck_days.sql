-- What each truck did on each day (UTC). Frames of one time are one moment, of
-- each field what the greatest lineage says. Distance lies between consecutive
-- known odometer values, never across a reset or a jump; a truck that has no
-- odometer has the distance between its positions. Unknown is null, not zero.
create or replace view mart.truck_days as
with readings as (
    select
        *,
        -- Above 10,000,000 km are only the codes for "not available".
        iff(
            odometer_reading between 0 and 10000000, odometer_reading, null
        ) as odometer_km,
        gps_latitude <> 0 or gps_longitude <> 0 as has_fix
    from core.truck_readings
),

moments as (
    select
        truck_id,
        event_timestamp,
        max_by(
            odometer_km, iff(odometer_km is null, null, sequence_number)
        ) as odometer_km,
        max_by(
            fuel_consumption,
            iff(fuel_consumption is null, null, sequence_number)
        ) as fuel_consumption,
        max_by(
            coalesce(vehicle_speed, gps_speed),
            iff(
                coalesce(vehicle_speed, gps_speed) is null,
                null,
                sequence_number
            )
        ) as speed_kmh,
        max_by(gps_latitude, iff(has_fix, sequence_number, null)) as latitude,
        max_by(gps_longitude, iff(has_fix, sequence_number, null)) as longitude
    from readings
    group by truck_id, event_timestamp
),

-- What comes after one known place, up to and with the next, has one number.
numbered as (
    select
        *,
        max(odometer_km) over (partition by truck_id) is not null
            as has_odometer,
        count(odometer_km) over (
            partition by truck_id
            order by event_timestamp
            rows between unbounded preceding and 1 preceding
        ) as odometer_number,
        count(latitude) over (
            partition by truck_id
            order by event_timestamp
            rows between unbounded preceding and 1 preceding
        ) as fix_number
    from moments
),

-- Whoever has no odometer is followed from fix to fix.
steps as (
    select
        truck_id,
        has_odometer,
        iff(has_odometer, odometer_number, fix_number) as step_number,
        max(iff(
            iff(has_odometer, odometer_km, latitude) is null,
            null,
            event_timestamp
        )) as ended_at,
        max(odometer_km) as odometer_km,
        max(latitude) as latitude,
        max(longitude) as longitude,
        max(speed_kmh) as highest_speed_kmh,
        avg(fuel_consumption) as fuel_consumption
    from numbered
    group by truck_id, has_odometer, step_number
),

compared as (
    select
        *,
        lag(ended_at) over (
            partition by truck_id
            order by step_number
        ) as began_at,
        lag(odometer_km) over (
            partition by truck_id
            order by step_number
        ) as odometer_before_km,
        lag(latitude) over (
            partition by truck_id
            order by step_number
        ) as latitude_before,
        lag(longitude) over (
            partition by truck_id
            order by step_number
        ) as longitude_before
    from steps
),

measured as (
    select
        truck_id,
        has_odometer,
        ended_at,
        fuel_consumption,
        highest_speed_kmh,
        datediff('millisecond', began_at, ended_at) / 3600000 as hours,
        iff(
            has_odometer,
            -- A counter of six digits goes on from zero.
            odometer_km - odometer_before_km + iff(
                odometer_before_km between 999000 and 1000000
                and odometer_km < 1000,
                1000000,
                0
            ),
            haversine(latitude_before, longitude_before, latitude, longitude)
        ) as step_km
    from compared
    where began_at is not null
),

-- Left out: an odometer that goes back or leaps, a position that leaps. What
-- stands still while its position drifts has not moved.
driven as (
    select
        truck_id,
        ended_at::date as day,
        has_odometer,
        fuel_consumption,
        case
            when step_km < 0 then null
            when step_km > 200 * hours + iff(has_odometer, 1000, 0) then null
            when has_odometer then step_km
            when highest_speed_kmh = 0 or step_km < 2 * hours then 0
            else step_km
        end as step_km
    from measured
),

distances as (
    select
        truck_id,
        day,
        iff(has_odometer, 'odometer', 'positions') as distance_source,
        sum(step_km) as distance_km,
        sum(fuel_consumption * step_km / 100) as fuel_litres,
        sum(iff(fuel_consumption is null, null, step_km)) as fuelled_km,
        count_if(step_km is null) as count_left_out
    from driven
    group by truck_id, day, has_odometer
),

days as (
    select
        truck_id,
        event_timestamp::date as day,
        count(*) as count_readings,
        avg(iff(vehicle_speed > 0, vehicle_speed, null)) as moving_speed_kmh,
        max(vehicle_speed) as highest_speed_kmh,
        min(least_ignore_nulls(
            tire_pressure_front_left,
            tire_pressure_front_right,
            tire_pressure_rear_left,
            tire_pressure_rear_right
        )) as lowest_tire_pressure_kpa
    from readings
    group by truck_id, event_timestamp::date
),

final as (
    select
        days.truck_id,
        days.day,
        days.count_readings,
        distances.distance_km,
        distances.distance_source,
        distances.count_left_out,
        distances.fuel_litres,
        distances.fuelled_km,
        days.moving_speed_kmh,
        days.highest_speed_kmh,
        days.lowest_tire_pressure_kpa
    from days
    left join distances
        on
            days.truck_id = distances.truck_id
            and days.day = distances.day
)

select * from final;
