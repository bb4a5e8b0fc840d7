-- What the people of each exported audience bought in the days after they were
-- first told, and those who were held out; who was told less long ago is not
-- counted. Paid is null if a purchase does not say it.
with asked as (
    select
        cast(:until as timestamp_ntz) as until,
        cast(:days as integer) as days
),

first_messages as (
    select
        audience,
        user_id,
        min(planned_at) as planned_at,
        min_by(is_held_out, planned_at) as is_held_out
    from mart.messages
    group by audience, user_id
),

first_told as (
    select
        first_messages.*,
        dateadd('day', asked.days, first_messages.planned_at) as ends_at
    from first_messages
    cross join asked
    where
        dateadd('day', asked.days, first_messages.planned_at) <= asked.until
),

bought as (
    select
        first_told.audience,
        first_told.user_id,
        count(*) as count_bought,
        count(touches.paid) as count_paid,
        sum(touches.paid) as paid
    from first_told
    inner join mart.session_products as touches
        on
            first_told.user_id = touches.user_id
            and first_told.planned_at <= touches.bought_at
            and first_told.ends_at > touches.bought_at
    group by first_told.audience, first_told.user_id
),

final as (
    select
        first_told.audience,
        first_told.is_held_out,
        count(*) as count_people,
        count(bought.user_id) as count_buyers,
        iff(
            count_if(bought.count_paid < bought.count_bought) > 0,
            null,
            coalesce(sum(bought.paid), 0)
        ) as revenue
    from first_told
    left join bought
        on
            first_told.audience = bought.audience
            and first_told.user_id = bought.user_id
    group by first_told.audience, first_told.is_held_out
)

select * from final
order by audience, is_held_out;
