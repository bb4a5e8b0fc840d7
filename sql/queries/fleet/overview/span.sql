-- First and last reading of one truck or (null) of all.
select
    min(event_timestamp) as first_at,
    max(event_timestamp) as last_at
from core.truck_moments
where
    cast(:truck_id as varchar) is null
    or truck_id = cast(:truck_id as varchar);
