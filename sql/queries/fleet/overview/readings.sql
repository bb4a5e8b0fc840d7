-- The readings of one truck, averaged over slices of :seconds; of a slice's
-- positions the last fix, since a mean of two may be a place it never was.
with readings as (
    select
        *,
        gps_latitude <> 0 or gps_longitude <> 0 as has_fix
    from core.truck_readings
    where
        truck_id = :truck_id
        and not is_misdated
        and event_timestamp >= cast(:since as timestamp_ntz)
        and event_timestamp < cast(:until as timestamp_ntz)
),

final as (
    select
        dateadd(
            'second',
            floor(date_part(epoch_second, event_timestamp) / :seconds)
            * :seconds,
            cast('1970-01-01' as timestamp_ntz)
        ) as slice_at,
        max_by(
            gps_latitude, iff(has_fix, event_timestamp, null)
        ) as latitude,
        max_by(
            gps_longitude, iff(has_fix, event_timestamp, null)
        ) as longitude,
        avg(coalesce(vehicle_speed, gps_speed)) as speed_kmh,
        avg(fuel_level) as fuel_percent,
        max(engine_temperature) as engine_celsius,
        avg(engine_rpm) as engine_rpm
    from readings
    group by slice_at
)

select * from final
order by slice_at;
