-- Kilometres of each driver by the hour of a zone's clock and by quarters of
-- the fleet's kilometres from slow to fast, and what the boxes told there.
with log as (
    select
        *,
        date_part(
            hour, convert_timezone('UTC', :zone, happened_at)
        ) as clock_hour
    from mart.driver_log
    where
        happened_at >= :since
        and happened_at < :until
        and kind in ('driving', 'event')
),

ranked as (
    select
        speed_kmh,
        sum(kilometres) over (order by speed_kmh)
        / sum(kilometres) over () as share
    from log
    where kind = 'driving'
),

edges as (
    select
        max(iff(4 * share <= 1, speed_kmh, null)) as first_kmh,
        max(iff(4 * share <= 2, speed_kmh, null)) as second_kmh,
        max(iff(4 * share <= 3, speed_kmh, null)) as third_kmh
    from ranked
),

placed as (
    select
        log.*,
        1
        + iff(log.speed_kmh > edges.first_kmh, 1, 0)
        + iff(log.speed_kmh > edges.second_kmh, 1, 0)
        + iff(log.speed_kmh > edges.third_kmh, 1, 0) as quarter
    from log
    cross join edges
    where log.speed_kmh is not null
),

final as (
    select
        driver_id,
        clock_hour,
        quarter,
        max(iff(kind = 'driving', speed_kmh, null)) as highest_kmh,
        coalesce(sum(kilometres), 0) as kilometres,
        count_if(event_type = 'harsh_brake') as count_brakes,
        count_if(event_type = 'harsh_acceleration') as count_accelerations,
        count_if(event_type = 'harsh_corner') as count_corners,
        count_if(event_type = 'speeding') as count_speeding
    from placed
    group by driver_id, clock_hour, quarter
)

select * from final
order by driver_id, clock_hour, quarter;
