-- What each truck's sensors said of its condition on the last day it ran:
-- medians, since single readings are noisy. Oil and heat count unless the
-- revolutions say that the engine stood; a voltage only where they are known.
with readings as (
    select
        *,
        event_timestamp >= dateadd(
            'hour',
            -24,
            max(iff(engine_rpm = 0, null, event_timestamp)) over (
                partition by truck_id
            )
        ) as is_last_day,
        coalesce(engine_rpm > 0, true)
        and coalesce(engine_temperature > 75, true) as is_warm
    from core.truck_readings
),

final as (
    select
        truck_id,
        median(iff(engine_rpm > 0, battery_voltage, null)) as charging_volts,
        median(iff(engine_rpm = 0, battery_voltage, null)) as resting_volts,
        median(iff(is_warm, oil_pressure, null)) as oil_kpa,
        median(iff(is_warm, engine_temperature, null)) as engine_celsius,
        median(
            least_ignore_nulls(
                tire_pressure_front_left,
                tire_pressure_front_right,
                tire_pressure_rear_left,
                tire_pressure_rear_right
            )
        ) as lowest_tire_kpa
    from readings
    where is_last_day
    group by truck_id
)

select * from final
order by truck_id;
