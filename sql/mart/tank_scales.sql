-- How many litres a percent of each truck's gauge is: the median of what its
-- receipts say, if there are three and more, else by the size of its tank.
create or replace view mart.tank_scales as
with sizes as (
    select
        truck_id,
        max_by(tank_litres, event_timestamp) / 100 as litres_per_percent
    from core.truck_changes
    where tank_litres > 0
    group by truck_id
),

learnt as (
    select
        truck_id,
        count(*) as count_receipts,
        median(receipt_litres / percent) as litres_per_percent
    from core.tank_changes
    where receipt_litres is not null
    group by truck_id
),

final as (
    select
        coalesce(learnt.truck_id, sizes.truck_id) as truck_id,
        coalesce(learnt.count_receipts, 0) as count_receipts,
        coalesce(learnt.count_receipts >= 3, false) as is_calibrated,
        iff(
            is_calibrated,
            learnt.litres_per_percent,
            sizes.litres_per_percent
        ) as litres_per_percent
    from learnt
    full outer join sizes
        on learnt.truck_id = sizes.truck_id
)

select * from final;
