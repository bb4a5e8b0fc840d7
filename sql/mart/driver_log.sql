-- What drivers did: the speed between two readings, what the telematics box
-- told of their driving, and their stops of two minutes and more. The driver
-- is null where no shift says who it was.
create or replace view mart.driver_log as
with facts as (
    select
        truck_id,
        event_timestamp as happened_at,
        'driving' as kind,
        speed_kmh,
        hours,
        speed_kmh * hours as kilometres,
        null as event_type,
        null as seconds,
        null as engine_seconds,
        null as latitude,
        null as longitude,
        null as driver_id,
        null as shift_ends_at
    from core.speed_spans
    where
        hours is not null
        and speed_kmh > 1
    union all
    select
        truck_id,
        event_timestamp as happened_at,
        'event' as kind,
        speed as speed_kmh,
        null as hours,
        null as kilometres,
        event_type,
        seconds,
        null as engine_seconds,
        latitude,
        longitude,
        null as driver_id,
        null as shift_ends_at
    from core.driving_events
    union all
    select
        truck_id,
        arrived_at as happened_at,
        'stop' as kind,
        null as speed_kmh,
        null as hours,
        null as kilometres,
        null as event_type,
        seconds,
        engine_seconds,
        latitude,
        longitude,
        null as driver_id,
        null as shift_ends_at
    from mart.stops
    where seen_seconds >= 120
    union all
    select
        truck_id,
        began_at as happened_at,
        'begin' as kind,
        null as speed_kmh,
        null as hours,
        null as kilometres,
        null as event_type,
        null as seconds,
        null as engine_seconds,
        null as latitude,
        null as longitude,
        driver_id,
        ended_at as shift_ends_at
    from mart.shifts
),

-- "begin" is the first of its moment by the alphabet.
carried as (
    select
        *,
        last_value(driver_id ignore nulls) over (
            partition by truck_id
            order by happened_at, kind
            rows between unbounded preceding and current row
        ) as last_driver_id,
        last_value(shift_ends_at ignore nulls) over (
            partition by truck_id
            order by happened_at, kind
            rows between unbounded preceding and current row
        ) as on_duty_until,
        last_value(speed_kmh ignore nulls) over (
            partition by truck_id
            order by happened_at, kind
            rows between unbounded preceding and current row
        ) as last_speed_kmh
    from facts
),

final as (
    select
        truck_id,
        iff(happened_at < on_duty_until, last_driver_id, null) as driver_id,
        happened_at,
        kind,
        last_speed_kmh as speed_kmh,
        hours,
        kilometres,
        event_type,
        seconds,
        engine_seconds,
        latitude,
        longitude
    from carried
    where kind <> 'begin'
)

select * from final;
