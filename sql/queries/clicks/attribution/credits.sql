-- Purchases and money of each channel by each rule that looks at one way alone:
-- the first touch, the last, all alike, 40 % each to first and last, and less
-- the longer ago, half after a week.
with touches as (
    {% include "clicks/attribution/touches.sql" %}
),

weighted as (
    select
        *,
        iff(place = 1, 1, 0) as first_share,
        iff(place = count_touches, 1, 0) as last_share,
        1 / count_touches as linear_share,
        case
            when count_touches = 1 then 1
            when count_touches = 2 then 0.5
            when place in (1, count_touches) then 0.4
            else 0.2 / (count_touches - 2)
        end as position_share,
        power(0.5, datediff('second', started_at, ended_at) / 604800)
            as freshness,
        freshness / sum(freshness) over (partition by user_id, ways_left)
            as decay_share
    from touches
    where is_bought
),

final as (
    select
        channel,
        count(*) as count_touches,
        sum(first_share) as first_purchases,
        sum(last_share) as last_purchases,
        sum(linear_share) as linear_purchases,
        sum(position_share) as position_purchases,
        sum(decay_share) as decay_purchases,
        sum(first_share * revenue) as first_revenue,
        sum(last_share * revenue) as last_revenue,
        sum(linear_share * revenue) as linear_revenue,
        sum(position_share * revenue) as position_revenue,
        sum(decay_share * revenue) as decay_revenue
    from weighted
    group by channel
)

select * from final
order by channel;
