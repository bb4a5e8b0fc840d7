-- The visits to the workshop that began in a time.
select
    truck_id,
    component,
    coalesce(stopped_at, entered_at) as began_at,
    stopped_at,
    entered_at,
    left_at,
    cost,
    is_roadside
from mart.workshop_visits
where
    coalesce(stopped_at, entered_at) >= :since
    and coalesce(stopped_at, entered_at) < :until
order by began_at, truck_id, component;
