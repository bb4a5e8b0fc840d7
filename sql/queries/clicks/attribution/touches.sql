-- The visits of people on their ways to a purchase in a time, or to none: a way
-- ends with the visit that buys, the next one begins behind it. A touch counts
-- for so many days. The channel is the host that a visit came from.
with asked as (
    select
        cast(:since as timestamp_ntz) as since,
        cast(:until as timestamp_ntz) as until,
        cast(:lookback_days as integer) as lookback_days
),

visits as (
    select
        user_id,
        session_id,
        started_at,
        has_purchase,
        revenue,
        coalesce(
            nullif(split_part(split_part(referrer_url, '://', 2), '/', 1), ''),
            referrer_url,
            'direct'
        ) as channel,
        count_if(has_purchase) over (
            partition by user_id
            order by started_at desc, session_id desc
            rows between unbounded preceding and current row
        ) as ways_left
    from mart.sessions
    cross join asked
    where
        user_id is not null
        and not is_bot
        and started_at >= dateadd('day', -asked.lookback_days, asked.since)
        and started_at < asked.until
),

-- The ten channels of most visits are told apart.
counted as (
    select
        channel,
        count(*) as count_visits
    from visits
    group by channel
),

named as (
    select channel
    from counted
    qualify
        row_number() over (
            order by count_visits desc, channel asc
        ) <= 10
),

ways as (
    select
        visits.user_id,
        visits.ways_left,
        visits.session_id,
        visits.started_at,
        coalesce(named.channel, 'all others') as channel,
        max(visits.started_at) over (
            partition by visits.user_id, visits.ways_left
        ) as ended_at,
        max(iff(visits.has_purchase, 1, 0)) over (
            partition by visits.user_id, visits.ways_left
        ) = 1 as is_bought,
        sum(iff(visits.has_purchase, visits.revenue, null)) over (
            partition by visits.user_id, visits.ways_left
        ) as revenue
    from visits
    left join named
        on visits.channel = named.channel
),

final as (
    select
        ways.*,
        row_number() over (
            partition by ways.user_id, ways.ways_left
            order by ways.started_at, ways.session_id
        ) as place,
        count(*) over (partition by ways.user_id, ways.ways_left)
            as count_touches
    from ways
    cross join asked
    where
        ways.ended_at >= asked.since
        and ways.started_at
        >= dateadd('day', -asked.lookback_days, ways.ended_at)
)

select * from final
