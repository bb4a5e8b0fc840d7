-- The greatest sequence number that landed of each shard.
{% for table in (
    "raw.click_events", "raw.truck_telemetry", "raw.order_lines", "raw.operations"
) %}
    {{ "union all" if not loop.first }}
    select
        stream,
        shard_id,
        max(sequence_number) as sequence_number
    from {{ table }}
    group by stream, shard_id
{% endfor %}
order by stream, shard_id;
