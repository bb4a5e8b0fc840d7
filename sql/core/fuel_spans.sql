-- What each truck burnt from one known value of its fuel measure to the next.
create or replace view core.fuel_spans as
with spans as (
    select
        truck_id,
        fuel_source,
        fuel_number,
        max(event_timestamp) as ended_at,
        max(fuel_measure) as fuel_measure
    from core.measured_moments
    where fuel_source in ('counter', 'rate', 'tank')
    group by truck_id, fuel_source, fuel_number
),

ended as (
    select
        *,
        lag(fuel_measure) over (
            partition by truck_id
            order by fuel_number
        ) as measure_before,
        datediff(
            'microsecond',
            lag(ended_at) over (
                partition by truck_id
                order by fuel_number
            ),
            ended_at
        ) / 3600000000 as hours
    from spans
),

intervals as (
    select
        *,
        median(hours) over (partition by truck_id) as usual_hours
    from ended
),

-- Left out: a counter that goes back or leaps, a rate across a gap. Of a tank
-- only the share is known, where it was not filled and its gauge did not leap.
final as (
    select
        truck_id,
        fuel_number,
        ended_at::date as day,
        hours,
        case
            when
                fuel_source = 'counter'
                and fuel_measure - measure_before between 0 and 200 * hours + 20
                then fuel_measure - measure_before
            when fuel_source = 'rate' and hours <= 5 * usual_hours
                then fuel_measure * hours
        end as litres,
        iff(
            fuel_source = 'tank'
            and fuel_measure - measure_before < 10
            and measure_before - fuel_measure < 10 + 20 * hours,
            measure_before - fuel_measure,
            null
        ) as tank_percent
    from intervals
)

select * from final;
