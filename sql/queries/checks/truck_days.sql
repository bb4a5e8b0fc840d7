-- What must hold of the trucks' days: rows that break it, none if it holds.
-- Each reading is in one day, and no truck drives further than its odometer.
with readings as (
    select
        truck_id,
        count(*) as count_readings,
        min(odometer_reading) as lowest_km,
        max(odometer_reading) as highest_km
    from core.truck_readings
    group by truck_id
),

days as (
    select
        truck_id,
        sum(count_readings) as count_readings,
        sum(distance_km) as distance_km
    from mart.truck_days
    group by truck_id
),

compared as (
    select
        readings.truck_id,
        readings.count_readings,
        readings.highest_km - readings.lowest_km as expected_km,
        coalesce(days.count_readings, 0) as count_in_days,
        days.distance_km
    from readings
    left join days
        on readings.truck_id = days.truck_id
),

final as (
    select
        'each reading is in one day' as rule,
        truck_id as example,
        count_in_days as found,
        count_readings as expected
    from compared
    where count_in_days <> count_readings
    union all
    select
        'no truck drives further than its odometer' as rule,
        truck_id as example,
        distance_km as found,
        expected_km as expected
    from compared
    where distance_km > expected_km + 0.001
)

select * from final
order by rule, example;
