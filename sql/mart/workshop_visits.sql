-- Each time a truck was taken out for one of its parts: when it stopped, when
-- it entered the workshop, when it left. It failed on the road if it stopped
-- before it entered; of a stop without a visit, or a visit without a stop,
-- nobody knows.
create or replace view mart.workshop_visits as
with steps as (
    select
        truck_id,
        component,
        service,
        event_timestamp,
        cost,
        decode(service, 'out_of_service', 1, 'workshop_in', 2, 3) as place
    from core.truck_services
    where
        component is not null
        and service in ('out_of_service', 'workshop_in', 'workshop_out')
),

neighbours as (
    select
        *,
        lag(service) over (
            partition by truck_id, component
            order by event_timestamp, place
        ) as service_before,
        lead(service) over (
            partition by truck_id, component
            order by event_timestamp, place
        ) as service_after,
        lead(event_timestamp) over (
            partition by truck_id, component
            order by event_timestamp, place
        ) as after_at,
        lead(cost) over (
            partition by truck_id, component
            order by event_timestamp, place
        ) as cost_after,
        lead(service, 2) over (
            partition by truck_id, component
            order by event_timestamp, place
        ) as second_service,
        lead(event_timestamp, 2) over (
            partition by truck_id, component
            order by event_timestamp, place
        ) as second_at,
        lead(cost, 2) over (
            partition by truck_id, component
            order by event_timestamp, place
        ) as second_cost
    from steps
),

final as (
    select
        truck_id,
        component,
        iff(service = 'out_of_service', event_timestamp, null) as stopped_at,
        case
            when service = 'workshop_in' then event_timestamp
            when service_after = 'workshop_in' then after_at
        end as entered_at,
        case
            when service_after = 'workshop_out' then after_at
            when
                service_after = 'workshop_in'
                and second_service = 'workshop_out'
                then second_at
        end as left_at,
        case
            when service_after = 'workshop_out' then cost_after
            when
                service_after = 'workshop_in'
                and second_service = 'workshop_out'
                then second_cost
        end as cost,
        iff(
            service = 'out_of_service' and service_after = 'workshop_in',
            event_timestamp < after_at,
            null
        ) as is_roadside
    from neighbours
    where
        service = 'out_of_service'
        or (
            service = 'workshop_in'
            and coalesce(service_before, '') <> 'out_of_service'
        )
)

select * from final;
