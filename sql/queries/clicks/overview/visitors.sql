-- Who came: people, bots, and those of whom nobody knows.
with visits as (
    {% include "clicks/visits.sql" %}
)

select
    case
        when bot_probability is null then 'unknown'
        when is_bot then 'bots'
        else 'people'
    end as visitor,
    count(*) as count_sessions,
    sum(count_events) as count_events
from visits
group by visitor
order by visitor;
