-- Rows that RAW took in each minute since a moment, without those that were
-- loaded past the streams.
{% from "delivery/raw_tables.j2" import raw_tables %}
with asked as (
    select cast(:since as timestamp_ltz) as since
),

loaded as (
    {% for table in raw_tables %}
        {{ "union all" if not loop.first }}
        select
            '{{ table | upper }}' as raw_table,
            cast(
                date_trunc('minute', rows_of.loaded_at) as timestamp_ntz
            ) as minute_at
        from {{ table }} as rows_of
        inner join asked on rows_of.loaded_at >= asked.since
        where rows_of.shard_id not like 'load-%'
    {% endfor %}
),

final as (
    select
        raw_table,
        minute_at,
        count(*) as count_rows
    from loaded
    group by raw_table, minute_at
)

select * from final
order by raw_table asc, minute_at asc;
