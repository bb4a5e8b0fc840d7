-- Stretches in which a truck stood and its tank's level did not jump, with the
-- mean of five levels at each end: fuel sloshes on the way, and the first level
-- behind it counts only if it is the only one. Left out is a needle that stuck:
-- one level over far more moments on the way than is usual with the truck.
with moments as (
    select
        truck_id,
        event_timestamp,
        fuel_level,
        last_value(speed_kmh ignore nulls) over (
            partition by truck_id
            order by event_timestamp
            rows between unbounded preceding and current row
        ) as speed_kmh,
        last_value(odometer_km ignore nulls) over (
            partition by truck_id
            order by event_timestamp
            rows between unbounded preceding and current row
        ) as odometer_km
    from core.truck_moments
),

levels as (
    select
        *,
        lag(fuel_level) over (
            partition by truck_id
            order by event_timestamp
        ) as level_before,
        count_if(speed_kmh >= 1) over (
            partition by truck_id
            order by event_timestamp
            rows between unbounded preceding and current row
        ) as stand_number
    from moments
    where fuel_level is not null
),

runs as (
    select
        *,
        count_if(fuel_level <> level_before) over (
            partition by truck_id
            order by event_timestamp
            rows between unbounded preceding and current row
        ) as run_number
    from levels
),

counted as (
    select
        *,
        count_if(speed_kmh >= 1) over (
            partition by truck_id, run_number
        ) as count_moving
    from runs
),

still as (
    select
        *,
        abs(fuel_level - lag(fuel_level) over (
            partition by truck_id
            order by event_timestamp
        )) as step,
        lag(stand_number) over (
            partition by truck_id
            order by event_timestamp
        ) as stand_before
    from counted
    where speed_kmh < 1
    qualify
        count_moving
        <= 5 + 10 * median(count_moving) over (partition by truck_id)
),

parted as (
    select
        *,
        stand_number <> stand_before
        or step >= greatest(
            1, 9 * median(step) over (partition by truck_id)
        ) as is_new
    from still
),

numbered as (
    select
        *,
        count_if(is_new) over (
            partition by truck_id
            order by event_timestamp
            rows between unbounded preceding and current row
        ) as plateau_number
    from parted
),

placed as (
    select
        *,
        row_number() over (
            partition by truck_id, plateau_number
            order by event_timestamp desc
        ) as place_from_end,
        count(*) over (partition by truck_id, plateau_number) as count_levels,
        count_levels - place_from_end as count_before
    from numbered
),

final as (
    select
        truck_id,
        plateau_number,
        min(stand_number) as stand_number,
        min(event_timestamp) as began_at,
        max(event_timestamp) as ended_at,
        count(*) as count_levels,
        avg(
            iff(
                count_before between least(1, count_levels - 1) and 5,
                fuel_level,
                null
            )
        ) as level_first,
        avg(iff(place_from_end <= 5, fuel_level, null)) as level_last,
        min(odometer_km) as odometer_first_km,
        max(odometer_km) as odometer_last_km
    from placed
    group by truck_id, plateau_number
)

select * from final
