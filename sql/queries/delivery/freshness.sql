-- When the newest row of each table of RAW arrived; null if it has none.
{% from "delivery/raw_tables.j2" import raw_tables %}
{% for table in raw_tables %}
    {{ "union all" if not loop.first }}
    select
        '{{ table | upper }}' as raw_table,
        max(arrived_at) as last_arrived_at
    from {{ table }}
{% endfor %}
order by raw_table;
