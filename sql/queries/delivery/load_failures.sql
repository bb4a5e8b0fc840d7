-- The files that Snowpipe could not load in the last two weeks.
{% for table in (
    "raw.click_events", "raw.truck_telemetry", "raw.order_lines", "raw.operations"
) %}
    {{ "union all" if not loop.first }}
    select
        file_name,
        table_name,
        status,
        first_error_message,
        last_load_time
    from
        table(information_schema.copy_history(
            table_name => '{{ table }}',
            start_time => dateadd('day', -14, current_timestamp())
        ))
    where
        table_name = upper('{{ table.partition(".")[2] }}')
        and status ilike '%fail%'
{% endfor %}
order by table_name, last_load_time;
