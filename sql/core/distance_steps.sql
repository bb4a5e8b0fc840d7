-- What each truck drove from one known odometer value to the next, never across
-- a reset or a jump: null then. A truck without an odometer that moves is
-- followed from position to position.
create or replace view core.distance_steps as
with steps as (
    select
        truck_id,
        has_odometer,
        step_number,
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
    from core.measured_moments
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
        step_number,
        has_odometer,
        ended_at,
        fuel_consumption,
        highest_speed_kmh,
        datediff('microsecond', began_at, ended_at) / 3600000000 as hours,
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
final as (
    select
        truck_id,
        step_number,
        ended_at::date as day,
        hours,
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
)

select * from final;
