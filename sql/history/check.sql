-- What must hold of core.truck_telemetry_data, a row per rule with the number
-- of its violations.
with versions as (
    select
        truck_id,
        effective_from,
        effective_to,
        is_current,
        lead(effective_from) over (
            partition by truck_id
            order by effective_from
        ) as next_from
    from core.truck_telemetry_data
),

keys as (
    select
        truck_id,
        count_if(is_current) as count_current
    from versions
    group by truck_id
),

raw_keys as (
    select distinct readings.truck_id
    from raw.truck_telemetry as readings
    inner join core.history_files as files
        on
            readings.file_name = files.file_name
            and files.history_name = 'TRUCK_TELEMETRY_DATA'
),

final as (
    select
        1 as rule_number,
        'each truck has one current version' as rule,
        coalesce(count_if(count_current <> 1), 0) as count_violations
    from keys
    union all
    select
        2 as rule_number,
        'a version is current if and only if it is open' as rule,
        coalesce(count_if(is_current <> (effective_to is null)), 0)
            as count_violations
    from versions
    union all
    select
        3 as rule_number,
        'a version begins before it ends' as rule,
        coalesce(count_if(effective_to <= effective_from), 0)
            as count_violations
    from versions
    union all
    select
        4 as rule_number,
        'versions follow each other without gap or overlap' as rule,
        coalesce(count_if(effective_to is distinct from next_from), 0)
            as count_violations
    from versions
    union all
    select
        5 as rule_number,
        'every truck that was read has a history' as rule,
        coalesce(count_if(keys.truck_id is null), 0) as count_violations
    from raw_keys
    left join keys
        on raw_keys.truck_id = keys.truck_id
)

select
    rule,
    count_violations
from final
order by rule_number;
