-- Where and when each truck stood for a minute and more. When it came and left
-- is told from how far it drove between the last moment on its way and the
-- first one here: the readings may be a minute apart.
create or replace view mart.stops as
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
        lag(began_at) over (
            partition by truck_id
            order by began_at
        ) as came_from_at,
        lag(step_km) over (
            partition by truck_id
            order by began_at
        ) as way_in_km,
        lag(speed_before_kmh) over (
            partition by truck_id
            order by began_at
        ) as speed_in_kmh,
        lead(ended_at) over (
            partition by truck_id
            order by began_at
        ) as goes_to_at,
        lead(step_km) over (
            partition by truck_id
            order by began_at
        ) as way_out_km,
        lead(speed_after_kmh) over (
            partition by truck_id
            order by began_at
        ) as speed_out_kmh
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
        coalesce(
            timestampadd(
                'second',
                round(3600 * way_in_km / nullif(speed_in_kmh, 0)),
                came_from_at
            ),
            began_at
        ) as way_in_until,
        coalesce(
            timestampadd(
                'second',
                -round(3600 * way_out_km / nullif(speed_out_kmh, 0)),
                goes_to_at
            ),
            ended_at
        ) as way_out_from,
        iff(not stood, least(began_at, way_in_until), began_at) as arrived_at,
        iff(not will_stand, greatest(ended_at, way_out_from), ended_at)
            as left_at
    from marked
),

spells as (
    select
        truck_id,
        stop_number,
        min(arrived_at) as arrived_at,
        max(left_at) as left_at,
        sum(seconds) as seen_seconds,
        count_if(goes_to_at is null) > 0 as is_last,
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

select * from final;
