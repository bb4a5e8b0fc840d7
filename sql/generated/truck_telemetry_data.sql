-- Generated from sql/history: do not edit. The task that merges TRUCK_TELEMETRY_DATA
-- in the cloud, as "cartwheel history task TRUCK_TELEMETRY_DATA" prints it.
-- A stream on each raw table says that something came, and is emptied in the
-- merge's own transaction; what is new is decided by the claims alone, so that
-- neither a stale stream nor a merge by hand can lose or duplicate a row.
create stream if not exists core.truck_telemetry_data_news_1
on table raw.truck_telemetry
append_only = true
show_initial_rows = true;

create or replace procedure core.truck_telemetry_data_merge_now()
returns varchar
language sql
execute as owner
as
$$
declare
    files_lost exception (-20001, 'RAW lost rows that were merged before.');
    merge_id varchar := uuid_string();
    holder varchar := 'task core.truck_telemetry_data_merge';
    count_lost integer := 0;
    count_late integer := 0;
begin
    insert into core.history_merges (
        history_name, merge_id, outcome, holder, told_at
    )
    select
        'TRUCK_TELEMETRY_DATA' as history_name,
        :merge_id as merge_id,
        'began' as outcome,
        :holder as holder,
        current_timestamp() as told_at;

    begin transaction;

    -- Another merge is at work: it takes what we would have taken, or the
    -- next run does. Error 625 is a lock timeout.
    begin
    update core.truck_telemetry_data_lock
    set merge_id = cast(:merge_id as varchar);
    exception
        when statement_error then
            if (sqlcode <> 625) then
                raise;
            end if;
            rollback;
            insert into core.history_merges (
                history_name, merge_id, outcome, holder, told_at
            )
            select
                'TRUCK_TELEMETRY_DATA' as history_name,
                :merge_id as merge_id,
                'skipped' as outcome,
                :holder as holder,
                current_timestamp() as told_at;
            return 'skipped';
    end;

    insert into core.history_files (
        history_name, file_name, first_row, last_row, merge_id, claimed_at
    )
    select
        'TRUCK_TELEMETRY_DATA' as history_name,
        file_name,
        file_row as first_row,
        file_row as last_row,
        :merge_id as merge_id,
        current_timestamp() as claimed_at
    from core.truck_telemetry_data_news_1
    where false;

    insert into core.truck_telemetry_data_changed (file_name)
    with landed as (
        select
            file_name,
            count(*) as count_rows,
            sum(file_row) as sum_rows,
            sum(file_row * file_row) as sum_squares
        from raw.truck_telemetry
        group by file_name
    ),

    claimed as (
        select
            file_name,
            sum(last_row - first_row + 1) as count_rows,
            sum((last_row - first_row + 1) * (first_row + last_row)) as twice_sum,
            sum(
                last_row * (last_row + 1) * (2 * last_row + 1)
                - (first_row - 1) * first_row * (2 * first_row - 1)
            ) as six_squares
        from core.history_files
        where history_name = 'TRUCK_TELEMETRY_DATA'
        group by file_name
    ),

    final as (
        select coalesce(landed.file_name, claimed.file_name) as file_name
        from landed
        full outer join claimed
            on landed.file_name = claimed.file_name
        where
            landed.file_name is null
            or claimed.file_name is null
            or landed.count_rows <> claimed.count_rows
            or 2 * landed.sum_rows <> claimed.twice_sum
            or 6 * landed.sum_squares <> claimed.six_squares
    )

    select * from final;

    count_lost := (
    with there as (
        select
            raw_rows.file_name,
            count(distinct raw_rows.file_row) as count_rows
        from raw.truck_telemetry as raw_rows
        inner join core.truck_telemetry_data_changed as changed
            on raw_rows.file_name = changed.file_name
        inner join core.history_files as claims
            on
                claims.history_name = 'TRUCK_TELEMETRY_DATA'
                and raw_rows.file_name = claims.file_name
        where
            raw_rows.file_row between claims.first_row and claims.last_row
        group by raw_rows.file_name
    ),

    claimed as (
        select
            claims.file_name,
            sum(claims.last_row - claims.first_row + 1) as count_rows
        from core.history_files as claims
        inner join core.truck_telemetry_data_changed as changed
            on claims.file_name = changed.file_name
        where claims.history_name = 'TRUCK_TELEMETRY_DATA'
        group by claims.file_name
    ),

    final as (
        select count(*) as count_lost
        from claimed
        left join there
            on claimed.file_name = there.file_name
        where coalesce(there.count_rows, 0) < claimed.count_rows
    )

    select * from final
    );

    if (count_lost > 0) then
        raise files_lost;
    end if;

    insert into core.history_files (
        history_name, file_name, first_row, last_row, merge_id, claimed_at
    )
    with fresh as (
        select distinct
            raw_rows.file_name,
            raw_rows.file_row
        from raw.truck_telemetry as raw_rows
        inner join core.truck_telemetry_data_changed as changed
            on raw_rows.file_name = changed.file_name
        left join core.history_files as claims
            on
                claims.history_name = 'TRUCK_TELEMETRY_DATA'
                and raw_rows.file_name = claims.file_name
                and raw_rows.file_row between claims.first_row and claims.last_row
        where claims.file_name is null
    ),

    placed as (
        select
            file_name,
            file_row,
            file_row - row_number() over (
                partition by file_name
                order by file_row
            ) as run_number
        from fresh
    ),

    final as (
        select
            'TRUCK_TELEMETRY_DATA' as history_name,
            file_name,
            min(file_row) as first_row,
            max(file_row) as last_row,
            cast(:merge_id as varchar) as merge_id,
            current_timestamp() as claimed_at
        from placed
        group by
            file_name,
            run_number
    )

    select * from final;

    if (sqlrowcount > 0) then
    insert into core.truck_telemetry_data_new_times (
        truck_id,
        happened_at,
        last_at,
        changed_at,
        is_open,
        is_deleted,
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
    with news as (
        select
            raw_rows.truck_id,
            raw_rows.event_timestamp as happened_at,
            false as is_deleted,
            raw_rows.gps_latitude,
            raw_rows.gps_longitude,
            raw_rows.gps_altitude,
            raw_rows.gps_speed,
            raw_rows.vehicle_speed,
            raw_rows.engine_rpm,
            raw_rows.fuel_level,
            raw_rows.engine_temperature,
            raw_rows.oil_pressure,
            raw_rows.battery_voltage,
            raw_rows.odometer_reading,
            raw_rows.fuel_consumption,
            raw_rows.brake_status,
            raw_rows.tire_pressure_front_left,
            raw_rows.tire_pressure_front_right,
            raw_rows.tire_pressure_rear_left,
            raw_rows.tire_pressure_rear_right,
            raw_rows.transmission_status,
            raw_rows.environment_temperature,
            raw_rows.environment_humidity,
            raw_rows.environment_pressure
        from raw.truck_telemetry as raw_rows
        inner join core.history_files as claims
            on
                claims.history_name = 'TRUCK_TELEMETRY_DATA'
                and claims.merge_id = cast(:merge_id as varchar)
                and raw_rows.file_name = claims.file_name
        where
            raw_rows.file_row between claims.first_row and claims.last_row
            and raw_rows.truck_id is not null
    ),

    compared as (
        select
            news.*,
            coalesce(news.happened_at >= currents.effective_from, true) as is_open,
            coalesce(
                news.happened_at > currents.effective_from
                and not news.is_deleted,
                false
            )
            and (
                news.gps_latitude is null
                or news.gps_latitude is not distinct from currents.gps_latitude
            )
            and (
                news.gps_longitude is null
                or news.gps_longitude is not distinct from currents.gps_longitude
            )
            and (
                news.gps_altitude is null
                or news.gps_altitude is not distinct from currents.gps_altitude
            )
            and (
                news.gps_speed is null
                or news.gps_speed is not distinct from currents.gps_speed
            )
            and (
                news.vehicle_speed is null
                or news.vehicle_speed is not distinct from currents.vehicle_speed
            )
            and (
                news.engine_rpm is null
                or news.engine_rpm is not distinct from currents.engine_rpm
            )
            and (
                news.fuel_level is null
                or news.fuel_level is not distinct from currents.fuel_level
            )
            and (
                news.engine_temperature is null
                or news.engine_temperature is not distinct from currents.engine_temperature
            )
            and (
                news.oil_pressure is null
                or news.oil_pressure is not distinct from currents.oil_pressure
            )
            and (
                news.battery_voltage is null
                or news.battery_voltage is not distinct from currents.battery_voltage
            )
            and (
                news.odometer_reading is null
                or news.odometer_reading is not distinct from currents.odometer_reading
            )
            and (
                news.fuel_consumption is null
                or news.fuel_consumption is not distinct from currents.fuel_consumption
            )
            and (
                news.brake_status is null
                or news.brake_status is not distinct from currents.brake_status
            )
            and (
                news.tire_pressure_front_left is null
                or news.tire_pressure_front_left is not distinct from currents.tire_pressure_front_left
            )
            and (
                news.tire_pressure_front_right is null
                or news.tire_pressure_front_right is not distinct from currents.tire_pressure_front_right
            )
            and (
                news.tire_pressure_rear_left is null
                or news.tire_pressure_rear_left is not distinct from currents.tire_pressure_rear_left
            )
            and (
                news.tire_pressure_rear_right is null
                or news.tire_pressure_rear_right is not distinct from currents.tire_pressure_rear_right
            )
            and (
                news.transmission_status is null
                or news.transmission_status is not distinct from currents.transmission_status
            )
            and (
                news.environment_temperature is null
                or news.environment_temperature is not distinct from currents.environment_temperature
            )
            and (
                news.environment_humidity is null
                or news.environment_humidity is not distinct from currents.environment_humidity
            )
            and (
                news.environment_pressure is null
                or news.environment_pressure is not distinct from currents.environment_pressure
            ) as is_known
        from news
        left join core.truck_telemetry_data as currents
            on
                news.truck_id = currents.truck_id
                and currents.is_current
    ),

    final as (
        select
            truck_id,
            min(happened_at) as happened_at,
            max(happened_at) as last_at,
            min(iff(is_known, null, happened_at)) as changed_at,
            true as is_open,
            false as is_deleted,
            null as gps_latitude,
            null as gps_longitude,
            null as gps_altitude,
            null as gps_speed,
            null as vehicle_speed,
            null as engine_rpm,
            null as fuel_level,
            null as engine_temperature,
            null as oil_pressure,
            null as battery_voltage,
            null as odometer_reading,
            null as fuel_consumption,
            null as brake_status,
            null as tire_pressure_front_left,
            null as tire_pressure_front_right,
            null as tire_pressure_rear_left,
            null as tire_pressure_rear_right,
            null as transmission_status,
            null as environment_temperature,
            null as environment_humidity,
            null as environment_pressure
        from compared
        where is_open
        group by
            truck_id
        union all
        select
            truck_id,
            happened_at,
            happened_at as last_at,
            happened_at as changed_at,
            false as is_open,
            is_deleted,
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
        from compared
        where not is_open
    )

    select * from final;

    insert into core.truck_telemetry_data_regions (
        truck_id,
        region_from,
        region_to,
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
    with late_keys as (
        select distinct truck_id
        from core.truck_telemetry_data_new_times
        where not is_open
    ),

    final as (
        select
            news.truck_id,
            coalesce(befores.effective_from, news.changed_at) as region_from,
            cast(null as timestamp_ntz) as region_to,
            befores.gps_latitude,
            befores.gps_longitude,
            befores.gps_altitude,
            befores.gps_speed,
            befores.vehicle_speed,
            befores.engine_rpm,
            befores.fuel_level,
            befores.engine_temperature,
            befores.oil_pressure,
            befores.battery_voltage,
            befores.odometer_reading,
            befores.fuel_consumption,
            befores.brake_status,
            befores.tire_pressure_front_left,
            befores.tire_pressure_front_right,
            befores.tire_pressure_rear_left,
            befores.tire_pressure_rear_right,
            befores.transmission_status,
            befores.environment_temperature,
            befores.environment_humidity,
            befores.environment_pressure
        from core.truck_telemetry_data_new_times as news
        left join late_keys
            on
                news.truck_id = late_keys.truck_id
        left join core.truck_telemetry_data as befores
            on
                news.truck_id = befores.truck_id
                and news.changed_at > befores.effective_from
                and (
                    befores.effective_to is null
                    or news.changed_at <= befores.effective_to
                )
        where
            news.changed_at is not null
            and late_keys.truck_id is null
    )

    select * from final;

        count_late := (
    select count(*) as count_late
    from core.truck_telemetry_data_new_times
    where not is_open
        );

        if (count_late > 0) then
    insert into core.truck_telemetry_data_regions (
        truck_id,
        region_from,
        region_to,
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
    with counted as (
        select
            *,
            sum(iff(is_open, 0, 1)) over (
                partition by
                    truck_id
            ) as count_late
        from core.truck_telemetry_data_new_times
    ),

    points as (
        select
            truck_id,
            happened_at as point_at,
            false as is_open,
            is_deleted,
            row_number() over (
                order by
                    truck_id,
                    happened_at
            ) as point_number,
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
        from counted
        where not is_open and count_late <= 50
        union all
        select
            truck_id,
            min(changed_at) as point_at,
            true as is_open,
            false as is_deleted,
            0 as point_number,
            null as gps_latitude,
            null as gps_longitude,
            null as gps_altitude,
            null as gps_speed,
            null as vehicle_speed,
            null as engine_rpm,
            null as fuel_level,
            null as engine_temperature,
            null as oil_pressure,
            null as battery_voltage,
            null as odometer_reading,
            null as fuel_consumption,
            null as brake_status,
            null as tire_pressure_front_left,
            null as tire_pressure_front_right,
            null as tire_pressure_rear_left,
            null as tire_pressure_rear_right,
            null as transmission_status,
            null as environment_temperature,
            null as environment_humidity,
            null as environment_pressure
        from counted
        where
            changed_at is not null
            and (
                (is_open and count_late > 0)
                or count_late > 50
            )
        group by
            truck_id
    ),

    late_keys as (
        select distinct truck_id
        from points
        where not is_open
    ),

    paces as (
        select
            history.truck_id,
            datediff(
                'second',
                min(history.effective_from),
                max(history.effective_from)
            ) / count(*) * 20 as seconds_ahead
        from core.truck_telemetry_data as history
        inner join late_keys
            on
                history.truck_id = late_keys.truck_id
        group by
            history.truck_id
    ),

    outlooks as (
        select
            points.*,
            iff(
                points.is_open or paces.seconds_ahead is null,
                points.point_at,
                greatest(
                    points.point_at,
                    dateadd(
                        'second',
                        least(paces.seconds_ahead, 1000000000),
                        least(points.point_at, cast('9900-01-01' as timestamp_ntz))
                    )
                )
            ) as look_until
        from points
        left join paces
            on
                points.truck_id = paces.truck_id
    ),

    nearby as (
        select
            outlooks.truck_id,
            outlooks.point_at,
            outlooks.point_number,
            outlooks.is_open,
            outlooks.is_deleted,
            history.effective_from,
            history.effective_to,
            coalesce(
                history.effective_from <= outlooks.point_at
                and (
                    history.effective_to is null
                    or history.effective_to > outlooks.point_at
                ),
                false
            ) as holds,
            outlooks.gps_latitude as gps_latitude_told,
            history.gps_latitude,
            history.gps_latitude is distinct from lag(history.gps_latitude) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_1,
            outlooks.gps_longitude as gps_longitude_told,
            history.gps_longitude,
            history.gps_longitude is distinct from lag(history.gps_longitude) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_2,
            outlooks.gps_altitude as gps_altitude_told,
            history.gps_altitude,
            history.gps_altitude is distinct from lag(history.gps_altitude) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_3,
            outlooks.gps_speed as gps_speed_told,
            history.gps_speed,
            history.gps_speed is distinct from lag(history.gps_speed) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_4,
            outlooks.vehicle_speed as vehicle_speed_told,
            history.vehicle_speed,
            history.vehicle_speed is distinct from lag(history.vehicle_speed) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_5,
            outlooks.engine_rpm as engine_rpm_told,
            history.engine_rpm,
            history.engine_rpm is distinct from lag(history.engine_rpm) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_6,
            outlooks.fuel_level as fuel_level_told,
            history.fuel_level,
            history.fuel_level is distinct from lag(history.fuel_level) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_7,
            outlooks.engine_temperature as engine_temperature_told,
            history.engine_temperature,
            history.engine_temperature is distinct from lag(history.engine_temperature) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_8,
            outlooks.oil_pressure as oil_pressure_told,
            history.oil_pressure,
            history.oil_pressure is distinct from lag(history.oil_pressure) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_9,
            outlooks.battery_voltage as battery_voltage_told,
            history.battery_voltage,
            history.battery_voltage is distinct from lag(history.battery_voltage) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_10,
            outlooks.odometer_reading as odometer_reading_told,
            history.odometer_reading,
            history.odometer_reading is distinct from lag(history.odometer_reading) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_11,
            outlooks.fuel_consumption as fuel_consumption_told,
            history.fuel_consumption,
            history.fuel_consumption is distinct from lag(history.fuel_consumption) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_12,
            outlooks.brake_status as brake_status_told,
            history.brake_status,
            history.brake_status is distinct from lag(history.brake_status) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_13,
            outlooks.tire_pressure_front_left as tire_pressure_front_left_told,
            history.tire_pressure_front_left,
            history.tire_pressure_front_left is distinct from lag(history.tire_pressure_front_left) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_14,
            outlooks.tire_pressure_front_right as tire_pressure_front_right_told,
            history.tire_pressure_front_right,
            history.tire_pressure_front_right is distinct from lag(history.tire_pressure_front_right) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_15,
            outlooks.tire_pressure_rear_left as tire_pressure_rear_left_told,
            history.tire_pressure_rear_left,
            history.tire_pressure_rear_left is distinct from lag(history.tire_pressure_rear_left) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_16,
            outlooks.tire_pressure_rear_right as tire_pressure_rear_right_told,
            history.tire_pressure_rear_right,
            history.tire_pressure_rear_right is distinct from lag(history.tire_pressure_rear_right) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_17,
            outlooks.transmission_status as transmission_status_told,
            history.transmission_status,
            history.transmission_status is distinct from lag(history.transmission_status) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_18,
            outlooks.environment_temperature as environment_temperature_told,
            history.environment_temperature,
            history.environment_temperature is distinct from lag(history.environment_temperature) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_19,
            outlooks.environment_humidity as environment_humidity_told,
            history.environment_humidity,
            history.environment_humidity is distinct from lag(history.environment_humidity) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_20,
            outlooks.environment_pressure as environment_pressure_told,
            history.environment_pressure,
            history.environment_pressure is distinct from lag(history.environment_pressure) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_21
        from outlooks
        left join core.truck_telemetry_data as history
            on
                outlooks.truck_id = history.truck_id
                and outlooks.look_until >= history.effective_from
                and outlooks.point_at
                <= coalesce(history.effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz))
    ),

    compared as (
        select
            truck_id,
            point_at,
            is_open,
            is_deleted,
            coalesce(
                max(iff(effective_from < point_at, effective_from, null)),
                point_at
            ) as region_from,
            sum(iff(holds, 1, 0)) as count_held,
            max(iff(
                effective_from = point_at,
                coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                null
            )) as begun_until,
            coalesce(
                min(iff(
                    effective_from > point_at,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as next_until,
            max(iff(gps_latitude_told is null, 0, 1)) as tells_1,
            max(iff(
                holds and gps_latitude is distinct from gps_latitude_told, 1, 0
            )) as differs_1,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_1,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_1,
            max(iff(gps_longitude_told is null, 0, 1)) as tells_2,
            max(iff(
                holds and gps_longitude is distinct from gps_longitude_told, 1, 0
            )) as differs_2,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_2,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_2,
            max(iff(gps_altitude_told is null, 0, 1)) as tells_3,
            max(iff(
                holds and gps_altitude is distinct from gps_altitude_told, 1, 0
            )) as differs_3,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_3,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_3,
            max(iff(gps_speed_told is null, 0, 1)) as tells_4,
            max(iff(
                holds and gps_speed is distinct from gps_speed_told, 1, 0
            )) as differs_4,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_4,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_4,
            max(iff(vehicle_speed_told is null, 0, 1)) as tells_5,
            max(iff(
                holds and vehicle_speed is distinct from vehicle_speed_told, 1, 0
            )) as differs_5,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_5,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_5,
            max(iff(engine_rpm_told is null, 0, 1)) as tells_6,
            max(iff(
                holds and engine_rpm is distinct from engine_rpm_told, 1, 0
            )) as differs_6,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_6,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_6,
            max(iff(fuel_level_told is null, 0, 1)) as tells_7,
            max(iff(
                holds and fuel_level is distinct from fuel_level_told, 1, 0
            )) as differs_7,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_7,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_7,
            max(iff(engine_temperature_told is null, 0, 1)) as tells_8,
            max(iff(
                holds and engine_temperature is distinct from engine_temperature_told, 1, 0
            )) as differs_8,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_8,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_8,
            max(iff(oil_pressure_told is null, 0, 1)) as tells_9,
            max(iff(
                holds and oil_pressure is distinct from oil_pressure_told, 1, 0
            )) as differs_9,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_9,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_9,
            max(iff(battery_voltage_told is null, 0, 1)) as tells_10,
            max(iff(
                holds and battery_voltage is distinct from battery_voltage_told, 1, 0
            )) as differs_10,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_10,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_10,
            max(iff(odometer_reading_told is null, 0, 1)) as tells_11,
            max(iff(
                holds and odometer_reading is distinct from odometer_reading_told, 1, 0
            )) as differs_11,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_11,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_11,
            max(iff(fuel_consumption_told is null, 0, 1)) as tells_12,
            max(iff(
                holds and fuel_consumption is distinct from fuel_consumption_told, 1, 0
            )) as differs_12,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_12,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_12,
            max(iff(brake_status_told is null, 0, 1)) as tells_13,
            max(iff(
                holds and brake_status is distinct from brake_status_told, 1, 0
            )) as differs_13,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_13,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_13,
            max(iff(tire_pressure_front_left_told is null, 0, 1)) as tells_14,
            max(iff(
                holds and tire_pressure_front_left is distinct from tire_pressure_front_left_told, 1, 0
            )) as differs_14,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_14,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_14,
            max(iff(tire_pressure_front_right_told is null, 0, 1)) as tells_15,
            max(iff(
                holds and tire_pressure_front_right is distinct from tire_pressure_front_right_told, 1, 0
            )) as differs_15,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_15,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_15,
            max(iff(tire_pressure_rear_left_told is null, 0, 1)) as tells_16,
            max(iff(
                holds and tire_pressure_rear_left is distinct from tire_pressure_rear_left_told, 1, 0
            )) as differs_16,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_16,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_16,
            max(iff(tire_pressure_rear_right_told is null, 0, 1)) as tells_17,
            max(iff(
                holds and tire_pressure_rear_right is distinct from tire_pressure_rear_right_told, 1, 0
            )) as differs_17,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_17,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_17,
            max(iff(transmission_status_told is null, 0, 1)) as tells_18,
            max(iff(
                holds and transmission_status is distinct from transmission_status_told, 1, 0
            )) as differs_18,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_18,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_18,
            max(iff(environment_temperature_told is null, 0, 1)) as tells_19,
            max(iff(
                holds and environment_temperature is distinct from environment_temperature_told, 1, 0
            )) as differs_19,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_19,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_19,
            max(iff(environment_humidity_told is null, 0, 1)) as tells_20,
            max(iff(
                holds and environment_humidity is distinct from environment_humidity_told, 1, 0
            )) as differs_20,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_20,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_20,
            max(iff(environment_pressure_told is null, 0, 1)) as tells_21,
            max(iff(
                holds and environment_pressure is distinct from environment_pressure_told, 1, 0
            )) as differs_21,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_21,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_21
        from nearby
        group by
            truck_id,
            point_number,
            point_at,
            is_open,
            is_deleted
    ),

    touched as (
        select
            truck_id,
            region_from,
            case
                when is_open then cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
                else greatest(
                    coalesce(begun_until, cast('0001-01-01' as timestamp_ntz)),
                    iff(
                        is_deleted or count_held = 0,
                        next_until,
                        cast('0001-01-01' as timestamp_ntz)
                    ),
                    iff(
                        (is_deleted or tells_1 = 1)
                        and (differs_1 = 1 or count_held = 0),
                        until_1,
                        cast('0001-01-01' as timestamp_ntz)
                    ),
                    iff(
                        (is_deleted or tells_2 = 1)
                        and (differs_2 = 1 or count_held = 0),
                        until_2,
                        cast('0001-01-01' as timestamp_ntz)
                    ),
                    iff(
                        (is_deleted or tells_3 = 1)
                        and (differs_3 = 1 or count_held = 0),
                        until_3,
                        cast('0001-01-01' as timestamp_ntz)
                    ),
                    iff(
                        (is_deleted or tells_4 = 1)
                        and (differs_4 = 1 or count_held = 0),
                        until_4,
                        cast('0001-01-01' as timestamp_ntz)
                    ),
                    iff(
                        (is_deleted or tells_5 = 1)
                        and (differs_5 = 1 or count_held = 0),
                        until_5,
                        cast('0001-01-01' as timestamp_ntz)
                    ),
                    iff(
                        (is_deleted or tells_6 = 1)
                        and (differs_6 = 1 or count_held = 0),
                        until_6,
                        cast('0001-01-01' as timestamp_ntz)
                    ),
                    iff(
                        (is_deleted or tells_7 = 1)
                        and (differs_7 = 1 or count_held = 0),
                        until_7,
                        cast('0001-01-01' as timestamp_ntz)
                    ),
                    iff(
                        (is_deleted or tells_8 = 1)
                        and (differs_8 = 1 or count_held = 0),
                        until_8,
                        cast('0001-01-01' as timestamp_ntz)
                    ),
                    iff(
                        (is_deleted or tells_9 = 1)
                        and (differs_9 = 1 or count_held = 0),
                        until_9,
                        cast('0001-01-01' as timestamp_ntz)
                    ),
                    iff(
                        (is_deleted or tells_10 = 1)
                        and (differs_10 = 1 or count_held = 0),
                        until_10,
                        cast('0001-01-01' as timestamp_ntz)
                    ),
                    iff(
                        (is_deleted or tells_11 = 1)
                        and (differs_11 = 1 or count_held = 0),
                        until_11,
                        cast('0001-01-01' as timestamp_ntz)
                    ),
                    iff(
                        (is_deleted or tells_12 = 1)
                        and (differs_12 = 1 or count_held = 0),
                        until_12,
                        cast('0001-01-01' as timestamp_ntz)
                    ),
                    iff(
                        (is_deleted or tells_13 = 1)
                        and (differs_13 = 1 or count_held = 0),
                        until_13,
                        cast('0001-01-01' as timestamp_ntz)
                    ),
                    iff(
                        (is_deleted or tells_14 = 1)
                        and (differs_14 = 1 or count_held = 0),
                        until_14,
                        cast('0001-01-01' as timestamp_ntz)
                    ),
                    iff(
                        (is_deleted or tells_15 = 1)
                        and (differs_15 = 1 or count_held = 0),
                        until_15,
                        cast('0001-01-01' as timestamp_ntz)
                    ),
                    iff(
                        (is_deleted or tells_16 = 1)
                        and (differs_16 = 1 or count_held = 0),
                        until_16,
                        cast('0001-01-01' as timestamp_ntz)
                    ),
                    iff(
                        (is_deleted or tells_17 = 1)
                        and (differs_17 = 1 or count_held = 0),
                        until_17,
                        cast('0001-01-01' as timestamp_ntz)
                    ),
                    iff(
                        (is_deleted or tells_18 = 1)
                        and (differs_18 = 1 or count_held = 0),
                        until_18,
                        cast('0001-01-01' as timestamp_ntz)
                    ),
                    iff(
                        (is_deleted or tells_19 = 1)
                        and (differs_19 = 1 or count_held = 0),
                        until_19,
                        cast('0001-01-01' as timestamp_ntz)
                    ),
                    iff(
                        (is_deleted or tells_20 = 1)
                        and (differs_20 = 1 or count_held = 0),
                        until_20,
                        cast('0001-01-01' as timestamp_ntz)
                    ),
                    iff(
                        (is_deleted or tells_21 = 1)
                        and (differs_21 = 1 or count_held = 0),
                        until_21,
                        cast('0001-01-01' as timestamp_ntz)
                    )
                )
            end as region_to
        from compared
    ),

    begun as (
        select
            truck_id,
            region_from,
            max(region_to) as region_to
        from touched
        where region_to >= region_from
        group by
            truck_id,
            region_from
    ),

    reached as (
        select
            truck_id,
            region_from,
            region_to,
            max(region_to) over (
                partition by
                    truck_id
                order by region_from
                rows between unbounded preceding and 1 preceding
            ) as reached_until
        from begun
    ),

    numbered as (
        select
            truck_id,
            region_from,
            region_to,
            sum(iff(reached_until >= region_from, 0, 1)) over (
                partition by
                    truck_id
                order by region_from
                rows between unbounded preceding and current row
            ) as region_number
        from reached
    ),

    regions as (
        select
            truck_id,
            min(region_from) as region_from,
            nullif(
                max(region_to),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as region_to
        from numbered
        group by
            truck_id,
            region_number
    ),

    starts as (
        select distinct
            truck_id,
            effective_from,
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
        from nearby
        where effective_from < point_at
    ),

    final as (
        select
            regions.truck_id,
            regions.region_from,
            regions.region_to,
            starts.gps_latitude,
            starts.gps_longitude,
            starts.gps_altitude,
            starts.gps_speed,
            starts.vehicle_speed,
            starts.engine_rpm,
            starts.fuel_level,
            starts.engine_temperature,
            starts.oil_pressure,
            starts.battery_voltage,
            starts.odometer_reading,
            starts.fuel_consumption,
            starts.brake_status,
            starts.tire_pressure_front_left,
            starts.tire_pressure_front_right,
            starts.tire_pressure_rear_left,
            starts.tire_pressure_rear_right,
            starts.transmission_status,
            starts.environment_temperature,
            starts.environment_humidity,
            starts.environment_pressure
        from regions
        left join starts
            on
                regions.truck_id = starts.truck_id
                and regions.region_from = starts.effective_from
    )

    select * from final;
        end if;

    delete from core.truck_telemetry_data
    using core.truck_telemetry_data_regions as regions
    where
        truck_telemetry_data.truck_id = regions.truck_id
        and truck_telemetry_data.effective_from >= regions.region_from
        and (
            regions.region_to is null
            or truck_telemetry_data.effective_from < regions.region_to
        );

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
    with candidates_1 as (
        select
            raw_rows.truck_id,
            raw_rows.event_timestamp as happened_at,
            raw_rows.arrived_at,
            raw_rows.gps_latitude,
            raw_rows.gps_longitude,
            raw_rows.gps_altitude,
            raw_rows.gps_speed,
            raw_rows.vehicle_speed,
            raw_rows.engine_rpm,
            raw_rows.fuel_level,
            raw_rows.engine_temperature,
            raw_rows.oil_pressure,
            raw_rows.battery_voltage,
            raw_rows.odometer_reading,
            raw_rows.fuel_consumption,
            raw_rows.brake_status,
            raw_rows.tire_pressure_front_left,
            raw_rows.tire_pressure_front_right,
            raw_rows.tire_pressure_rear_left,
            raw_rows.tire_pressure_rear_right,
            raw_rows.transmission_status,
            raw_rows.environment_temperature,
            raw_rows.environment_humidity,
            raw_rows.environment_pressure,
            regions.region_from,
            regions.region_to
        from raw.truck_telemetry as raw_rows
        inner join core.truck_telemetry_data_regions as regions
            on
                raw_rows.truck_id = regions.truck_id
                and raw_rows.event_timestamp >= regions.region_from
                and (
                    regions.region_to is null
                    or raw_rows.event_timestamp < regions.region_to
                )
        inner join core.history_files as claims
            on
                claims.history_name = 'TRUCK_TELEMETRY_DATA'
                and raw_rows.file_name = claims.file_name
        where
            raw_rows.file_row between claims.first_row and claims.last_row
            and raw_rows.event_timestamp
            >= (select min(region_from) from core.truck_telemetry_data_regions)
    ),

    rivals_1 as (
        select
            truck_id,
            happened_at
        from candidates_1
        group by
            truck_id,
            happened_at
        having count(*) > 1
    ),

    rivalling_1 as (
        select
            raw_rows.truck_id,
            raw_rows.event_timestamp as happened_at,
            raw_rows.arrived_at,
            raw_rows.sequence_number as sequence_number_of_row,
            raw_rows.shard_id as shard_id_of_row,
            raw_rows.event_id as event_id_of_row,
            raw_rows.file_name as file_name_of_row,
            raw_rows.file_row as file_row_of_row,
            raw_rows.gps_latitude,
            raw_rows.gps_longitude,
            raw_rows.gps_altitude,
            raw_rows.gps_speed,
            raw_rows.vehicle_speed,
            raw_rows.engine_rpm,
            raw_rows.fuel_level,
            raw_rows.engine_temperature,
            raw_rows.oil_pressure,
            raw_rows.battery_voltage,
            raw_rows.odometer_reading,
            raw_rows.fuel_consumption,
            raw_rows.brake_status,
            raw_rows.tire_pressure_front_left,
            raw_rows.tire_pressure_front_right,
            raw_rows.tire_pressure_rear_left,
            raw_rows.tire_pressure_rear_right,
            raw_rows.transmission_status,
            raw_rows.environment_temperature,
            raw_rows.environment_humidity,
            raw_rows.environment_pressure,
            regions.region_from,
            regions.region_to
        from raw.truck_telemetry as raw_rows
        inner join core.truck_telemetry_data_regions as regions
            on
                raw_rows.truck_id = regions.truck_id
                and raw_rows.event_timestamp >= regions.region_from
                and (
                    regions.region_to is null
                    or raw_rows.event_timestamp < regions.region_to
                )
        inner join core.history_files as claims
            on
                claims.history_name = 'TRUCK_TELEMETRY_DATA'
                and raw_rows.file_name = claims.file_name
        where
            raw_rows.file_row between claims.first_row and claims.last_row
            and raw_rows.event_timestamp
            >= (select min(region_from) from core.truck_telemetry_data_regions)
    ),

    rows_1 as (
        select
            candidates_1.truck_id,
            candidates_1.happened_at,
            candidates_1.arrived_at,
            candidates_1.region_from,
            candidates_1.region_to,
            candidates_1.gps_latitude,
            candidates_1.gps_longitude,
            candidates_1.gps_altitude,
            candidates_1.gps_speed,
            candidates_1.vehicle_speed,
            candidates_1.engine_rpm,
            candidates_1.fuel_level,
            candidates_1.engine_temperature,
            candidates_1.oil_pressure,
            candidates_1.battery_voltage,
            candidates_1.odometer_reading,
            candidates_1.fuel_consumption,
            candidates_1.brake_status,
            candidates_1.tire_pressure_front_left,
            candidates_1.tire_pressure_front_right,
            candidates_1.tire_pressure_rear_left,
            candidates_1.tire_pressure_rear_right,
            candidates_1.transmission_status,
            candidates_1.environment_temperature,
            candidates_1.environment_humidity,
            candidates_1.environment_pressure,
            1 as place_in_tie
        from candidates_1
        left join rivals_1
            on
                candidates_1.truck_id = rivals_1.truck_id
                and candidates_1.happened_at
                = rivals_1.happened_at
        where rivals_1.happened_at is null
        union all
        select
            rivalling_1.truck_id,
            rivalling_1.happened_at,
            rivalling_1.arrived_at,
            rivalling_1.region_from,
            rivalling_1.region_to,
            rivalling_1.gps_latitude,
            rivalling_1.gps_longitude,
            rivalling_1.gps_altitude,
            rivalling_1.gps_speed,
            rivalling_1.vehicle_speed,
            rivalling_1.engine_rpm,
            rivalling_1.fuel_level,
            rivalling_1.engine_temperature,
            rivalling_1.oil_pressure,
            rivalling_1.battery_voltage,
            rivalling_1.odometer_reading,
            rivalling_1.fuel_consumption,
            rivalling_1.brake_status,
            rivalling_1.tire_pressure_front_left,
            rivalling_1.tire_pressure_front_right,
            rivalling_1.tire_pressure_rear_left,
            rivalling_1.tire_pressure_rear_right,
            rivalling_1.transmission_status,
            rivalling_1.environment_temperature,
            rivalling_1.environment_humidity,
            rivalling_1.environment_pressure,
            row_number() over (
                partition by
                    rivalling_1.truck_id,
                    rivalling_1.happened_at
                order by
                    rivalling_1.sequence_number_of_row desc,
                    rivalling_1.shard_id_of_row desc,
                    rivalling_1.event_id_of_row desc,
                    rivalling_1.file_name_of_row desc,
                    rivalling_1.file_row_of_row desc
            ) as place_in_tie
        from rivalling_1
        inner join rivals_1
            on
                rivalling_1.truck_id = rivals_1.truck_id
                and rivalling_1.happened_at
                = rivals_1.happened_at
    ),

    told as (
        select
            truck_id,
            happened_at,
            region_from,
            region_to,
            arrived_at,
            place_in_tie,
            1 as source_number,
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
        from rows_1
    ),

    uneven as (
        select distinct
            truck_id,
            region_from
        from told
        where
            place_in_tie = 1
            and (
                gps_latitude is null
                or gps_longitude is null
                or gps_altitude is null
                or gps_speed is null
                or vehicle_speed is null
                or engine_rpm is null
                or fuel_level is null
                or engine_temperature is null
                or oil_pressure is null
                or battery_voltage is null
                or odometer_reading is null
                or fuel_consumption is null
                or brake_status is null
                or tire_pressure_front_left is null
                or tire_pressure_front_right is null
                or tire_pressure_rear_left is null
                or tire_pressure_rear_right is null
                or transmission_status is null
                or environment_temperature is null
                or environment_humidity is null
                or environment_pressure is null
            )
    ),

    lined as (
        select
            told.truck_id,
            told.happened_at,
            told.region_from,
            told.region_to,
            told.arrived_at,
            coalesce(
                lead(told.happened_at) over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                ) > told.happened_at,
                true
            ) as is_last,
            coalesce(
                last_value(told.gps_latitude) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.gps_latitude
            ) as gps_latitude,
            coalesce(
                last_value(told.gps_longitude) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.gps_longitude
            ) as gps_longitude,
            coalesce(
                last_value(told.gps_altitude) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.gps_altitude
            ) as gps_altitude,
            coalesce(
                last_value(told.gps_speed) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.gps_speed
            ) as gps_speed,
            coalesce(
                last_value(told.vehicle_speed) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.vehicle_speed
            ) as vehicle_speed,
            coalesce(
                last_value(told.engine_rpm) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.engine_rpm
            ) as engine_rpm,
            coalesce(
                last_value(told.fuel_level) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.fuel_level
            ) as fuel_level,
            coalesce(
                last_value(told.engine_temperature) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.engine_temperature
            ) as engine_temperature,
            coalesce(
                last_value(told.oil_pressure) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.oil_pressure
            ) as oil_pressure,
            coalesce(
                last_value(told.battery_voltage) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.battery_voltage
            ) as battery_voltage,
            coalesce(
                last_value(told.odometer_reading) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.odometer_reading
            ) as odometer_reading,
            coalesce(
                last_value(told.fuel_consumption) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.fuel_consumption
            ) as fuel_consumption,
            coalesce(
                last_value(told.brake_status) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.brake_status
            ) as brake_status,
            coalesce(
                last_value(told.tire_pressure_front_left) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.tire_pressure_front_left
            ) as tire_pressure_front_left,
            coalesce(
                last_value(told.tire_pressure_front_right) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.tire_pressure_front_right
            ) as tire_pressure_front_right,
            coalesce(
                last_value(told.tire_pressure_rear_left) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.tire_pressure_rear_left
            ) as tire_pressure_rear_left,
            coalesce(
                last_value(told.tire_pressure_rear_right) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.tire_pressure_rear_right
            ) as tire_pressure_rear_right,
            coalesce(
                last_value(told.transmission_status) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.transmission_status
            ) as transmission_status,
            coalesce(
                last_value(told.environment_temperature) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.environment_temperature
            ) as environment_temperature,
            coalesce(
                last_value(told.environment_humidity) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.environment_humidity
            ) as environment_humidity,
            coalesce(
                last_value(told.environment_pressure) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.environment_pressure
            ) as environment_pressure
        from told
        inner join uneven
            on
                told.truck_id = uneven.truck_id
                and told.region_from = uneven.region_from
        inner join core.truck_telemetry_data_regions as regions
            on
                told.truck_id = regions.truck_id
                and told.region_from = regions.region_from
    ),

    winners as (
        select
            told.truck_id,
            told.happened_at,
            told.region_from,
            told.region_to,
            told.arrived_at,
            told.gps_latitude,
            told.gps_longitude,
            told.gps_altitude,
            told.gps_speed,
            told.vehicle_speed,
            told.engine_rpm,
            told.fuel_level,
            told.engine_temperature,
            told.oil_pressure,
            told.battery_voltage,
            told.odometer_reading,
            told.fuel_consumption,
            told.brake_status,
            told.tire_pressure_front_left,
            told.tire_pressure_front_right,
            told.tire_pressure_rear_left,
            told.tire_pressure_rear_right,
            told.transmission_status,
            told.environment_temperature,
            told.environment_humidity,
            told.environment_pressure
        from told
        left join uneven
            on
                told.truck_id = uneven.truck_id
                and told.region_from = uneven.region_from
        where
            told.place_in_tie = 1
            and uneven.region_from is null
        union all
        select
            truck_id,
            happened_at,
            region_from,
            region_to,
            arrived_at,
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
        from lined
        where is_last
    ),

    linked as (
        select
            truck_id,
            happened_at,
            lag(happened_at) over (
                partition by
                    truck_id,
                    region_from
                order by happened_at
            ) as previous_at,
            region_from
        from told
        where place_in_tie = 1
    ),

    changes as (
        select
            linked.truck_id,
            linked.happened_at,
            lead(linked.happened_at) over (
                partition by
                    linked.truck_id,
                    linked.region_from
                order by linked.happened_at
            ) as next_at
        from linked
        inner join winners
            on
                linked.truck_id = winners.truck_id
                and linked.happened_at = winners.happened_at
        left join winners as befores
            on
                linked.truck_id = befores.truck_id
                and linked.previous_at = befores.happened_at
        where
            linked.previous_at is null
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

    versions as (
        select
            winners.truck_id,
            winners.happened_at as effective_from,
            coalesce(changes.next_at, winners.region_to) as effective_to,
            winners.arrived_at as load_timestamp,
            winners.gps_latitude,
            winners.gps_longitude,
            winners.gps_altitude,
            winners.gps_speed,
            winners.vehicle_speed,
            winners.engine_rpm,
            winners.fuel_level,
            winners.engine_temperature,
            winners.oil_pressure,
            winners.battery_voltage,
            winners.odometer_reading,
            winners.fuel_consumption,
            winners.brake_status,
            winners.tire_pressure_front_left,
            winners.tire_pressure_front_right,
            winners.tire_pressure_rear_left,
            winners.tire_pressure_rear_right,
            winners.transmission_status,
            winners.environment_temperature,
            winners.environment_humidity,
            winners.environment_pressure
        from winners
        inner join changes
            on
                winners.truck_id = changes.truck_id
                and winners.happened_at = changes.happened_at
    ),

    final as (
        select
            truck_id,
            effective_from,
            effective_to,
            effective_to is null as is_current,
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
        from versions
    )

    select * from final;

    end if;

    insert into core.history_merges (
        history_name,
        merge_id,
        outcome,
        holder,
        told_at,
        count_files,
        first_news_at,
        last_news_at
    )
    with claimed as (
        select count(distinct file_name) as count_files
        from core.history_files
        where
            history_name = 'TRUCK_TELEMETRY_DATA'
            and merge_id = cast(:merge_id as varchar)
    ),

    news as (
        select
            min(happened_at) as first_news_at,
            max(last_at) as last_news_at
        from core.truck_telemetry_data_new_times
    ),

    left_behind as (
        select
            merge_id,
            min(holder) as holder
        from core.history_merges
        where history_name = 'TRUCK_TELEMETRY_DATA'
        group by merge_id
        having
            max(told_at) < dateadd('minute', -5, current_timestamp())
            and count(*) = 1
            and min(outcome) = 'began'
    ),

    final as (
        select
            'TRUCK_TELEMETRY_DATA' as history_name,
            cast(:merge_id as varchar) as merge_id,
            'committed' as outcome,
            cast(:holder as varchar) as holder,
            current_timestamp() as told_at,
            claimed.count_files,
            news.first_news_at,
            news.last_news_at
        from claimed
        cross join news
        union all
        select
            'TRUCK_TELEMETRY_DATA' as history_name,
            merge_id,
            'abandoned' as outcome,
            holder,
            current_timestamp() as told_at,
            null as count_files,
            null as first_news_at,
            null as last_news_at
        from left_behind
    )

    select * from final;

    delete from core.truck_telemetry_data_new_times;

    delete from core.truck_telemetry_data_regions;

    delete from core.truck_telemetry_data_changed;

    commit;
    return 'merged';
exception
    when other then
        rollback;
        insert into core.history_merges (
            history_name, merge_id, outcome, holder, told_at
        )
        select
            'TRUCK_TELEMETRY_DATA' as history_name,
            :merge_id as merge_id,
            'failed' as outcome,
            :holder as holder,
            current_timestamp() as told_at;
        raise;
end;
$$;

-- No number of failures suspends it: the next run may succeed.
create or replace task core.truck_telemetry_data_merge
    warehouse = {{ warehouse }}
    schedule = '{{ merge_minutes }} minutes'
    overlap_policy = no_overlap
    timezone = 'UTC', lock_timeout = 30
    user_task_timeout_ms = 3600000
    suspend_task_after_num_failures = 0
when
    system$stream_has_data('core.truck_telemetry_data_news_1')
as
call core.truck_telemetry_data_merge_now();

alter task core.truck_telemetry_data_merge resume;
