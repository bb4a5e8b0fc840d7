-- Generated from sql/refreshed: do not edit. The task that refreshes the tables
-- of the fleet in the cloud, as "cartwheel refresh --task fleet" prints it.
-- The stream on RAW says that something came, and is emptied in the refresh's own
-- transaction; what is new is decided by comparing RAW with what the tables hold.
create stream if not exists core.fleet_news_1
on table raw.truck_telemetry
append_only = true
show_initial_rows = true;

create or replace procedure core.fleet_merge_now()
returns varchar
language sql
execute as owner
as
$$
declare
    queries varchar := '8530e1ee4d94a3474f1e06f8231f4b90af968360e08385220cb0ad92c35701f8';
    there varchar;
    count_same integer := 0;
begin
    begin transaction;

    -- Another refresh is at work: it makes what we would have made, or the next
    -- run does. Error 625 is a lock timeout.
    begin
    update core.fleet_refresh
    set refreshed_at = current_timestamp();
    exception
        when statement_error then
            if (sqlcode <> 625) then
                raise;
            end if;
            rollback;
            return 'skipped';
    end;

    -- To read a stream in a statement that writes empties it.
    insert into core.fleet_refresh (models)
    select event_id as models
    from core.fleet_news_1
    where false;

    select count(*) into :count_same
    from core.fleet_refresh
    where models = :queries;

    if (count_same = 0) then
        delete from core.fleet_days;
        delete from core.truck_moments;
        delete from core.speed_spans;
        delete from core.tank_plateaus;
        delete from core.fuelled_distances;
        delete from mart.stops;
        delete from mart.trips;
        delete from mart.truck_days;
        delete from mart.trucks;
    end if;

    insert into core.fleet_changes (
        truck_id, day, count_rows, sum_places, last_number, last_file,
        count_misdated
    )
    with misdated as (
        select
            truck_id,
            event_timestamp::date as day,
            count(*) as count_misdated
        from core.misdated_readings
        group by truck_id, event_timestamp::date
    ),

    landed as (
        select
            truck_id,
            event_timestamp::date as day,
            count(*) as count_rows,
            sum(file_row) as sum_places,
            max(sequence_number) as last_number,
            max(file_name) as last_file
        from raw.truck_telemetry
        group by truck_id, event_timestamp::date
    ),

    there as (
        select
            landed.*,
            coalesce(misdated.count_misdated, 0) as count_misdated
        from landed
        left join misdated
            on
                landed.truck_id = misdated.truck_id
                and landed.day = misdated.day
    ),

    final as (
        select
            coalesce(there.truck_id, kept.truck_id) as truck_id,
            coalesce(there.day, kept.day) as day,
            there.count_rows,
            there.sum_places,
            there.last_number,
            there.last_file,
            there.count_misdated
        from there
        full outer join core.fleet_days as kept
            on
                there.truck_id = kept.truck_id
                and there.day = kept.day
        where
            there.count_rows is distinct from kept.count_rows
            or there.sum_places is distinct from kept.sum_places
            or there.last_number is distinct from kept.last_number
            or there.last_file is distinct from kept.last_file
            or there.count_misdated is distinct from kept.count_misdated
    )

    select * from final;

    delete from core.truck_moments
    using core.fleet_changes as changes
    where
        core.truck_moments.truck_id = changes.truck_id
        and core.truck_moments.event_timestamp::date = changes.day;

    insert into core.truck_moments
    select moments.*
    from (
        with readings as (
            select
                *,
                
                iff(
                    odometer_reading between 0 and 10000000, odometer_reading, null
                ) as odometer_km,
                gps_latitude <> 0 or gps_longitude <> 0 as has_fix,
                coalesce(vehicle_speed, gps_speed) as known_speed,
                coalesce(engine_rpm > 0, ignition) as engine_runs
            from core.truck_readings
            where not is_misdated
        ),

        final as (
            select
                truck_id,
                event_timestamp,
                count(*) as count_readings,
                max_by(
                    odometer_km, iff(odometer_km is null, null, sequence_number)
                ) as odometer_km,
                max_by(
                    fuel_used, iff(fuel_used is null, null, sequence_number)
                ) as fuel_used,
                max_by(
                    fuel_rate, iff(fuel_rate is null, null, sequence_number)
                ) as fuel_rate,
                max_by(
                    fuel_consumption,
                    iff(fuel_consumption is null, null, sequence_number)
                ) as fuel_consumption,
                max_by(
                    fuel_level, iff(fuel_level is null, null, sequence_number)
                ) as fuel_level,
                max_by(
                    known_speed, iff(known_speed is null, null, sequence_number)
                ) as speed_kmh,
                max_by(
                    engine_runs, iff(engine_runs is null, null, sequence_number)
                ) as is_running,
                max_by(gps_latitude, iff(has_fix, sequence_number, null)) as latitude,
                max_by(gps_longitude, iff(has_fix, sequence_number, null)) as longitude,
                max_by(
                    vehicle_speed, iff(vehicle_speed is null, null, sequence_number)
                ) as vehicle_speed,
                max_by(
                    engine_rpm, iff(engine_rpm is null, null, sequence_number)
                ) as engine_rpm,
                max_by(
                    engine_temperature,
                    iff(engine_temperature is null, null, sequence_number)
                ) as engine_temperature,
                max_by(
                    oil_pressure, iff(oil_pressure is null, null, sequence_number)
                ) as oil_pressure,
                max_by(
                    battery_voltage,
                    iff(battery_voltage is null, null, sequence_number)
                ) as battery_voltage,
                max_by(
                    transmission_status,
                    iff(transmission_status is null, null, sequence_number)
                ) as transmission_status,
                max_by(
                    brake_status, iff(brake_status is null, null, sequence_number)
                ) as brake_status,
                max_by(
                    environment_temperature,
                    iff(environment_temperature is null, null, sequence_number)
                ) as environment_temperature,
                least_ignore_nulls(
                    max_by(
                        tire_pressure_front_left,
                        iff(tire_pressure_front_left is null, null, sequence_number)
                    ),
                    max_by(
                        tire_pressure_front_right,
                        iff(tire_pressure_front_right is null, null, sequence_number)
                    ),
                    max_by(
                        tire_pressure_rear_left,
                        iff(tire_pressure_rear_left is null, null, sequence_number)
                    ),
                    max_by(
                        tire_pressure_rear_right,
                        iff(tire_pressure_rear_right is null, null, sequence_number)
                    )
                ) as lowest_tire_kpa
            from readings
            group by truck_id, event_timestamp
        )

        select * from final
    ) as moments
    inner join core.fleet_changes as changes
        on
            moments.truck_id = changes.truck_id
            and moments.event_timestamp::date = changes.day
    where
        moments.truck_id in (select truck_id from core.fleet_changes)
        and moments.event_timestamp >= (select min(day) from core.fleet_changes)
        and moments.event_timestamp < dateadd('day', 1, (select max(day) from core.fleet_changes));

    delete from core.speed_spans
    where truck_id in (select truck_id from core.fleet_changes);

    insert into core.speed_spans
    select *
    from (
        with speeds as (
            select
                truck_id,
                event_timestamp,
                speed_kmh,
                is_running,
                datediff(
                    'millisecond',
                    event_timestamp,
                    lead(event_timestamp) over (
                        partition by truck_id
                        order by event_timestamp
                    )
                ) / 3600000 as hours
            from core.truck_moments
            where speed_kmh is not null
        ),

        usual as (
            select
                *,
                median(hours) over (partition by truck_id) as usual_hours
            from speeds
        ),

        final as (
            select
                truck_id,
                event_timestamp,
                speed_kmh,
                is_running,
                iff(hours <= 5 * usual_hours, hours, null) as hours
            from usual
        )

        select * from final
    )
    where truck_id in (select truck_id from core.fleet_changes);

    delete from core.tank_plateaus
    where truck_id in (select truck_id from core.fleet_changes);

    insert into core.tank_plateaus
    select *
    from (
        with moments as (
            select
                truck_id,
                event_timestamp,
                fuel_level,
                last_value(speed_kmh ignore nulls) over (
                    partition by truck_id
                    order by event_timestamp
                    rows between unbounded preceding and current row
                ) as speed_kmh,
                last_value(odometer_km ignore nulls) over (
                    partition by truck_id
                    order by event_timestamp
                    rows between unbounded preceding and current row
                ) as odometer_km
            from core.truck_moments
        ),

        levels as (
            select
                *,
                lag(fuel_level) over (
                    partition by truck_id
                    order by event_timestamp
                ) as level_before,
                count_if(speed_kmh >= 1) over (
                    partition by truck_id
                    order by event_timestamp
                    rows between unbounded preceding and current row
                ) as stand_number
            from moments
            where fuel_level is not null
        ),

        runs as (
            select
                *,
                count_if(fuel_level <> level_before) over (
                    partition by truck_id
                    order by event_timestamp
                    rows between unbounded preceding and current row
                ) as run_number
            from levels
        ),

        counted as (
            select
                *,
                count_if(speed_kmh >= 1) over (
                    partition by truck_id, run_number
                ) as count_moving
            from runs
        ),

        still as (
            select
                *,
                abs(fuel_level - lag(fuel_level) over (
                    partition by truck_id
                    order by event_timestamp
                )) as step,
                lag(stand_number) over (
                    partition by truck_id
                    order by event_timestamp
                ) as stand_before
            from counted
            where speed_kmh < 1
            qualify
                count_moving
                <= 5 + 10 * median(count_moving) over (partition by truck_id)
        ),

        parted as (
            select
                *,
                stand_number <> stand_before
                or step >= greatest(
                    1, 9 * median(step) over (partition by truck_id)
                ) as is_new
            from still
        ),

        numbered as (
            select
                *,
                count_if(is_new) over (
                    partition by truck_id
                    order by event_timestamp
                    rows between unbounded preceding and current row
                ) as plateau_number
            from parted
        ),

        placed as (
            select
                *,
                row_number() over (
                    partition by truck_id, plateau_number
                    order by event_timestamp desc
                ) as place_from_end,
                count(*) over (partition by truck_id, plateau_number) as count_levels,
                count_levels - place_from_end as count_before
            from numbered
        ),

        final as (
            select
                truck_id,
                plateau_number,
                min(stand_number) as stand_number,
                min(event_timestamp) as began_at,
                max(event_timestamp) as ended_at,
                count(*) as count_levels,
                avg(
                    iff(
                        count_before between least(1, count_levels - 1) and 5,
                        fuel_level,
                        null
                    )
                ) as level_first,
                avg(iff(place_from_end <= 5, fuel_level, null)) as level_last,
                min(odometer_km) as odometer_first_km,
                max(odometer_km) as odometer_last_km
            from placed
            group by truck_id, plateau_number
        )

        select * from final
    )
    where truck_id in (select truck_id from core.fleet_changes);

    delete from core.fuelled_distances
    where truck_id in (select truck_id from core.fleet_changes);

    insert into core.fuelled_distances
    select *
    from (
        with moments as (
            select
                truck_id,
                step_number,
                fuel_number,
                fuel_source,
                event_timestamp::date as day,
                datediff(
                    'microsecond',
                    lag(event_timestamp) over (
                        partition by truck_id
                        order by event_timestamp
                    ),
                    event_timestamp
                ) / 3600000000 as hours
            from core.measured_moments
        ),

        shares as (
            select
                moments.truck_id,
                moments.day,
                driven.step_km * moments.hours / driven.hours as kilometres,
                iff(
                    moments.fuel_source = 'consumption',
                    driven.fuel_consumption * kilometres / 100,
                    burnt.litres * moments.hours / burnt.hours
                ) as litres
            from moments
            inner join core.distance_steps as driven
                on
                    moments.truck_id = driven.truck_id
                    and moments.step_number = driven.step_number
            left join core.fuel_spans as burnt
                on
                    moments.truck_id = burnt.truck_id
                    and moments.fuel_number = burnt.fuel_number
        ),

        final as (
            select
                truck_id,
                day,
                sum(kilometres) as fuelled_km,
                sum(litres) as fuelled_litres
            from shares
            where kilometres is not null and litres is not null
            group by truck_id, day
        )

        select * from final
    )
    where truck_id in (select truck_id from core.fleet_changes);

    delete from mart.stops
    where truck_id in (select truck_id from core.fleet_changes);

    insert into mart.stops
    select *
    from (
        with marked as (
            select
                *,
                lag(is_standing) over (
                    partition by truck_id
                    order by began_at
                ) as stood,
                lead(is_standing) over (
                    partition by truck_id
                    order by began_at
                ) as will_stand,
                lag(moves_until) over (
                    partition by truck_id
                    order by began_at
                ) as moved_until,
                lead(moves_from) over (
                    partition by truck_id
                    order by began_at
                ) as moves_on_from
            from core.movements
        ),


        timed as (
            select
                *,
                count_if(is_standing and not coalesce(stood, false)) over (
                    partition by truck_id
                    order by began_at
                    rows between unbounded preceding and current row
                ) as stop_number,
                iff(not stood, moved_until, began_at) as arrived_at,
                iff(not will_stand, moves_on_from, ended_at) as left_at
            from marked
        ),

        spells as (
            select
                truck_id,
                stop_number,
                min(arrived_at) as arrived_at,
                max(left_at) as left_at,
                sum(seconds) as seen_seconds,
                count_if(moves_on_from is null) > 0 as is_last,
                max_by(latitude_after, began_at) as latitude,
                max_by(longitude_after, began_at) as longitude,
                iff(
                    count(is_running) = count(*),
                    sum(iff(is_running, seconds, 0)),
                    null
                ) as engine_seconds
            from timed
            where is_standing
            group by truck_id, stop_number
        ),

        final as (
            select
                truck_id,
                stop_number,
                arrived_at,
                left_at,
                datediff('second', arrived_at, left_at) as seconds,
                seen_seconds,
                is_last,
                latitude,
                longitude,
                engine_seconds
            from spells
            where datediff('second', arrived_at, left_at) >= 60
        )

        select * from final
    )
    where truck_id in (select truck_id from core.fleet_changes);

    delete from mart.trips
    where truck_id in (select truck_id from core.fleet_changes);

    insert into mart.trips
    select *
    from (
        with marked as (
            select
                *,
                coalesce(is_standing, false) as stands,
                coalesce(
                    lag(is_standing) over (
                        partition by truck_id
                        order by began_at
                    ),
                    false
                ) as stood
            from core.movements
        ),

        numbered as (
            select
                *,
                count_if(stands <> stood) over (
                    partition by truck_id
                    order by began_at
                    rows between unbounded preceding and current row
                ) as spell_number
            from marked
        ),

        spells as (
            select
                *,
                stands
                and sum(seconds) over (partition by truck_id, spell_number) >= 120
                    as is_stop
            from numbered
        ),

        parted as (
            select
                *,
                count_if(is_stop) over (
                    partition by truck_id
                    order by began_at
                    rows between unbounded preceding and current row
                ) as trip_number
            from spells
        ),

        trips as (
            select
                truck_id,
                min_by(moves_from, began_at) as began_at,
                max_by(moves_until, began_at) as ended_at,
                min_by(latitude, began_at) as latitude_from,
                min_by(longitude, began_at) as longitude_from,
                max_by(latitude_after, began_at) as latitude_to,
                max_by(longitude_after, began_at) as longitude_to,
                sum(iff(stands, 0, step_km)) as distance_km,
                sum(iff(not is_standing, seconds, 0)) as moving_seconds,
                sum(iff(is_standing, seconds, 0)) as standing_seconds,
                sum(iff(is_standing is null, seconds, 0)) as unknown_seconds
            from parted
            where not is_stop
            group by truck_id, trip_number
        ),

        final as (
            select
                truck_id,
                row_number() over (
                    partition by truck_id
                    order by began_at
                ) as trip_number,
                began_at,
                ended_at,
                latitude_from,
                longitude_from,
                latitude_to,
                longitude_to,
                distance_km,
                moving_seconds,
                standing_seconds,
                unknown_seconds
            from trips
            where moving_seconds > 0
        )

        select * from final
    )
    where truck_id in (select truck_id from core.fleet_changes);

    delete from mart.truck_days
    where truck_id in (select truck_id from core.fleet_changes);

    insert into mart.truck_days
    select *
    from (
        with fuel as (
            select
                truck_id,
                day,
                sum(litres) as litres,
                sum(tank_percent) as tank_percent
            from core.fuel_spans
            group by truck_id, day
        ),

        distances as (
            select
                truck_id,
                day,
                iff(has_odometer, 'odometer', 'positions') as distance_source,
                sum(step_km) as distance_km,
                sum(fuel_consumption * step_km / 100) as litres,
                count_if(step_km is null) as count_left_out
            from core.distance_steps
            group by truck_id, day, has_odometer
        ),

        movements as (
            select
                truck_id,
                event_timestamp::date as day,
                sum(hours) as known_hours,
                sum(iff(speed_kmh > 1, hours, 0)) as moving_hours,
                sum(iff(speed_kmh > 1, hours * speed_kmh, null))
                / sum(iff(speed_kmh > 1, hours, null)) as moving_speed_kmh
            from core.speed_spans
            where hours is not null
            group by truck_id, event_timestamp::date
        ),

        trucks as (
            select
                truck_id,
                max(fuel_source) as fuel_source
            from core.measured_moments
            group by truck_id
        ),

        days as (
            select
                truck_id,
                event_timestamp::date as day,
                sum(count_readings) as count_readings,
                max(speed_kmh) as highest_speed_kmh,
                min(lowest_tire_kpa) as lowest_tire_pressure_kpa
            from core.truck_moments
            group by truck_id, event_timestamp::date
        ),

        final as (
            select
                days.truck_id,
                days.day,
                days.count_readings,
                distances.distance_km,
                distances.distance_source,
                distances.count_left_out,
                iff(
                    trucks.fuel_source = 'consumption', distances.litres, fuel.litres
                ) as fuel_litres,
                fuelled.fuelled_km,
                fuelled.fuelled_litres,
                trucks.fuel_source,
                fuel.tank_percent,
                movements.known_hours,
                movements.moving_hours,
                movements.moving_speed_kmh,
                days.highest_speed_kmh,
                days.lowest_tire_pressure_kpa
            from days
            inner join trucks
                on days.truck_id = trucks.truck_id
            left join distances
                on
                    days.truck_id = distances.truck_id
                    and days.day = distances.day
            left join fuel
                on
                    days.truck_id = fuel.truck_id
                    and days.day = fuel.day
            left join core.fuelled_distances as fuelled
                on
                    days.truck_id = fuelled.truck_id
                    and days.day = fuelled.day
            left join movements
                on
                    days.truck_id = movements.truck_id
                    and days.day = movements.day
        )

        select * from final
    )
    where truck_id in (select truck_id from core.fleet_changes);

    delete from mart.trucks
    where truck_id in (select truck_id from core.fleet_changes);

    insert into mart.trucks
    select *
    from (
        with fixes as (
            select
                truck_id,
                max_by(latitude, event_timestamp) as gps_latitude,
                max_by(longitude, event_timestamp) as gps_longitude,
                max(event_timestamp) as position_at
            from core.truck_fixes
            group by truck_id
        ),

        signals as (
            select
                truck_id,
                max(event_timestamp) as read_at,
                max_by(speed_kmh, iff(speed_kmh is null, null, event_timestamp))
                    as speed_kmh,
                max(iff(speed_kmh is null, null, event_timestamp)) as speed_at,
                max_by(fuel_level, iff(fuel_level is null, null, event_timestamp))
                    as fuel_level,
                max(iff(fuel_level is null, null, event_timestamp)) as fuel_level_at,
                max_by(
                    engine_temperature,
                    iff(engine_temperature is null, null, event_timestamp)
                ) as engine_temperature,
                max(iff(engine_temperature is null, null, event_timestamp))
                    as engine_temperature_at,
                max_by(odometer_km, iff(odometer_km is null, null, event_timestamp))
                    as odometer_reading,
                max(iff(odometer_km is null, null, event_timestamp)) as odometer_at,
                max_by(brake_status, iff(brake_status is null, null, event_timestamp))
                    as brake_status,
                max(iff(brake_status is null, null, event_timestamp))
                    as brake_status_at,
                max_by(
                    lowest_tire_kpa,
                    iff(lowest_tire_kpa is null, null, event_timestamp)
                ) as lowest_tire_pressure_kpa,
                max(iff(lowest_tire_kpa is null, null, event_timestamp))
                    as tire_pressure_at
            from core.truck_moments
            group by truck_id
        ),

        misdated as (
            select
                truck_id,
                count(*) as count_misdated
            from core.misdated_readings
            group by truck_id
        ),

        final as (
            select
                signals.truck_id,
                signals.read_at,
                fixes.gps_latitude,
                fixes.gps_longitude,
                fixes.position_at,
                signals.speed_kmh,
                signals.speed_at,
                signals.fuel_level,
                signals.fuel_level_at,
                signals.engine_temperature,
                signals.engine_temperature_at,
                signals.odometer_reading,
                signals.odometer_at,
                signals.brake_status,
                signals.brake_status_at,
                signals.lowest_tire_pressure_kpa,
                signals.tire_pressure_at,
                coalesce(misdated.count_misdated, 0) as count_misdated
            from signals
            left join fixes
                on signals.truck_id = fixes.truck_id
            left join misdated
                on signals.truck_id = misdated.truck_id
        )

        select * from final
    )
    where truck_id in (select truck_id from core.fleet_changes);

    delete from core.fleet_days
    using core.fleet_changes as changes
    where
        core.fleet_days.truck_id = changes.truck_id
        and core.fleet_days.day = changes.day;

    insert into core.fleet_days
    select *
    from core.fleet_changes
    where count_rows is not null;

    delete from core.fleet_changes;

    update core.fleet_refresh
    set models = :queries;

    commit;
    return 'refreshed';
exception
    when other then
        rollback;
        raise;
end;
$$;

-- No number of failures suspends it: the next run may succeed.
create or replace task core.fleet_merge
    warehouse = {{ warehouse }}
    schedule = '{{ merge_minutes }} minutes'
    overlap_policy = no_overlap
    timezone = 'UTC', lock_timeout = 30
    user_task_timeout_ms = 3600000
    suspend_task_after_num_failures = 0
when
    system$stream_has_data('core.fleet_news_1')
as
call core.fleet_merge_now();

alter task core.fleet_merge resume;
