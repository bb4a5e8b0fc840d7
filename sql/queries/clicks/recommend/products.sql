-- What to recommend beside each product: its companions, then what is looked at
-- behind it.
with candidates as (
    select
        product_id,
        companion_id as recommended_id,
        surprise as strength,
        true as is_companion,
        iff(count_orders > 1, 'bought with ', 'viewed with ') as said,
        iff(count_orders > 1, '', ' in the cart') as said_last
    from mart.companions
    union all
    select
        product_id,
        next_id as recommended_id,
        weight as strength,
        false as is_companion,
        'viewed after ' as said,
        '' as said_last
    from mart.next_products
    where next_id <> product_id
),

told_once as (
    select *
    from candidates
    qualify
        row_number() over (
            partition by product_id, recommended_id
            order by is_companion desc
        ) = 1
),

final as (
    select
        told_once.product_id,
        row_number() over (
            partition by told_once.product_id
            order by
                told_once.is_companion desc,
                told_once.strength desc,
                told_once.recommended_id asc
        ) as place,
        told_once.recommended_id,
        concat(
            told_once.said,
            coalesce(names.product_name, told_once.product_id),
            told_once.said_last
        ) as reason,
        cast(:until as timestamp_ntz) as made_at,
        cast(:valid_until as timestamp_ntz) as valid_until
    from told_once
    left join mart.product_offers as offers
        on told_once.recommended_id = offers.product_id
    left join mart.product_offers as names
        on told_once.product_id = names.product_id
    where coalesce(offers.is_available, true)
)

select * from final
where place <= :limit
order by product_id, place;
