-- The greatest sequence number that landed of each shard.
{% from "delivery/raw_tables.j2" import raw_tables %}
{% for table in raw_tables %}
    {{ "union all" if not loop.first }}
    select
        stream,
        shard_id,
        max(sequence_number) as sequence_number
    from {{ table }}
    group by stream, shard_id
{% endfor %}
order by stream, shard_id;
