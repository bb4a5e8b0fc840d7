-- First and last click.
select
    min(event_timestamp) as first_at,
    max(event_timestamp) as last_at
from core.kept_clicks;
