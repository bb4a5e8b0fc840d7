-- What the lookups of trucks should hold, a row a truck: its newest moment, and
-- how many moments arrived since a given one; of both what came by the stream,
-- since other readings were loaded past it.
with asked as (
    select cast(:since as timestamp_ntz) as since
),

moments as (
    select
        truck_id,
        event_timestamp,
        max(arrived_at) as arrived_at,
        max(iff(shard_id like 'load-%', null, arrived_at)) as streamed_at
    from raw.truck_telemetry
    group by
        truck_id,
        event_timestamp
),

final as (
    select
        moments.truck_id,
        max(moments.event_timestamp) as newest_at,
        max(iff(moments.streamed_at is null, null, moments.event_timestamp))
            as newest_streamed_at,
        sum(iff(moments.arrived_at >= asked.since, 1, 0)) as count_moments,
        sum(iff(moments.streamed_at >= asked.since, 1, 0))
            as count_streamed_moments
    from moments
    cross join asked
    group by moments.truck_id
)

select * from final
order by truck_id;
