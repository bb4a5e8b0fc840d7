-- The readings of one truck, averaged over slices of :seconds.
with readings as (
    select *
    from core.truck_readings
    where
        truck_id = :truck_id
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
        avg(gps_latitude) as latitude,
        avg(gps_longitude) as longitude,
        avg(vehicle_speed) as speed_kmh,
        avg(fuel_level) as fuel_percent,
        max(engine_temperature) as engine_celsius,
        avg(engine_rpm) as engine_rpm
    from readings
    group by slice_at
)

select * from final
order by slice_at;
