-- What was filled into each truck's tank, and what left it at once without
-- being burnt, in percent of its gauge, and the receipt that belongs to it.
create or replace view core.tank_changes as
with pairs as (
    select
        *,
        lag(ended_at) over (
            partition by truck_id
            order by plateau_number
        ) as earliest_at,
        level_first - lag(level_last) over (
            partition by truck_id
            order by plateau_number
        ) as change,
        stand_number = lag(stand_number) over (
            partition by truck_id
            order by plateau_number
        ) as has_stood,
        least(count_levels, lag(count_levels) over (
            partition by truck_id
            order by plateau_number
        )) as count_levels_beside,
        greatest(
            0,
            odometer_first_km - lag(odometer_last_km) over (
                partition by truck_id
                order by plateau_number
            )
        ) as kilometres
    from core.tank_plateaus
),

rates as (
    select
        truck_id,
        greatest(0, median(-change / kilometres)) as percent_per_km
    from pairs
    where kilometres >= 2
    group by truck_id
),

-- On its way a truck burns what it usually does, more or less by three tenths.
-- Where it stood, two levels on each side are enough to see one percent.
judged as (
    select
        pairs.truck_id,
        pairs.earliest_at,
        pairs.began_at as happened_at,
        pairs.has_stood,
        coalesce(rates.percent_per_km * pairs.kilometres, 0) as burnt,
        pairs.change + burnt as percent,
        case
            when percent >= 5 then 'refuel'
            when
                pairs.has_stood
                and pairs.count_levels_beside >= 2
                and percent <= -1
                then 'loss'
            when 2 * percent <= -5 - burnt * 6 / 10 then 'loss'
        end as kind
    from pairs
    left join rates
        on pairs.truck_id = rates.truck_id
),

events as (
    select
        *,
        row_number() over (
            partition by truck_id
            order by happened_at
        ) as event_number
    from judged
    where kind is not null
),

receipts as (
    select
        truck_id,
        event_id,
        event_timestamp,
        litres
    from core.truck_services
    where
        service = 'refuel'
        and litres > 0
),

-- A receipt belongs to the nearest rise, and a rise to the nearest receipt.
near as (
    select
        events.truck_id,
        events.event_number,
        receipts.event_id,
        receipts.litres,
        row_number() over (
            partition by events.truck_id, events.event_number
            order by
                abs(datediff(
                    'second', receipts.event_timestamp, events.happened_at
                )),
                receipts.event_id
        ) as receipt_place,
        row_number() over (
            partition by receipts.event_id
            order by
                abs(datediff(
                    'second', receipts.event_timestamp, events.happened_at
                )),
                events.event_number
        ) as event_place
    from events
    inner join receipts
        on
            events.truck_id = receipts.truck_id
            and receipts.event_timestamp
            between timestampadd('minute', -15, events.earliest_at)
            and timestampadd('minute', 60, events.happened_at)
    where events.kind = 'refuel'
),

matched as (
    select *
    from near
    where
        receipt_place = 1
        and event_place = 1
),

final as (
    select
        events.truck_id,
        events.kind,
        events.earliest_at,
        events.happened_at,
        events.has_stood,
        events.percent,
        matched.event_id as receipt_id,
        matched.litres as receipt_litres
    from events
    left join matched
        on
            events.truck_id = matched.truck_id
            and events.event_number = matched.event_number
)

select * from final;
