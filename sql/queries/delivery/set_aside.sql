-- Values that were not believed: per stream, field and rule how many events and
-- one of the values.
with landed as (
    select
        'ClickDataStream' as stream,
        event_id,
        set_aside
    from raw.click_events
    union all
    select
        'TruckTelemetry' as stream,
        event_id,
        set_aside
    from raw.truck_telemetry
    union all
    select
        'ecommerce_data_stream' as stream,
        event_id,
        set_aside
    from raw.order_lines
    union all
    select
        'OperationsStream' as stream,
        event_id,
        set_aside
    from raw.operations
),

final as (
    select
        landed.stream,
        said.value:field::varchar as field,
        said.value:rule::varchar as rule,
        count(distinct landed.event_id) as count_events,
        max(said.value:value::varchar) as example
    from landed,
        lateral flatten(input => landed.set_aside) as said
    group by stream, field, rule
)

select * from final
order by count_events desc, stream asc, field asc, rule asc;
