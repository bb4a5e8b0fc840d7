-- Who drove which truck, from when until when: the time in which exactly one
-- driver was on duty. A shift ends as its driver leaves the truck or takes
-- another one; one that was never told to end is left out.
create or replace view mart.shifts as
with told as (
    select
        truck_id,
        driver_id,
        duty,
        event_timestamp as began_at,
        lead(duty) over (
            partition by truck_id, driver_id
            order by event_timestamp, duty
        ) as next_duty,
        lead(event_timestamp) over (
            partition by truck_id, driver_id
            order by event_timestamp, duty
        ) as left_at,
        min(iff(duty = 'on', event_timestamp, null)) over (
            partition by driver_id
            order by event_timestamp, truck_id
            rows between 1 following and unbounded following
        ) as taken_at
    from core.driver_shifts
),

shifts as (
    select
        truck_id,
        driver_id,
        began_at,
        least(left_at, coalesce(taken_at, left_at)) as ended_at
    from told
    where
        duty = 'on'
        and next_duty = 'off'
),

marks as (
    select
        truck_id,
        began_at as marked_at
    from shifts
    union distinct
    select
        truck_id,
        ended_at as marked_at
    from shifts
),

segments as (
    select
        truck_id,
        marked_at as began_at,
        lead(marked_at) over (
            partition by truck_id
            order by marked_at
        ) as ended_at
    from marks
),

final as (
    select
        segments.truck_id,
        min(shifts.driver_id) as driver_id,
        segments.began_at,
        segments.ended_at
    from segments
    inner join shifts
        on
            segments.truck_id = shifts.truck_id
            and segments.began_at >= shifts.began_at
            and segments.ended_at <= shifts.ended_at
    group by segments.truck_id, segments.began_at, segments.ended_at
    having count(*) = 1
)

select * from final;
