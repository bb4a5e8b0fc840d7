-- Where each truck was: its positions but for 0,0, and for those that no truck
-- reaches: farther than 100 m and 200 km/h from each of the two fixes before
-- and the two after. Of one time the fix that arrived last.
create or replace view core.truck_fixes as
with fixes as (
    select
        truck_id,
        event_timestamp,
        latitude,
        longitude
    from core.truck_moments
    where latitude is not null
),

neighbours as (
    select
        *,
        lag(event_timestamp) over (
            partition by truck_id
            order by event_timestamp
        ) as before_at,
        lag(latitude) over (
            partition by truck_id
            order by event_timestamp
        ) as latitude_before,
        lag(longitude) over (
            partition by truck_id
            order by event_timestamp
        ) as longitude_before,
        lag(event_timestamp, 2) over (
            partition by truck_id
            order by event_timestamp
        ) as earlier_at,
        lag(latitude, 2) over (
            partition by truck_id
            order by event_timestamp
        ) as latitude_earlier,
        lag(longitude, 2) over (
            partition by truck_id
            order by event_timestamp
        ) as longitude_earlier
    from fixes
),

compared as (
    select
        truck_id,
        event_timestamp,
        latitude,
        longitude,
        1000 * haversine(latitude_before, longitude_before, latitude, longitude)
        > 100 + datediff('microsecond', before_at, event_timestamp) / 18000
            as leaps_one,
        1000
        * haversine(latitude_earlier, longitude_earlier, latitude, longitude)
        > 100 + datediff('microsecond', earlier_at, event_timestamp) / 18000
            as leaps_two
    from neighbours
),

judged as (
    select
        *,
        lead(leaps_one) over (
            partition by truck_id
            order by event_timestamp
        ) as is_left_by_one,
        lead(leaps_two, 2) over (
            partition by truck_id
            order by event_timestamp
        ) as is_left_by_two
    from compared
),

-- A fix alone has nothing to be compared with.
final as (
    select
        truck_id,
        event_timestamp,
        latitude,
        longitude
    from judged
    where
        not leaps_one
        or not leaps_two
        or not is_left_by_one
        or not is_left_by_two
        or coalesce(leaps_one, is_left_by_one) is null
)

select * from final;
