-- Litres that were filled into each truck's tank, that left it at once without
-- being burnt, and receipts for which no level rose.
create or replace view mart.tank_events as
with told as (
    select
        truck_id,
        kind,
        earliest_at,
        happened_at,
        percent,
        receipt_litres
    from core.tank_changes
    union all
    select
        services.truck_id,
        'receipt' as kind,
        services.event_timestamp as earliest_at,
        services.event_timestamp as happened_at,
        null as percent,
        services.litres as receipt_litres
    from core.truck_services as services
    inner join core.tank_plateaus as plateaus
        on
            services.truck_id = plateaus.truck_id
            and services.event_timestamp
            between plateaus.began_at and plateaus.ended_at
    left join core.tank_changes as changes
        on services.event_id = changes.receipt_id
    where
        services.service = 'refuel'
        and services.litres > 0
        and changes.receipt_id is null
),

final as (
    select
        told.truck_id,
        told.kind,
        told.earliest_at,
        told.happened_at,
        told.percent,
        told.percent * scales.litres_per_percent as litres,
        told.receipt_litres
    from told
    left join mart.tank_scales as scales
        on told.truck_id = scales.truck_id
)

select * from final;
