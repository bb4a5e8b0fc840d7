-- The merge of new readings into core.truck_telemetry_data. Run in one
-- transaction, DML only; the two bindings of the claim are history name and
-- merge id.

-- 1. Claim the files that no merge has read. Every later statement reads
-- claimed files only, so that a load which commits now is left to the next
-- merge.
insert into core.history_files (history_name, file_name, merge_id, claimed_at)
with landed as (
    select distinct file_name
    from raw.truck_telemetry
),

claimed as (
    select file_name
    from core.history_files
    where history_name = 'TRUCK_TELEMETRY_DATA'
),

final as (
    select
        'TRUCK_TELEMETRY_DATA' as history_name,
        landed.file_name,
        cast(:merge_id as varchar) as merge_id,
        current_timestamp() as claimed_at
    from landed
    left join claimed
        on landed.file_name = claimed.file_name
    where claimed.file_name is null
)

select * from final;

-- 2. The times at which something new was read.
delete from core.history_new_times;

insert into core.history_new_times (truck_id, event_timestamp)
with claimed as (
    select file_name
    from core.history_files
    where
        history_name = 'TRUCK_TELEMETRY_DATA'
        and merge_id = cast(:merge_id as varchar)
),

final as (
    select distinct
        readings.truck_id,
        readings.event_timestamp
    from raw.truck_telemetry as readings
    inner join claimed
        on readings.file_name = claimed.file_name
)

select * from final;

-- 3. The regions to rebuild. A new time touches the version it falls into
-- and, if it is that version's first instant, the one before; and, since the
-- values that follow may now be alike, the one after. Beyond them nothing can
-- change.
delete from core.history_regions;

insert into core.history_regions (truck_id, region_from, region_to)
with bounds as (
    select
        truck_id,
        min(event_timestamp) as first_new
    from core.history_new_times
    group by truck_id
),

versions as (
    select
        history.truck_id,
        history.effective_from,
        lag(history.effective_from) over (
            partition by history.truck_id
            order by history.effective_from
        ) as previous_from,
        lead(history.effective_to) over (
            partition by history.truck_id
            order by history.effective_from
        ) as next_to,
        lead(history.effective_from) over (
            partition by history.truck_id
            order by history.effective_from
        ) as next_from
    from core.truck_telemetry_data as history
    inner join bounds
        on
            history.truck_id = bounds.truck_id
            and (
                history.effective_to is null
                or history.effective_to >= bounds.first_new
            )
),

firsts as (
    select
        truck_id,
        min(effective_from) as first_from,
        min(next_from) as second_from
    from versions
    group by truck_id
),

touched as (
    select
        new_times.truck_id,
        case
            when versions.effective_from is null then new_times.event_timestamp
            when versions.effective_from = new_times.event_timestamp
                then coalesce(versions.previous_from, versions.effective_from)
            else versions.effective_from
        end as region_from,
        case
            when versions.effective_from is null then firsts.second_from
            else versions.next_to
        end as region_to
    from core.history_new_times as new_times
    left join versions
        on
            new_times.truck_id = versions.truck_id
            and new_times.event_timestamp >= versions.effective_from
            and (
                versions.next_from is null
                or new_times.event_timestamp < versions.next_from
            )
    left join firsts
        on new_times.truck_id = firsts.truck_id
),

reached as (
    select
        truck_id,
        region_from,
        region_to,
        max(coalesce(region_to, cast('9999-12-31' as timestamp_ntz))) over (
            partition by truck_id
            order by
                region_from,
                coalesce(region_to, cast('9999-12-31' as timestamp_ntz))
            rows between unbounded preceding and 1 preceding
        ) as reached_until
    from touched
),

numbered as (
    select
        truck_id,
        region_from,
        region_to,
        sum(iff(reached_until >= region_from, 0, 1)) over (
            partition by truck_id
            order by
                region_from,
                coalesce(region_to, cast('9999-12-31' as timestamp_ntz))
            rows between unbounded preceding and current row
        ) as region_number
    from reached
),

final as (
    select
        truck_id,
        min(region_from) as region_from,
        iff(count(*) = count(region_to), max(region_to), null) as region_to
    from numbered
    group by truck_id, region_number
)

select * from final;

-- 4. Take the regions' versions out ...
delete from core.truck_telemetry_data
using core.history_regions as regions
where
    truck_telemetry_data.truck_id = regions.truck_id
    and truck_telemetry_data.effective_from >= regions.region_from
    and (
        regions.region_to is null
        or truck_telemetry_data.effective_from < regions.region_to
    );

