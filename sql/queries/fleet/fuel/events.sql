-- What was filled in, what left at once, and receipts without a rise.
select
    truck_id,
    kind,
    earliest_at,
    happened_at,
    percent,
    litres,
    receipt_litres
from mart.tank_events
where
    happened_at >= :since
    and happened_at < :until
order by happened_at, truck_id, kind
