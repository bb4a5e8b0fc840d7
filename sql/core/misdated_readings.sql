-- Readings of a device whose clock was far back: more than five years before
-- the truck's next reading, and before their own arrival.
create or replace view core.misdated_readings as
with spans as (
    select
        truck_id,
        min(event_timestamp) as first_at,
        max(event_timestamp) as last_at
    from raw.truck_telemetry
    group by truck_id
),

-- Only the few trucks that reach back so far are looked at closely.
landed as (
    select
        readings.truck_id,
        readings.event_id,
        readings.event_timestamp,
        readings.arrived_at,
        lead(readings.event_timestamp) over (
            partition by readings.truck_id
            order by readings.event_timestamp
        ) as next_at
    from raw.truck_telemetry as readings
    inner join spans
        on
            readings.truck_id = spans.truck_id
            and spans.first_at < dateadd('year', -5, spans.last_at)
),

eras as (
    select
        truck_id,
        max(next_at) as begins_at
    from landed
    where event_timestamp < dateadd('year', -5, next_at)
    group by truck_id
),

final as (
    select distinct
        landed.truck_id,
        landed.event_id,
        landed.event_timestamp
    from landed
    inner join eras
        on landed.truck_id = eras.truck_id
    where
        landed.event_timestamp < eras.begins_at
        and landed.event_timestamp < dateadd('year', -5, landed.arrived_at)
)

select * from final;
