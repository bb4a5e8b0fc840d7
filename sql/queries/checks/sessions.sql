-- What must hold of the visits: rows that break it, none if it holds. Each
-- click and its money belong to one visit, which ends after it begins.
with clicks as (
    select
        count(session_id) as count_events,
        count(distinct session_id) as count_sessions
    from core.clicks
),

purchases as (
    select coalesce(sum(paid), 0) as revenue
    from core.purchases
    where
        session_id not in (
            select session_id
            from mart.sessions
            where revenue is null
        )
),

sessions as (
    select
        coalesce(sum(count_events), 0) as count_events,
        count(*) as count_sessions,
        coalesce(sum(revenue), 0) as revenue
    from mart.sessions
),

final as (
    select
        'each click is in one visit' as rule,
        sessions.count_events as found,
        clicks.count_events as expected
    from clicks
    cross join sessions
    where clicks.count_events <> sessions.count_events
    union all
    select
        'each session is one visit' as rule,
        sessions.count_sessions as found,
        clicks.count_sessions as expected
    from clicks
    cross join sessions
    where clicks.count_sessions <> sessions.count_sessions
    union all
    select
        'the visits bring what was bought' as rule,
        sessions.revenue as found,
        purchases.revenue as expected
    from purchases
    cross join sessions
    where abs(purchases.revenue - sessions.revenue) > 0.005
    union all
    select
        'no visit ends before it begins' as rule,
        count(*) as found,
        0 as expected
    from mart.sessions
    where ended_at < started_at
    having count(*) > 0
)

select * from final
order by rule;
