-- What each truck's sensors said of its condition on the last day it ran:
-- medians, since single readings are noisy. Oil and heat count unless the
-- revolutions say that the engine stood; a voltage only where they are known.
with days as (
    select
        truck_id,
        dateadd(
            'hour', -24, max(iff(engine_rpm = 0, null, event_timestamp))
        ) as begins_at
    from core.truck_moments
    group by truck_id
),

moments as (
    select
        moments.*,
        coalesce(moments.engine_rpm > 0, true)
        and coalesce(moments.engine_temperature > 75, true) as is_warm
    from core.truck_moments as moments
    inner join days
        on
            moments.truck_id = days.truck_id
            and moments.event_timestamp >= days.begins_at
),

final as (
    select
        truck_id,
        median(iff(engine_rpm > 0, battery_voltage, null)) as charging_volts,
        median(iff(engine_rpm = 0, battery_voltage, null)) as resting_volts,
        median(iff(is_warm, oil_pressure, null)) as oil_kpa,
        median(iff(is_warm, engine_temperature, null)) as engine_celsius,
        median(lowest_tire_kpa) as lowest_tire_kpa
    from moments
    group by truck_id
)

select * from final
order by truck_id;
