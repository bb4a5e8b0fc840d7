-- The order lines that the lookup of invoices is filled with, those of an
-- invoice together; with those that were loaded past the stream, or without.
with asked as (
    select cast(:with_loaded as boolean) as with_loaded
)

select
    lines.event_id,
    lines.invoice_no,
    lines.stock_code,
    lines.description,
    lines.quantity,
    lines.unit_price,
    lines.invoice_date,
    lines.customer_id,
    lines.country,
    lines.sequence_number,
    lines.shard_id,
    lines.arrived_at
from raw.order_lines as lines
cross join asked
where
    lines.invoice_no is not null
    and (asked.with_loaded or lines.shard_id not like 'load-%')
order by lines.invoice_no;
