-- The readings of one truck, averaged over slices of :seconds; of a slice's
-- positions the last fix, since a mean of two may be a place it never was.
with readings as (
    select
        dateadd(
            'second',
            floor(date_part(epoch_second, event_timestamp) / :seconds)
            * :seconds,
            cast('1970-01-01' as timestamp_ntz)
        ) as slice_at,
        avg(speed_kmh) as speed_kmh,
        avg(fuel_level) as fuel_percent,
        max(engine_temperature) as engine_celsius,
        avg(engine_rpm) as engine_rpm
    from core.truck_moments
    where
        truck_id = :truck_id
        and event_timestamp >= cast(:since as timestamp_ntz)
        and event_timestamp < cast(:until as timestamp_ntz)
    group by slice_at
),

fixes as (
    select
        dateadd(
            'second',
            floor(date_part(epoch_second, event_timestamp) / :seconds)
            * :seconds,
            cast('1970-01-01' as timestamp_ntz)
        ) as slice_at,
        max_by(latitude, event_timestamp) as latitude,
        max_by(longitude, event_timestamp) as longitude
    from core.truck_fixes
    where
        truck_id = :truck_id
        and event_timestamp >= cast(:since as timestamp_ntz)
        and event_timestamp < cast(:until as timestamp_ntz)
    group by slice_at
),

final as (
    select
        readings.slice_at,
        fixes.latitude,
        fixes.longitude,
        readings.speed_kmh,
        readings.fuel_percent,
        readings.engine_celsius,
        readings.engine_rpm
    from readings
    left join fixes
        on readings.slice_at = fixes.slice_at
)

select * from final
order by slice_at;
