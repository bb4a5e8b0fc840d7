-- Each truck's tank over a time, from the first to the last stand in it: what
-- was there, what was filled in, what left at once, what was left.
with plateaus as (
    select
        *,
        row_number() over (
            partition by truck_id
            order by plateau_number
        ) as place,
        row_number() over (
            partition by truck_id
            order by plateau_number desc
        ) as place_from_end
    from core.tank_plateaus
    where
        ended_at >= :since
        and began_at < :until
),

ends as (
    select
        truck_id,
        min(began_at) as began_at,
        max(ended_at) as ended_at,
        max(iff(place = 1, level_first, null)) as percent_at_first,
        max(iff(place_from_end = 1, level_last, null)) as percent_left,
        max(odometer_last_km) - min(odometer_first_km) as distance_km
    from plateaus
    group by truck_id
),

changes as (
    select
        ends.truck_id,
        count_if(changes.kind = 'refuel') as count_refuels,
        count_if(changes.kind = 'loss') as count_losses,
        sum(iff(changes.kind = 'refuel', changes.percent, 0))
            as percent_refuelled,
        sum(iff(changes.kind = 'loss', -changes.percent, 0)) as percent_lost
    from ends
    left join core.tank_changes as changes
        on
            ends.truck_id = changes.truck_id
            and ends.began_at <= changes.earliest_at
            and ends.ended_at >= changes.happened_at
    group by ends.truck_id
),

final as (
    select
        ends.truck_id,
        ends.began_at,
        ends.ended_at,
        ends.distance_km,
        scales.litres_per_percent,
        scales.count_receipts,
        scales.is_calibrated,
        ends.percent_at_first,
        ends.percent_left,
        changes.percent_refuelled,
        changes.percent_lost,
        changes.count_refuels,
        changes.count_losses
    from ends
    inner join changes
        on ends.truck_id = changes.truck_id
    left join mart.tank_scales as scales
        on ends.truck_id = scales.truck_id
)

select * from final
order by truck_id
