-- How often each channel was followed by which, on all ways: from '(start)' to
-- '(purchase)' or '(none)'.
with touches as (
    {% include "clicks/attribution/touches.sql" %}
),

followed as (
    select
        channel as from_channel,
        coalesce(
            lead(channel) over (
                partition by user_id, ways_left
                order by place
            ),
            iff(is_bought, '(purchase)', '(none)')
        ) as to_channel
    from touches
    union all
    select
        '(start)' as from_channel,
        channel as to_channel
    from touches
    where place = 1
),

final as (
    select
        from_channel,
        to_channel,
        count(*) as count_steps
    from followed
    group by from_channel, to_channel
)

select * from final
order by from_channel, to_channel;
