-- What each truck's sensors said of its condition on the last day it ran:
-- medians, since single readings are noisy.
with readings as (
    select
        *,
        event_timestamp >= dateadd(
            'hour',
            -24,
            max(iff(engine_rpm > 0, event_timestamp, null)) over (
                partition by truck_id
            )
        ) as is_last_day
    from core.truck_readings
),

final as (
    select
        truck_id,
        median(iff(engine_rpm > 0, battery_voltage, null)) as charging_volts,
        median(iff(engine_rpm = 0, battery_voltage, null)) as resting_volts,
        median(
            iff(engine_rpm > 0 and engine_temperature > 75, oil_pressure, null)
        ) as oil_kpa,
        median(
            iff(
                engine_rpm > 0 and engine_temperature > 75,
                engine_temperature,
                null
            )
        ) as engine_celsius,
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
