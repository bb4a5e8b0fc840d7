-- Find the days of trucks of which RAW holds other rows than the tables: more,
-- fewer, or misdated by what came since.
insert into core.fleet_changes (
    truck_id, day, count_rows, sum_places, last_number, last_file,
    count_misdated
)
with misdated as (
    select
        truck_id,
        event_timestamp::date as day,
        count(*) as count_misdated
    from core.misdated_readings
    group by truck_id, event_timestamp::date
),

landed as (
    select
        truck_id,
        event_timestamp::date as day,
        count(*) as count_rows,
        sum(file_row) as sum_places,
        max(sequence_number) as last_number,
        max(file_name) as last_file
    from raw.truck_telemetry
    group by truck_id, event_timestamp::date
),

there as (
    select
        landed.*,
        coalesce(misdated.count_misdated, 0) as count_misdated
    from landed
    left join misdated
        on
            landed.truck_id = misdated.truck_id
            and landed.day = misdated.day
),

final as (
    select
        coalesce(there.truck_id, kept.truck_id) as truck_id,
        coalesce(there.day, kept.day) as day,
        there.count_rows,
        there.sum_places,
        there.last_number,
        there.last_file,
        there.count_misdated
    from there
    full outer join core.fleet_days as kept
        on
            there.truck_id = kept.truck_id
            and there.day = kept.day
    where
        there.count_rows is distinct from kept.count_rows
        or there.sum_places is distinct from kept.sum_places
        or there.last_number is distinct from kept.last_number
        or there.last_file is distinct from kept.last_file
        or there.count_misdated is distinct from kept.count_misdated
)

select * from final;
