-- Each reading once: of several records of one event and time the one that
-- arrived last, as in the histories.
create or replace view core.truck_readings as
with final as (
    select
        landed.*,
        misdated.event_id is not null as is_misdated
    from raw.truck_telemetry as landed
    left join core.misdated_readings as misdated
        on
            landed.truck_id = misdated.truck_id
            and landed.event_timestamp = misdated.event_timestamp
            and landed.event_id = misdated.event_id
    qualify
        row_number() over (
            partition by
                landed.truck_id, landed.event_timestamp, landed.event_id
            order by
                landed.sequence_number desc,
                landed.shard_id desc,
                landed.file_name desc,
                landed.file_row desc
        ) = 1
)

select * from final;
