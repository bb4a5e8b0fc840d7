-- What is looked at with a product in the cart more often than its popularity
-- explains, the likelihood ratio G² of Dunning (1993) the highest first; and in
-- how many orders the two were bought together.
with events as (
    select
        event_type,
        product_id,
        last_value(
            iff(event_type = 'add_to_cart', product_id, null) ignore nulls
        ) over (
            partition by session_id
            order by event_timestamp, event_id
            rows between unbounded preceding and 1 preceding
        ) as carted_id
    from core.kept_clicks
    where session_id is not null and product_id is not null
),

pairs as (
    select
        carted_id as product_id,
        product_id as companion_id,
        count(*) as count_views
    from events
    where event_type = 'view' and carted_id <> product_id
    group by carted_id, product_id
),

popularity as (
    select
        product_id,
        count(*) / sum(count(*)) over () as share
    from events
    where event_type = 'view'
    group by product_id
),

orders as (
    select distinct
        coalesce(order_id, event_id) as bought_in,
        product_id
    from core.kept_purchases
    where product_id is not null
),

together as (
    select
        orders.product_id,
        others.product_id as companion_id,
        count(*) as count_orders
    from orders
    inner join orders as others
        on
            orders.bought_in = others.bought_in
            and orders.product_id <> others.product_id
    group by orders.product_id, others.product_id
),

compared as (
    select
        pairs.product_id,
        pairs.companion_id,
        pairs.count_views,
        popularity.share
        * sum(pairs.count_views) over (partition by pairs.product_id)
            as expected_views
    from pairs
    inner join popularity
        on pairs.companion_id = popularity.product_id
),

final as (
    select
        compared.product_id,
        compared.companion_id,
        compared.count_views,
        coalesce(together.count_orders, 0) as count_orders,
        2 * (
            compared.count_views
            * ln(compared.count_views / compared.expected_views)
            - (compared.count_views - compared.expected_views)
        ) as surprise
    from compared
    left join together
        on
            compared.product_id = together.product_id
            and compared.companion_id = together.companion_id
    where compared.count_views > compared.expected_views
)

select * from final
where surprise >= cast(:least_surprise as float)
qualify
    row_number() over (
        partition by product_id
        order by surprise desc, companion_id asc
    ) <= :limit
order by product_id asc, surprise desc, companion_id asc;
