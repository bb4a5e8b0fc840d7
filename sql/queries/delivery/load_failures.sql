-- The files that Snowpipe could not load in the last two weeks: an hour less,
-- since a time that is 14 days ago when it is written is older when it is read.
{% from "delivery/raw_tables.j2" import raw_tables %}
{% for table in raw_tables %}
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
            start_time => dateadd('hour', -335, current_timestamp())
        ))
    where
        table_name = upper('{{ table.partition(".")[2] }}')
        and status ilike '%fail%'
{% endfor %}
order by table_name, last_load_time;
