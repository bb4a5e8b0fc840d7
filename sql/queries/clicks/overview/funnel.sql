-- How many visits took each step, and how many of them took none before it. A
-- step that no visit took is not one of this source.
with visits as (
    {% include "clicks/visits.sql" %}
),

final as (
    select
        1 as step_number,
        'View' as step,
        count_if(has_view) as count_sessions,
        0 as count_direct
    from visits
    union all
    select
        2 as step_number,
        'Click' as step,
        count_if(has_click) as count_sessions,
        count_if(has_click and not has_view) as count_direct
    from visits
    union all
    select
        3 as step_number,
        'Add to cart' as step,
        count_if(has_add_to_cart) as count_sessions,
        count_if(
            has_add_to_cart
            and not (has_view or has_click)
        ) as count_direct
    from visits
    union all
    select
        4 as step_number,
        'Purchase' as step,
        count_if(has_purchase) as count_sessions,
        count_if(
            has_purchase
            and not (has_view or has_click or has_add_to_cart)
        ) as count_direct
    from visits
)

select
    step_number,
    step,
    count_sessions,
    count_direct
from final
where count_sessions > 0
order by step_number;
