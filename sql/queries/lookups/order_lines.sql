-- The order lines that the lookup of invoices holds: each once, as it was told
-- last, those of an invoice together.
select
    event_id,
    invoice_no,
    stock_code,
    description,
    quantity,
    unit_price,
    invoice_date,
    customer_id,
    country,
    sequence_number,
    shard_id,
    arrived_at
from core.order_lines
where invoice_no is not null
order by invoice_no;
