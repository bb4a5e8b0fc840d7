-- What landed, per stream: rows in RAW, distinct records of the stream,
-- distinct events. Records beyond the events are a producer's repetitions;
-- rows beyond the records are the pipeline's.
create or replace view mart.reconciliation as
with landed as (
    select
        'ClickDataStream' as stream,
        shard_id,
        sequence_number,
        event_id,
        arrived_at,
        event_timestamp as happened_at,
        loaded_at
    from raw.click_events
    union all
    select
        'TruckTelemetry' as stream,
        shard_id,
        sequence_number,
        event_id,
        arrived_at,
        event_timestamp as happened_at,
        loaded_at
    from raw.truck_telemetry
    union all
    select
        'ecommerce_data_stream' as stream,
        shard_id,
        sequence_number,
        event_id,
        arrived_at,
        invoice_date as happened_at,
        loaded_at
    from raw.order_lines
    union all
    select
        'OperationsStream' as stream,
        shard_id,
        sequence_number,
        event_id,
        arrived_at,
        event_timestamp as happened_at,
        loaded_at
    from raw.operations
),

final as (
    select
        stream,
        count(*) as count_rows,
        count(distinct shard_id || ':' || sequence_number) as count_records,
        count(distinct event_id) as count_events,
        min(happened_at) as first_happened_at,
        max(happened_at) as last_happened_at,
        max(arrived_at) as last_arrived_at,
        max(loaded_at) as last_loaded_at
    from landed
    group by stream
)

select * from final;
