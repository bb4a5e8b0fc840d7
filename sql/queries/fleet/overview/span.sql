-- First and last reading of one truck.
select
    min(event_timestamp) as first_at,
    max(event_timestamp) as last_at
from core.truck_readings
where
    truck_id = :truck_id
    and not is_misdated;
