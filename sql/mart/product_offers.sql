-- Each product as the shop offers it by its history, as it was merged last: its
-- name, its price, and whether it can be bought. One that was withdrawn has no
-- current version.
create or replace view mart.product_offers as
with final as (
    select
        product_id,
        product_name,
        category,
        price,
        stock_band,
        is_current and coalesce(stock_band <> 'out', true) as is_available
    from core.product
    qualify
        row_number() over (
            partition by product_id
            order by effective_from desc
        ) = 1
)

select * from final;
