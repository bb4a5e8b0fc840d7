-- What the lookups of invoices should hold: lines, of them those that came by
-- the stream (others were loaded past it), and what they come to.
with streamed as (
    select distinct event_id
    from raw.order_lines
    where shard_id not like 'load-%'
),

lines as (
    select
        lines.customer_id,
        lines.quantity * lines.unit_price as net_amount,
        streamed.event_id as streamed_id
    from core.order_lines as lines
    left join streamed
        on lines.event_id = streamed.event_id
    where lines.invoice_no is not null
)

select
    count(*) as count_lines,
    count(customer_id) as count_lines_of_customers,
    coalesce(sum(iff(customer_id is null, 0, net_amount)), 0)
        as net_amount_of_customers,
    count(streamed_id) as count_streamed,
    count(iff(customer_id is null, null, streamed_id))
        as count_streamed_of_customers
from lines;
