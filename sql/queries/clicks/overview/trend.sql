-- Visits and buying visits over time, by hour or by day of a zone's clock.
with visits as (
    {% include "clicks/visits.sql" %}
),

asked as (
    select
        cast(:zone as varchar) as zone,
        cast(:by_day as boolean) as by_day
),

clocks as (
    select
        asked.zone,
        visits.has_purchase,
        date_trunc(
            'hour', convert_timezone('UTC', asked.zone, visits.started_at)
        ) as hour_at,
        iff(asked.by_day, date_trunc('day', hour_at), hour_at) as clock_at
    from visits
    cross join asked
)

select
    convert_timezone(zone, 'UTC', clock_at) as slice_at,
    count(*) as count_sessions,
    count_if(has_purchase) as count_buying_sessions
from clocks
group by slice_at
order by slice_at;
