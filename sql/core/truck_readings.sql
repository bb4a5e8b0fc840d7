-- Each reading once: of several records of one event the one that arrived last,
-- as in the histories. A reading is misdated if a device's clock was far back:
-- more than five years before the truck's next reading, and its own arrival.
create or replace view core.truck_readings as
with spans as (
    select
        truck_id,
        min(event_timestamp) as first_at,
        max(event_timestamp) as last_at
    from raw.truck_telemetry
    group by truck_id
),

-- Only the few trucks that reach back so far are looked at closely.
gaps as (
    select
        landed.truck_id,
        lead(landed.event_timestamp) over (
            partition by landed.truck_id
            order by landed.event_timestamp
        ) as next_at,
        landed.event_timestamp
    from raw.truck_telemetry as landed
    inner join spans
        on
            landed.truck_id = spans.truck_id
            and spans.first_at < dateadd('year', -5, spans.last_at)
),

eras as (
    select
        truck_id,
        max(next_at) as begins_at
    from gaps
    where event_timestamp < dateadd('year', -5, next_at)
    group by truck_id
),

final as (
    select
        landed.*,
        coalesce(
            landed.event_timestamp < eras.begins_at
            and landed.event_timestamp < dateadd('year', -5, landed.arrived_at),
            false
        ) as is_misdated
    from raw.truck_telemetry as landed
    left join eras
        on landed.truck_id = eras.truck_id
    qualify
        row_number() over (
            partition by landed.event_id
            order by
                landed.sequence_number desc,
                landed.shard_id desc,
                landed.file_name desc,
                landed.file_row desc
        ) = 1
)

select * from final;
