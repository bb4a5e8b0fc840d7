-- Visits and buying visits over time, by hour or by day.
with visits as (
    {% include "clicks/visits.sql" %}
)

select
    iff(
        :by_day,
        date_trunc('day', started_at),
        date_trunc('hour', started_at)
    ) as slice_at,
    count(*) as count_sessions,
    count_if(has_purchase) as count_buying_sessions
from visits
group by slice_at
order by slice_at;
