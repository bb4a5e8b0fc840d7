-- What each truck did from one moment to the next: it stood, it moved, or
-- nobody knows. By its speed; a truck that sends none by how far it came. Over
-- a gap of more than five of its usual intervals only an odometer that has not
-- moved says that it stood.
create or replace view core.movements as
with moments as (
    select
        truck_id,
        event_timestamp,
        speed_kmh,
        is_running,
        latitude is not null or odometer_km is not null as is_placed,
        count(speed_kmh) over (partition by truck_id) > 1 as has_speed,
        last_value(odometer_km ignore nulls) over (
            partition by truck_id
            order by event_timestamp
            rows between unbounded preceding and current row
        ) as odometer_km,
        last_value(latitude ignore nulls) over (
            partition by truck_id
            order by event_timestamp
            rows between unbounded preceding and current row
        ) as latitude,
        last_value(longitude ignore nulls) over (
            partition by truck_id
            order by event_timestamp
            rows between unbounded preceding and current row
        ) as longitude
    from core.truck_moments
),

spans as (
    select
        truck_id,
        has_speed,
        event_timestamp as began_at,
        speed_kmh as speed_before_kmh,
        is_running,
        latitude,
        longitude,
        odometer_km,
        lead(event_timestamp) over (
            partition by truck_id
            order by event_timestamp
        ) as ended_at,
        lead(speed_kmh) over (
            partition by truck_id
            order by event_timestamp
        ) as speed_after_kmh,
        lead(odometer_km) over (
            partition by truck_id
            order by event_timestamp
        ) as odometer_after_km,
        lead(latitude) over (
            partition by truck_id
            order by event_timestamp
        ) as latitude_after,
        lead(longitude) over (
            partition by truck_id
            order by event_timestamp
        ) as longitude_after
    from moments
    where iff(has_speed, speed_kmh is not null, is_placed)
),

measured as (
    select
        *,
        datediff('millisecond', began_at, ended_at) / 1000 as seconds,
        iff(
            odometer_after_km >= odometer_km,
            odometer_after_km - odometer_km,
            null
        ) as odometer_step_km,
        haversine(latitude, longitude, latitude_after, longitude_after)
            as fix_step_km
    from spans
    where ended_at is not null
),

compared as (
    select
        *,
        coalesce(odometer_step_km, fix_step_km) as step_km,
        seconds > 5 * median(seconds) over (partition by truck_id) as is_gap
    from measured
),

bounded as (
    select
        *,
        -- No truck comes so far in that time: the odometer was set, or a fix
        -- leaps.
        iff(step_km > 1 + seconds / 18, null, step_km) as possible_km
    from compared
),

final as (
    select
        truck_id,
        began_at,
        ended_at,
        seconds,
        speed_before_kmh,
        speed_after_kmh,
        is_running,
        latitude,
        longitude,
        latitude_after,
        longitude_after,
        possible_km as step_km,
        -- The readings may be a minute apart: a truck that stood at the first
        -- took for its way as long as at the speed of the second, and so on.
        iff(
            speed_before_kmh < 1 and speed_after_kmh >= 1,
            coalesce(
                greatest(
                    began_at,
                    timestampadd(
                        'second',
                        -round(3600 * possible_km / speed_after_kmh),
                        ended_at
                    )
                ),
                began_at
            ),
            began_at
        ) as moves_from,
        iff(
            speed_before_kmh >= 1 and speed_after_kmh < 1,
            coalesce(
                least(
                    ended_at,
                    timestampadd(
                        'second',
                        round(3600 * possible_km / speed_before_kmh),
                        began_at
                    )
                ),
                ended_at
            ),
            ended_at
        ) as moves_until,
        case
            when is_gap and 1000 * odometer_step_km <= 50 then true
            when is_gap then null
            when has_speed
                then
                    speed_before_kmh < 1
                    and speed_after_kmh < 1
                    and coalesce(1000 * step_km <= 50, true)
            else step_km < seconds / 1800
        end as is_standing
    from bounded
)

select * from final;
