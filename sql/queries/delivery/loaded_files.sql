-- The files of which RAW holds rows that were loaded since a moment.
{% from "delivery/raw_tables.j2" import raw_tables %}
with asked as (
    select cast(:since as timestamp_ltz) as since
),

final as (
    {% for table in raw_tables %}
        {{ "union" if not loop.first }}
        select loaded.file_name
        from {{ table }} as loaded
        inner join asked on loaded.loaded_at >= asked.since
    {% endfor %}
)

select distinct file_name from final
order by file_name;
