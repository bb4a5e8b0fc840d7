-- What each truck drove from one stop of two minutes and more to the next. A
-- shorter one, at a light, belongs to its trip; so does a gap, whose seconds
-- are told apart.
with marked as (
    select
        *,
        coalesce(is_standing, false) as stands,
        coalesce(
            lag(is_standing) over (
                partition by truck_id
                order by began_at
            ),
            false
        ) as stood
    from core.movements
),

numbered as (
    select
        *,
        count_if(stands <> stood) over (
            partition by truck_id
            order by began_at
            rows between unbounded preceding and current row
        ) as spell_number
    from marked
),

spells as (
    select
        *,
        stands
        and sum(seconds) over (partition by truck_id, spell_number) >= 120
            as is_stop
    from numbered
),

parted as (
    select
        *,
        count_if(is_stop) over (
            partition by truck_id
            order by began_at
            rows between unbounded preceding and current row
        ) as trip_number
    from spells
),

trips as (
    select
        truck_id,
        min_by(moves_from, began_at) as began_at,
        max_by(moves_until, began_at) as ended_at,
        min_by(latitude, began_at) as latitude_from,
        min_by(longitude, began_at) as longitude_from,
        max_by(latitude_after, began_at) as latitude_to,
        max_by(longitude_after, began_at) as longitude_to,
        sum(iff(stands, 0, step_km)) as distance_km,
        sum(iff(not is_standing, seconds, 0)) as moving_seconds,
        sum(iff(is_standing, seconds, 0)) as standing_seconds,
        sum(iff(is_standing is null, seconds, 0)) as unknown_seconds
    from parted
    where not is_stop
    group by truck_id, trip_number
),

final as (
    select
        truck_id,
        row_number() over (
            partition by truck_id
            order by began_at
        ) as trip_number,
        began_at,
        ended_at,
        latitude_from,
        longitude_from,
        latitude_to,
        longitude_to,
        distance_km,
        moving_seconds,
        standing_seconds,
        unknown_seconds
    from trips
    where moving_seconds > 0
)

select * from final
