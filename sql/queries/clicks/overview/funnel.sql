-- How many visits reached each step. A step counts if the steps before it did.
with visits as (
    {% include "clicks/visits.sql" %}
),

steps as (
    select
        has_view,
        has_view and has_click as has_clicked,
        has_view and has_click and has_add_to_cart as has_carted,
        has_view and has_click and has_add_to_cart and has_purchase
            as has_bought
    from visits
),

final as (
    select
        1 as step_number,
        'View' as step,
        count_if(has_view) as count_sessions
    from steps
    union all
    select
        2 as step_number,
        'Click' as step,
        count_if(has_clicked) as count_sessions
    from steps
    union all
    select
        3 as step_number,
        'Add to cart' as step,
        count_if(has_carted) as count_sessions
    from steps
    union all
    select
        4 as step_number,
        'Purchase' as step,
        count_if(has_bought) as count_sessions
    from steps
)

select
    step_number,
    step,
    coalesce(count_sessions, 0) as count_sessions
from final
order by step_number;
