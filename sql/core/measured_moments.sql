-- Each moment of a truck, beside it what the truck is measured by, the best
-- that it sends at all; step_number and fuel_number count the distances and the
-- fuel measures before: what lies between one and the next has one number.
create or replace view core.measured_moments as
with trucks as (
    select
        truck_id,
        count(odometer_km) > 1
        and (max(odometer_km) > min(odometer_km) or count(latitude) < 2)
            as has_odometer,
        case
            when count(fuel_used) > 1 then 'counter'
            when count(fuel_rate) > 1 then 'rate'
            when count(fuel_consumption) > 0 then 'consumption'
            when count(fuel_level) > 1 then 'tank'
        end as fuel_source
    from core.truck_moments
    group by truck_id
),

final as (
    select
        moments.truck_id,
        moments.event_timestamp,
        moments.odometer_km,
        moments.latitude,
        moments.longitude,
        moments.speed_kmh,
        moments.fuel_consumption,
        trucks.has_odometer,
        trucks.fuel_source,
        case trucks.fuel_source
            when 'counter' then moments.fuel_used
            when 'rate' then moments.fuel_rate
            when 'tank' then moments.fuel_level
        end as fuel_measure,
        count(fuel_measure) over (
            partition by moments.truck_id
            order by moments.event_timestamp
            rows between unbounded preceding and 1 preceding
        ) as fuel_number,
        count(
            iff(trucks.has_odometer, moments.odometer_km, moments.latitude)
        ) over (
            partition by moments.truck_id
            order by moments.event_timestamp
            rows between unbounded preceding and 1 preceding
        ) as step_number
    from core.truck_moments as moments
    inner join trucks
        on moments.truck_id = trucks.truck_id
)

select * from final;
