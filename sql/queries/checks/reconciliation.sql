-- What must hold of what landed, per stream: rows that break it, none if it
-- holds. A row is a record or its repetition, a record an event or its
-- repetition, and CORE has each event once.
with events as (
    select
        'ClickDataStream' as stream,
        event_id
    from core.clicks
    union all
    select
        'TruckTelemetry' as stream,
        event_id
    from core.truck_readings
    union all
    select
        'ecommerce_data_stream' as stream,
        event_id
    from core.order_lines
    union all
    select
        'OperationsStream' as stream,
        event_id
    from core.delivery_events
    union all
    select
        'OperationsStream' as stream,
        event_id
    from core.truck_services
    union all
    select
        'OperationsStream' as stream,
        event_id
    from core.product_changes
    union all
    select
        'OperationsStream' as stream,
        event_id
    from core.driver_shifts
    union all
    select
        'OperationsStream' as stream,
        event_id
    from core.driving_events
    union all
    select
        'OperationsStream' as stream,
        event_id
    from core.depot_changes
    union all
    select
        'OperationsStream' as stream,
        event_id
    from core.truck_changes
),

counted as (
    select
        stream,
        count(*) as count_events
    from events
    group by stream
),

compared as (
    select
        coalesce(landed.stream, counted.stream) as stream,
        coalesce(counted.count_events, 0) as count_core,
        coalesce(landed.count_rows, 0) as count_rows,
        coalesce(landed.count_records, 0) as count_records,
        coalesce(landed.count_events, 0) as count_events
    from mart.reconciliation as landed
    full outer join counted
        on landed.stream = counted.stream
),

final as (
    select
        'CORE has each event once' as rule,
        stream as example,
        count_core as found,
        count_events as expected
    from compared
    where count_core <> count_events
    union all
    select
        'no more events than records' as rule,
        stream as example,
        count_events as found,
        count_records as expected
    from compared
    where count_events > count_records
    union all
    select
        'no more records than rows' as rule,
        stream as example,
        count_records as found,
        count_rows as expected
    from compared
    where count_records > count_rows
)

select * from final
order by rule, example;
