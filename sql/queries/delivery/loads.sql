-- Files and rows that RAW took from one moment until before another, per table
-- that took any, without those that were loaded past the streams.
{% from "delivery/raw_tables.j2" import raw_tables %}
with asked as (
    select
        cast(:since as timestamp_ltz) as since,
        cast(:until as timestamp_ltz) as until_before
),

final as (
    {% for table in raw_tables %}
        {{ "union all" if not loop.first }}
        select
            '{{ table | upper }}' as raw_table,
            count(distinct rows_of.file_name) as count_files,
            count(*) as count_rows
        from {{ table }} as rows_of
        inner join
            asked
            on
                rows_of.loaded_at >= asked.since
                and rows_of.loaded_at < asked.until_before
        where rows_of.shard_id not like 'load-%'
    {% endfor %}
)

select * from final
where count_rows > 0
order by raw_table;