-- 5. ... and make them anew from RAW: of the rows of one truck and time the
-- one with the greatest lineage wins; a reading like the one before makes no
-- version.
insert into core.truck_telemetry_data (
    truck_id,
    effective_from,
    effective_to,
    is_current,
    load_timestamp,
    gps_latitude,
    gps_longitude,
    gps_altitude,
    gps_speed,
    vehicle_speed,
    engine_rpm,
    fuel_level,
    engine_temperature,
    oil_pressure,
    battery_voltage,
    odometer_reading,
    fuel_consumption,
    brake_status,
    tire_pressure_front_left,
    tire_pressure_front_right,
    tire_pressure_rear_left,
    tire_pressure_rear_right,
    transmission_status,
    environment_temperature,
    environment_humidity,
    environment_pressure
)
with claimed as (
    select file_name
    from core.history_files
    where history_name = 'TRUCK_TELEMETRY_DATA'
),

readings as (
    select
        raw_rows.*,
        regions.region_from,
        regions.region_to
    from raw.truck_telemetry as raw_rows
    inner join core.history_regions as regions
        on
            raw_rows.truck_id = regions.truck_id
            and raw_rows.event_timestamp >= regions.region_from
            and (
                regions.region_to is null
                or raw_rows.event_timestamp < regions.region_to
            )
    where
        raw_rows.file_name in (select file_name from claimed)
        and raw_rows.event_timestamp
        >= (select min(region_from) from core.history_regions)
),

latest as (
    select *
    from readings
    qualify
        row_number() over (
            partition by truck_id, event_timestamp
            order by
                sequence_number desc,
                shard_id desc,
                event_id desc,
                file_name desc,
                file_row desc
        ) = 1
),

winners as (
    select
        *,
        row_number() over (
            partition by truck_id, region_from
            order by event_timestamp
        ) as place
    from latest
),

changes as (
    select winners.*
    from winners
    left join winners as befores
        on
            winners.truck_id = befores.truck_id
            and winners.region_from = befores.region_from
            and winners.place = befores.place + 1
    where
        winners.place = 1
        or winners.gps_latitude
        is distinct from befores.gps_latitude
        or winners.gps_longitude
        is distinct from befores.gps_longitude
        or winners.gps_altitude
        is distinct from befores.gps_altitude
        or winners.gps_speed
        is distinct from befores.gps_speed
        or winners.vehicle_speed
        is distinct from befores.vehicle_speed
        or winners.engine_rpm
        is distinct from befores.engine_rpm
        or winners.fuel_level
        is distinct from befores.fuel_level
        or winners.engine_temperature
        is distinct from befores.engine_temperature
        or winners.oil_pressure
        is distinct from befores.oil_pressure
        or winners.battery_voltage
        is distinct from befores.battery_voltage
        or winners.odometer_reading
        is distinct from befores.odometer_reading
        or winners.fuel_consumption
        is distinct from befores.fuel_consumption
        or winners.brake_status
        is distinct from befores.brake_status
        or winners.tire_pressure_front_left
        is distinct from befores.tire_pressure_front_left
        or winners.tire_pressure_front_right
        is distinct from befores.tire_pressure_front_right
        or winners.tire_pressure_rear_left
        is distinct from befores.tire_pressure_rear_left
        or winners.tire_pressure_rear_right
        is distinct from befores.tire_pressure_rear_right
        or winners.transmission_status
        is distinct from befores.transmission_status
        or winners.environment_temperature
        is distinct from befores.environment_temperature
        or winners.environment_humidity
        is distinct from befores.environment_humidity
        or winners.environment_pressure
        is distinct from befores.environment_pressure
),

final as (
    select
        truck_id,
        event_timestamp as effective_from,
        coalesce(
            lead(event_timestamp) over (
                partition by truck_id, region_from
                order by event_timestamp
            ),
            region_to
        ) as effective_to,
        effective_to is null as is_current,
        arrived_at as load_timestamp,
        gps_latitude,
        gps_longitude,
        gps_altitude,
        gps_speed,
        vehicle_speed,
        engine_rpm,
        fuel_level,
        engine_temperature,
        oil_pressure,
        battery_voltage,
        odometer_reading,
        fuel_consumption,
        brake_status,
        tire_pressure_front_left,
        tire_pressure_front_right,
        tire_pressure_rear_left,
        tire_pressure_rear_right,
        transmission_status,
        environment_temperature,
        environment_humidity,
        environment_pressure
    from changes
)

select * from final;

-- 6. Leave the work tables empty.
delete from core.history_new_times;

delete from core.history_regions;
