-- What each driver did with each truck on each day (UTC). Litres are those of
-- a truck's day that had one driver alone.
with log as (
    select
        *,
        happened_at::date as day
    from mart.driver_log
    where
        happened_at >= :since
        and happened_at < :until
),

days as (
    select
        truck_id,
        driver_id,
        day,
        coalesce(sum(kilometres), 0) as kilometres,
        coalesce(sum(hours), 0) as hours,
        count_if(event_type <> 'speeding') as count_harsh,
        count_if(event_type = 'speeding') as count_speeding,
        coalesce(sum(iff(event_type = 'speeding', seconds, null)), 0)
            as speeding_seconds,
        count_if(kind = 'stop') as count_stops,
        count_if(engine_seconds is not null) as count_known_stops,
        count_if(2 * engine_seconds > seconds) as count_idled_stops,
        coalesce(sum(engine_seconds), 0) as idle_seconds
    from log
    group by truck_id, driver_id, day
),

alone as (
    select
        truck_id,
        day,
        min(driver_id) as driver_id
    from days
    where kilometres > 0
    group by truck_id, day
    having count(*) = 1
),

final as (
    select
        days.*,
        fuelled.fuelled_km,
        fuelled.fuelled_litres
    from days
    left join alone
        on
            days.truck_id = alone.truck_id
            and days.day = alone.day
            and days.driver_id = alone.driver_id
    left join core.fuelled_distances as fuelled
        on
            alone.truck_id = fuelled.truck_id
            and alone.day = fuelled.day
)

select * from final
order by truck_id, day, driver_id;
