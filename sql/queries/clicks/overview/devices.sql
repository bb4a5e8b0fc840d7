-- Visits and buying visits per device.
with visits as (
    {% include "clicks/visits.sql" %}
)

select
    coalesce(device_type, 'unknown') as device,
    count(*) as count_sessions,
    count_if(has_purchase) as count_buying_sessions
from visits
group by device
order by count_sessions desc;
