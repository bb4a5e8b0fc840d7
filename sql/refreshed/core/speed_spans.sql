-- How long each speed of a truck held: until the next one, and unknown across a
-- gap of more than five of the truck's usual intervals.
with speeds as (
    select
        truck_id,
        event_timestamp,
        speed_kmh,
        is_running,
        datediff(
            'millisecond',
            event_timestamp,
            lead(event_timestamp) over (
                partition by truck_id
                order by event_timestamp
            )
        ) / 3600000 as hours
    from core.truck_moments
    where speed_kmh is not null
),

usual as (
    select
        *,
        median(hours) over (partition by truck_id) as usual_hours
    from speeds
),

final as (
    select
        truck_id,
        event_timestamp,
        speed_kmh,
        is_running,
        iff(hours <= 5 * usual_hours, hours, null) as hours
    from usual
)

select * from final
