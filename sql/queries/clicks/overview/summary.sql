-- The visits that began in a time, of one device or (null) of all.
with visits as (
    {% include "clicks/visits.sql" %}
)

select
    count(*) as count_sessions,
    coalesce(sum(count_events), 0) as count_events,
    coalesce(count_if(has_purchase), 0) as count_buying_sessions,
    coalesce(sum(revenue), 0) as revenue,
    coalesce(count_if(revenue is null), 0) as count_unknown_revenue,
    coalesce(sum(count_differing), 0) as count_differing
from visits;
