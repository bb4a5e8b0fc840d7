-- Where and when each truck stood for a minute and more.
with marked as (
    select
        *,
        lag(is_standing) over (
            partition by truck_id
            order by began_at
        ) as stood,
        lead(is_standing) over (
            partition by truck_id
            order by began_at
        ) as will_stand,
        lag(moves_until) over (
            partition by truck_id
            order by began_at
        ) as moved_until,
        lead(moves_from) over (
            partition by truck_id
            order by began_at
        ) as moves_on_from
    from core.movements
),

-- Behind a gap, or from a standstill, it came with the first moment here.
timed as (
    select
        *,
        count_if(is_standing and not coalesce(stood, false)) over (
            partition by truck_id
            order by began_at
            rows between unbounded preceding and current row
        ) as stop_number,
        iff(not stood, moved_until, began_at) as arrived_at,
        iff(not will_stand, moves_on_from, ended_at) as left_at
    from marked
),

spells as (
    select
        truck_id,
        stop_number,
        min(arrived_at) as arrived_at,
        max(left_at) as left_at,
        sum(seconds) as seen_seconds,
        count_if(moves_on_from is null) > 0 as is_last,
        max_by(latitude_after, began_at) as latitude,
        max_by(longitude_after, began_at) as longitude,
        iff(
            count(is_running) = count(*),
            sum(iff(is_running, seconds, 0)),
            null
        ) as engine_seconds
    from timed
    where is_standing
    group by truck_id, stop_number
),

final as (
    select
        truck_id,
        stop_number,
        arrived_at,
        left_at,
        datediff('second', arrived_at, left_at) as seconds,
        seen_seconds,
        is_last,
        latitude,
        longitude,
        engine_seconds
    from spells
    where datediff('second', arrived_at, left_at) >= 60
)

select * from final
