-- What the lookups of invoices should hold: lines, of them those that came by
-- the stream (others were loaded past it), and what they come to.
with lines as (
    select
        customer_id,
        quantity * unit_price as net_amount
    from core.order_lines
    where invoice_no is not null
),

streamed as (
    select
        event_id,
        max(iff(customer_id is null, 0, 1)) as is_of_customer
    from raw.order_lines
    where
        invoice_no is not null
        and shard_id not like 'load-%'
    group by event_id
),

sums as (
    select
        count(*) as count_lines,
        count(customer_id) as count_lines_of_customers,
        coalesce(sum(iff(customer_id is null, 0, net_amount)), 0)
            as net_amount_of_customers
    from lines
),

final as (
    select
        sums.*,
        count(streamed.event_id) as count_streamed,
        coalesce(sum(streamed.is_of_customer), 0) as count_streamed_of_customers
    from sums
    left join streamed
        on true
    group by
        sums.count_lines,
        sums.count_lines_of_customers,
        sums.net_amount_of_customers
)

select * from final;
