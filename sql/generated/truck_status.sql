-- Generated from sql/history: do not edit. The task that merges TRUCK_STATUS
-- in the cloud, as "cartwheel history task TRUCK_STATUS" prints it.
-- A stream on each raw table says that something came, and is emptied in the
-- merge's own transaction; what is new is decided by the claims alone, so that
-- neither a stale stream nor a merge by hand can lose or duplicate a row.
create stream if not exists core.truck_status_news_1
on table raw.truck_telemetry
append_only = true
show_initial_rows = true;

create stream if not exists core.truck_status_news_2
on table raw.operations
append_only = true
show_initial_rows = true;

create or replace procedure core.truck_status_merge_now()
returns varchar
language sql
execute as owner
as
$$
declare
    files_lost exception (-20001, 'RAW lost rows that were merged before.');
    merge_id varchar := uuid_string();
    holder varchar := 'task core.truck_status_merge';
    count_lost integer := 0;
    count_late integer := 0;
begin
    insert into core.history_merges (
        history_name, merge_id, outcome, holder, told_at
    )
    select
        'TRUCK_STATUS' as history_name,
        :merge_id as merge_id,
        'began' as outcome,
        :holder as holder,
        current_timestamp() as told_at;

    begin transaction;

    -- Another merge is at work: it takes what we would have taken, or the
    -- next run does. Error 625 is a lock timeout.
    begin
    update core.truck_status_lock
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
                'TRUCK_STATUS' as history_name,
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
        'TRUCK_STATUS' as history_name,
        file_name,
        file_row as first_row,
        file_row as last_row,
        :merge_id as merge_id,
        current_timestamp() as claimed_at
    from core.truck_status_news_1
    where false;

    insert into core.history_files (
        history_name, file_name, first_row, last_row, merge_id, claimed_at
    )
    select
        'TRUCK_STATUS' as history_name,
        file_name,
        file_row as first_row,
        file_row as last_row,
        :merge_id as merge_id,
        current_timestamp() as claimed_at
    from core.truck_status_news_2
    where false;

    insert into core.truck_status_changed (file_name)
    with landed as (
        select
            file_name,
            count(*) as count_rows,
            sum(file_row) as sum_rows,
            sum(file_row * file_row) as sum_squares
        from raw.truck_telemetry
        group by file_name
        union all
        select
            file_name,
            count(*) as count_rows,
            sum(file_row) as sum_rows,
            sum(file_row * file_row) as sum_squares
        from raw.operations
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
        where history_name = 'TRUCK_STATUS'
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
        inner join core.truck_status_changed as changed
            on raw_rows.file_name = changed.file_name
        inner join core.history_files as claims
            on
                claims.history_name = 'TRUCK_STATUS'
                and raw_rows.file_name = claims.file_name
        where
            raw_rows.file_row between claims.first_row and claims.last_row
        group by raw_rows.file_name
        union all
        select
            raw_rows.file_name,
            count(distinct raw_rows.file_row) as count_rows
        from raw.operations as raw_rows
        inner join core.truck_status_changed as changed
            on raw_rows.file_name = changed.file_name
        inner join core.history_files as claims
            on
                claims.history_name = 'TRUCK_STATUS'
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
        inner join core.truck_status_changed as changed
            on claims.file_name = changed.file_name
        where claims.history_name = 'TRUCK_STATUS'
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
        inner join core.truck_status_changed as changed
            on raw_rows.file_name = changed.file_name
        left join core.history_files as claims
            on
                claims.history_name = 'TRUCK_STATUS'
                and raw_rows.file_name = claims.file_name
                and raw_rows.file_row between claims.first_row and claims.last_row
        where claims.file_name is null
        union all
        select distinct
            raw_rows.file_name,
            raw_rows.file_row
        from raw.operations as raw_rows
        inner join core.truck_status_changed as changed
            on raw_rows.file_name = changed.file_name
        left join core.history_files as claims
            on
                claims.history_name = 'TRUCK_STATUS'
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
            'TRUCK_STATUS' as history_name,
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
    insert into core.truck_status_new_times (
        truck_id,
        happened_at,
        last_at,
        changed_at,
        is_open,
        is_deleted,
        brake_status,
        transmission_status,
        tire_band_front_left,
        tire_band_front_right,
        tire_band_rear_left,
        tire_band_rear_right,
        engine_state,
        in_service
    )
    with news as (
        select
            raw_rows.truck_id,
            raw_rows.event_timestamp as happened_at,
            false as is_deleted,
            raw_rows.brake_status,
            raw_rows.transmission_status,
            case
                when raw_rows.tire_pressure_front_left < 570.0 then 'flat'
                when raw_rows.tire_pressure_front_left < 690.0 then 'low'
                when raw_rows.tire_pressure_front_left < 900.0 then 'normal'
                when raw_rows.tire_pressure_front_left is not null then 'high'
            end as tire_band_front_left,
            case
                when raw_rows.tire_pressure_front_right < 570.0 then 'flat'
                when raw_rows.tire_pressure_front_right < 690.0 then 'low'
                when raw_rows.tire_pressure_front_right < 900.0 then 'normal'
                when raw_rows.tire_pressure_front_right is not null then 'high'
            end as tire_band_front_right,
            case
                when raw_rows.tire_pressure_rear_left < 570.0 then 'flat'
                when raw_rows.tire_pressure_rear_left < 690.0 then 'low'
                when raw_rows.tire_pressure_rear_left < 900.0 then 'normal'
                when raw_rows.tire_pressure_rear_left is not null then 'high'
            end as tire_band_rear_left,
            case
                when raw_rows.tire_pressure_rear_right < 570.0 then 'flat'
                when raw_rows.tire_pressure_rear_right < 690.0 then 'low'
                when raw_rows.tire_pressure_rear_right < 900.0 then 'normal'
                when raw_rows.tire_pressure_rear_right is not null then 'high'
            end as tire_band_rear_right,
            case
                when raw_rows.engine_rpm < 1.0 then 'off'
                when raw_rows.engine_rpm is not null then 'running'
            end as engine_state,
            null as in_service
        from raw.truck_telemetry as raw_rows
        inner join core.history_files as claims
            on
                claims.history_name = 'TRUCK_STATUS'
                and claims.merge_id = cast(:merge_id as varchar)
                and raw_rows.file_name = claims.file_name
        where
            raw_rows.file_row between claims.first_row and claims.last_row
            and raw_rows.truck_id is not null
        union all
        select
            raw_rows.truck_id,
            raw_rows.event_timestamp as happened_at,
            false as is_deleted,
            null as brake_status,
            null as transmission_status,
            null as tire_band_front_left,
            null as tire_band_front_right,
            null as tire_band_rear_left,
            null as tire_band_rear_right,
            null as engine_state,
            raw_rows.service = 'in_service' as in_service
        from raw.operations as raw_rows
        inner join core.history_files as claims
            on
                claims.history_name = 'TRUCK_STATUS'
                and claims.merge_id = cast(:merge_id as varchar)
                and raw_rows.file_name = claims.file_name
        where
            raw_rows.file_row between claims.first_row and claims.last_row
            and raw_rows.truck_id is not null
            and raw_rows.operation in ('truck_service')
            and raw_rows.service in ('in_service', 'out_of_service')
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
                news.brake_status is null
                or news.brake_status is not distinct from currents.brake_status
            )
            and (
                news.transmission_status is null
                or news.transmission_status is not distinct from currents.transmission_status
            )
            and (
                news.tire_band_front_left is null
                or news.tire_band_front_left is not distinct from currents.tire_band_front_left
            )
            and (
                news.tire_band_front_right is null
                or news.tire_band_front_right is not distinct from currents.tire_band_front_right
            )
            and (
                news.tire_band_rear_left is null
                or news.tire_band_rear_left is not distinct from currents.tire_band_rear_left
            )
            and (
                news.tire_band_rear_right is null
                or news.tire_band_rear_right is not distinct from currents.tire_band_rear_right
            )
            and (
                news.engine_state is null
                or news.engine_state is not distinct from currents.engine_state
            )
            and (
                news.in_service is null
                or news.in_service is not distinct from currents.in_service
            ) as is_known
        from news
        left join core.truck_status as currents
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
            null as brake_status,
            null as transmission_status,
            null as tire_band_front_left,
            null as tire_band_front_right,
            null as tire_band_rear_left,
            null as tire_band_rear_right,
            null as engine_state,
            null as in_service
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
            brake_status,
            transmission_status,
            tire_band_front_left,
            tire_band_front_right,
            tire_band_rear_left,
            tire_band_rear_right,
            engine_state,
            in_service
        from compared
        where not is_open
    )

    select * from final;

    insert into core.truck_status_regions (
        truck_id,
        region_from,
        region_to,
        brake_status,
        transmission_status,
        tire_band_front_left,
        tire_band_front_right,
        tire_band_rear_left,
        tire_band_rear_right,
        engine_state,
        in_service
    )
    with late_keys as (
        select distinct truck_id
        from core.truck_status_new_times
        where not is_open
    ),

    final as (
        select
            news.truck_id,
            coalesce(befores.effective_from, news.changed_at) as region_from,
            cast(null as timestamp_ntz) as region_to,
            befores.brake_status,
            befores.transmission_status,
            befores.tire_band_front_left,
            befores.tire_band_front_right,
            befores.tire_band_rear_left,
            befores.tire_band_rear_right,
            befores.engine_state,
            befores.in_service
        from core.truck_status_new_times as news
        left join late_keys
            on
                news.truck_id = late_keys.truck_id
        left join core.truck_status as befores
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
    from core.truck_status_new_times
    where not is_open
        );

        if (count_late > 0) then
    insert into core.truck_status_regions (
        truck_id,
        region_from,
        region_to,
        brake_status,
        transmission_status,
        tire_band_front_left,
        tire_band_front_right,
        tire_band_rear_left,
        tire_band_rear_right,
        engine_state,
        in_service
    )
    with counted as (
        select
            *,
            sum(iff(is_open, 0, 1)) over (
                partition by
                    truck_id
            ) as count_late
        from core.truck_status_new_times
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
            brake_status,
            transmission_status,
            tire_band_front_left,
            tire_band_front_right,
            tire_band_rear_left,
            tire_band_rear_right,
            engine_state,
            in_service
        from counted
        where not is_open and count_late <= 50
        union all
        select
            truck_id,
            min(changed_at) as point_at,
            true as is_open,
            false as is_deleted,
            0 as point_number,
            null as brake_status,
            null as transmission_status,
            null as tire_band_front_left,
            null as tire_band_front_right,
            null as tire_band_rear_left,
            null as tire_band_rear_right,
            null as engine_state,
            null as in_service
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
        from core.truck_status as history
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
            outlooks.brake_status as brake_status_told,
            history.brake_status,
            history.brake_status is distinct from lag(history.brake_status) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_1,
            outlooks.transmission_status as transmission_status_told,
            history.transmission_status,
            history.transmission_status is distinct from lag(history.transmission_status) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_2,
            outlooks.tire_band_front_left as tire_band_front_left_told,
            history.tire_band_front_left,
            history.tire_band_front_left is distinct from lag(history.tire_band_front_left) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_3,
            outlooks.tire_band_front_right as tire_band_front_right_told,
            history.tire_band_front_right,
            history.tire_band_front_right is distinct from lag(history.tire_band_front_right) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_4,
            outlooks.tire_band_rear_left as tire_band_rear_left_told,
            history.tire_band_rear_left,
            history.tire_band_rear_left is distinct from lag(history.tire_band_rear_left) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_5,
            outlooks.tire_band_rear_right as tire_band_rear_right_told,
            history.tire_band_rear_right,
            history.tire_band_rear_right is distinct from lag(history.tire_band_rear_right) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_6,
            outlooks.engine_state as engine_state_told,
            history.engine_state,
            history.engine_state is distinct from lag(history.engine_state) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_7,
            outlooks.in_service as in_service_told,
            history.in_service,
            history.in_service is distinct from lag(history.in_service) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_8
        from outlooks
        left join core.truck_status as history
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
            max(iff(brake_status_told is null, 0, 1)) as tells_1,
            max(iff(
                holds and brake_status is distinct from brake_status_told, 1, 0
            )) as differs_1,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_1,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_1,
            max(iff(transmission_status_told is null, 0, 1)) as tells_2,
            max(iff(
                holds and transmission_status is distinct from transmission_status_told, 1, 0
            )) as differs_2,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_2,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_2,
            max(iff(tire_band_front_left_told is null, 0, 1)) as tells_3,
            max(iff(
                holds and tire_band_front_left is distinct from tire_band_front_left_told, 1, 0
            )) as differs_3,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_3,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_3,
            max(iff(tire_band_front_right_told is null, 0, 1)) as tells_4,
            max(iff(
                holds and tire_band_front_right is distinct from tire_band_front_right_told, 1, 0
            )) as differs_4,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_4,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_4,
            max(iff(tire_band_rear_left_told is null, 0, 1)) as tells_5,
            max(iff(
                holds and tire_band_rear_left is distinct from tire_band_rear_left_told, 1, 0
            )) as differs_5,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_5,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_5,
            max(iff(tire_band_rear_right_told is null, 0, 1)) as tells_6,
            max(iff(
                holds and tire_band_rear_right is distinct from tire_band_rear_right_told, 1, 0
            )) as differs_6,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_6,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_6,
            max(iff(engine_state_told is null, 0, 1)) as tells_7,
            max(iff(
                holds and engine_state is distinct from engine_state_told, 1, 0
            )) as differs_7,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_7,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_7,
            max(iff(in_service_told is null, 0, 1)) as tells_8,
            max(iff(
                holds and in_service is distinct from in_service_told, 1, 0
            )) as differs_8,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_8,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_8
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
            brake_status,
            transmission_status,
            tire_band_front_left,
            tire_band_front_right,
            tire_band_rear_left,
            tire_band_rear_right,
            engine_state,
            in_service
        from nearby
        where effective_from < point_at
    ),

    final as (
        select
            regions.truck_id,
            regions.region_from,
            regions.region_to,
            starts.brake_status,
            starts.transmission_status,
            starts.tire_band_front_left,
            starts.tire_band_front_right,
            starts.tire_band_rear_left,
            starts.tire_band_rear_right,
            starts.engine_state,
            starts.in_service
        from regions
        left join starts
            on
                regions.truck_id = starts.truck_id
                and regions.region_from = starts.effective_from
    )

    select * from final;
        end if;

    delete from core.truck_status
    using core.truck_status_regions as regions
    where
        truck_status.truck_id = regions.truck_id
        and truck_status.effective_from >= regions.region_from
        and (
            regions.region_to is null
            or truck_status.effective_from < regions.region_to
        );

    insert into core.truck_status (
        truck_id,
        effective_from,
        effective_to,
        is_current,
        load_timestamp,
        brake_status,
        transmission_status,
        tire_band_front_left,
        tire_band_front_right,
        tire_band_rear_left,
        tire_band_rear_right,
        engine_state,
        in_service
    )
    with candidates_1 as (
        select
            raw_rows.truck_id,
            raw_rows.event_timestamp as happened_at,
            raw_rows.arrived_at,
            raw_rows.brake_status,
            raw_rows.transmission_status,
            case
                when raw_rows.tire_pressure_front_left < 570.0 then 'flat'
                when raw_rows.tire_pressure_front_left < 690.0 then 'low'
                when raw_rows.tire_pressure_front_left < 900.0 then 'normal'
                when raw_rows.tire_pressure_front_left is not null then 'high'
            end as tire_band_front_left,
            case
                when raw_rows.tire_pressure_front_right < 570.0 then 'flat'
                when raw_rows.tire_pressure_front_right < 690.0 then 'low'
                when raw_rows.tire_pressure_front_right < 900.0 then 'normal'
                when raw_rows.tire_pressure_front_right is not null then 'high'
            end as tire_band_front_right,
            case
                when raw_rows.tire_pressure_rear_left < 570.0 then 'flat'
                when raw_rows.tire_pressure_rear_left < 690.0 then 'low'
                when raw_rows.tire_pressure_rear_left < 900.0 then 'normal'
                when raw_rows.tire_pressure_rear_left is not null then 'high'
            end as tire_band_rear_left,
            case
                when raw_rows.tire_pressure_rear_right < 570.0 then 'flat'
                when raw_rows.tire_pressure_rear_right < 690.0 then 'low'
                when raw_rows.tire_pressure_rear_right < 900.0 then 'normal'
                when raw_rows.tire_pressure_rear_right is not null then 'high'
            end as tire_band_rear_right,
            case
                when raw_rows.engine_rpm < 1.0 then 'off'
                when raw_rows.engine_rpm is not null then 'running'
            end as engine_state,
            regions.region_from,
            regions.region_to
        from raw.truck_telemetry as raw_rows
        inner join core.truck_status_regions as regions
            on
                raw_rows.truck_id = regions.truck_id
                and raw_rows.event_timestamp >= regions.region_from
                and (
                    regions.region_to is null
                    or raw_rows.event_timestamp < regions.region_to
                )
        inner join core.history_files as claims
            on
                claims.history_name = 'TRUCK_STATUS'
                and raw_rows.file_name = claims.file_name
        where
            raw_rows.file_row between claims.first_row and claims.last_row
            and raw_rows.event_timestamp
            >= (select min(region_from) from core.truck_status_regions)
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
            raw_rows.brake_status,
            raw_rows.transmission_status,
            case
                when raw_rows.tire_pressure_front_left < 570.0 then 'flat'
                when raw_rows.tire_pressure_front_left < 690.0 then 'low'
                when raw_rows.tire_pressure_front_left < 900.0 then 'normal'
                when raw_rows.tire_pressure_front_left is not null then 'high'
            end as tire_band_front_left,
            case
                when raw_rows.tire_pressure_front_right < 570.0 then 'flat'
                when raw_rows.tire_pressure_front_right < 690.0 then 'low'
                when raw_rows.tire_pressure_front_right < 900.0 then 'normal'
                when raw_rows.tire_pressure_front_right is not null then 'high'
            end as tire_band_front_right,
            case
                when raw_rows.tire_pressure_rear_left < 570.0 then 'flat'
                when raw_rows.tire_pressure_rear_left < 690.0 then 'low'
                when raw_rows.tire_pressure_rear_left < 900.0 then 'normal'
                when raw_rows.tire_pressure_rear_left is not null then 'high'
            end as tire_band_rear_left,
            case
                when raw_rows.tire_pressure_rear_right < 570.0 then 'flat'
                when raw_rows.tire_pressure_rear_right < 690.0 then 'low'
                when raw_rows.tire_pressure_rear_right < 900.0 then 'normal'
                when raw_rows.tire_pressure_rear_right is not null then 'high'
            end as tire_band_rear_right,
            case
                when raw_rows.engine_rpm < 1.0 then 'off'
                when raw_rows.engine_rpm is not null then 'running'
            end as engine_state,
            regions.region_from,
            regions.region_to
        from raw.truck_telemetry as raw_rows
        inner join core.truck_status_regions as regions
            on
                raw_rows.truck_id = regions.truck_id
                and raw_rows.event_timestamp >= regions.region_from
                and (
                    regions.region_to is null
                    or raw_rows.event_timestamp < regions.region_to
                )
        inner join core.history_files as claims
            on
                claims.history_name = 'TRUCK_STATUS'
                and raw_rows.file_name = claims.file_name
        where
            raw_rows.file_row between claims.first_row and claims.last_row
            and raw_rows.event_timestamp
            >= (select min(region_from) from core.truck_status_regions)
    ),

    rows_1 as (
        select
            candidates_1.truck_id,
            candidates_1.happened_at,
            candidates_1.arrived_at,
            candidates_1.region_from,
            candidates_1.region_to,
            candidates_1.brake_status,
            candidates_1.transmission_status,
            candidates_1.tire_band_front_left,
            candidates_1.tire_band_front_right,
            candidates_1.tire_band_rear_left,
            candidates_1.tire_band_rear_right,
            candidates_1.engine_state,
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
            rivalling_1.brake_status,
            rivalling_1.transmission_status,
            rivalling_1.tire_band_front_left,
            rivalling_1.tire_band_front_right,
            rivalling_1.tire_band_rear_left,
            rivalling_1.tire_band_rear_right,
            rivalling_1.engine_state,
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

    candidates_2 as (
        select
            raw_rows.truck_id,
            raw_rows.event_timestamp as happened_at,
            raw_rows.arrived_at,
            raw_rows.service = 'in_service' as in_service,
            regions.region_from,
            regions.region_to
        from raw.operations as raw_rows
        inner join core.truck_status_regions as regions
            on
                raw_rows.truck_id = regions.truck_id
                and raw_rows.event_timestamp >= regions.region_from
                and (
                    regions.region_to is null
                    or raw_rows.event_timestamp < regions.region_to
                )
        inner join core.history_files as claims
            on
                claims.history_name = 'TRUCK_STATUS'
                and raw_rows.file_name = claims.file_name
        where
            raw_rows.file_row between claims.first_row and claims.last_row
            and raw_rows.event_timestamp
            >= (select min(region_from) from core.truck_status_regions)
            and raw_rows.operation in ('truck_service')
            and raw_rows.service in ('in_service', 'out_of_service')
    ),

    rivals_2 as (
        select
            truck_id,
            happened_at
        from candidates_2
        group by
            truck_id,
            happened_at
        having count(*) > 1
    ),

    rivalling_2 as (
        select
            raw_rows.truck_id,
            raw_rows.event_timestamp as happened_at,
            raw_rows.arrived_at,
            raw_rows.sequence_number as sequence_number_of_row,
            raw_rows.shard_id as shard_id_of_row,
            raw_rows.event_id as event_id_of_row,
            raw_rows.file_name as file_name_of_row,
            raw_rows.file_row as file_row_of_row,
            raw_rows.service = 'in_service' as in_service,
            regions.region_from,
            regions.region_to
        from raw.operations as raw_rows
        inner join core.truck_status_regions as regions
            on
                raw_rows.truck_id = regions.truck_id
                and raw_rows.event_timestamp >= regions.region_from
                and (
                    regions.region_to is null
                    or raw_rows.event_timestamp < regions.region_to
                )
        inner join core.history_files as claims
            on
                claims.history_name = 'TRUCK_STATUS'
                and raw_rows.file_name = claims.file_name
        where
            raw_rows.file_row between claims.first_row and claims.last_row
            and raw_rows.event_timestamp
            >= (select min(region_from) from core.truck_status_regions)
            and raw_rows.operation in ('truck_service')
            and raw_rows.service in ('in_service', 'out_of_service')
    ),

    rows_2 as (
        select
            candidates_2.truck_id,
            candidates_2.happened_at,
            candidates_2.arrived_at,
            candidates_2.region_from,
            candidates_2.region_to,
            candidates_2.in_service,
            1 as place_in_tie
        from candidates_2
        left join rivals_2
            on
                candidates_2.truck_id = rivals_2.truck_id
                and candidates_2.happened_at
                = rivals_2.happened_at
        where rivals_2.happened_at is null
        union all
        select
            rivalling_2.truck_id,
            rivalling_2.happened_at,
            rivalling_2.arrived_at,
            rivalling_2.region_from,
            rivalling_2.region_to,
            rivalling_2.in_service,
            row_number() over (
                partition by
                    rivalling_2.truck_id,
                    rivalling_2.happened_at
                order by
                    rivalling_2.sequence_number_of_row desc,
                    rivalling_2.shard_id_of_row desc,
                    rivalling_2.event_id_of_row desc,
                    rivalling_2.file_name_of_row desc,
                    rivalling_2.file_row_of_row desc
            ) as place_in_tie
        from rivalling_2
        inner join rivals_2
            on
                rivalling_2.truck_id = rivals_2.truck_id
                and rivalling_2.happened_at
                = rivals_2.happened_at
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
            brake_status,
            transmission_status,
            tire_band_front_left,
            tire_band_front_right,
            tire_band_rear_left,
            tire_band_rear_right,
            engine_state,
            null as in_service
        from rows_1
        union all
        select
            truck_id,
            happened_at,
            region_from,
            region_to,
            arrived_at,
            place_in_tie,
            2 as source_number,
            null as brake_status,
            null as transmission_status,
            null as tire_band_front_left,
            null as tire_band_front_right,
            null as tire_band_rear_left,
            null as tire_band_rear_right,
            null as engine_state,
            in_service
        from rows_2
    ),

    uneven as (
        select distinct
            truck_id,
            region_from
        from told
        where
            place_in_tie = 1
            and (
                brake_status is null
                or transmission_status is null
                or tire_band_front_left is null
                or tire_band_front_right is null
                or tire_band_rear_left is null
                or tire_band_rear_right is null
                or engine_state is null
                or in_service is null
            )
    ),

    lined as (
        select
            told.truck_id,
            told.happened_at,
            told.region_from,
            told.region_to,
            max(iff(told.place_in_tie = 1, told.arrived_at, null)) over (
                partition by
                    told.truck_id,
                    told.happened_at
            ) as arrived_at,
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
                last_value(told.tire_band_front_left) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.tire_band_front_left
            ) as tire_band_front_left,
            coalesce(
                last_value(told.tire_band_front_right) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.tire_band_front_right
            ) as tire_band_front_right,
            coalesce(
                last_value(told.tire_band_rear_left) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.tire_band_rear_left
            ) as tire_band_rear_left,
            coalesce(
                last_value(told.tire_band_rear_right) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.tire_band_rear_right
            ) as tire_band_rear_right,
            coalesce(
                last_value(told.engine_state) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.engine_state
            ) as engine_state,
            coalesce(
                last_value(told.in_service) ignore nulls over (
                    partition by
                        told.truck_id,
                        told.region_from
                    order by
                        told.happened_at asc,
                        told.place_in_tie desc,
                        told.source_number asc
                    rows between unbounded preceding and current row
                ),
                regions.in_service
            ) as in_service
        from told
        inner join uneven
            on
                told.truck_id = uneven.truck_id
                and told.region_from = uneven.region_from
        inner join core.truck_status_regions as regions
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
            told.brake_status,
            told.transmission_status,
            told.tire_band_front_left,
            told.tire_band_front_right,
            told.tire_band_rear_left,
            told.tire_band_rear_right,
            told.engine_state,
            told.in_service
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
            brake_status,
            transmission_status,
            tire_band_front_left,
            tire_band_front_right,
            tire_band_rear_left,
            tire_band_rear_right,
            engine_state,
            in_service
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
        from winners
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
            or winners.brake_status
            is distinct from befores.brake_status
            or winners.transmission_status
            is distinct from befores.transmission_status
            or winners.tire_band_front_left
            is distinct from befores.tire_band_front_left
            or winners.tire_band_front_right
            is distinct from befores.tire_band_front_right
            or winners.tire_band_rear_left
            is distinct from befores.tire_band_rear_left
            or winners.tire_band_rear_right
            is distinct from befores.tire_band_rear_right
            or winners.engine_state
            is distinct from befores.engine_state
            or winners.in_service
            is distinct from befores.in_service
    ),

    versions as (
        select
            winners.truck_id,
            winners.happened_at as effective_from,
            coalesce(changes.next_at, winners.region_to) as effective_to,
            winners.arrived_at as load_timestamp,
            winners.brake_status,
            winners.transmission_status,
            winners.tire_band_front_left,
            winners.tire_band_front_right,
            winners.tire_band_rear_left,
            winners.tire_band_rear_right,
            winners.engine_state,
            winners.in_service
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
            brake_status,
            transmission_status,
            tire_band_front_left,
            tire_band_front_right,
            tire_band_rear_left,
            tire_band_rear_right,
            engine_state,
            in_service
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
            history_name = 'TRUCK_STATUS'
            and merge_id = cast(:merge_id as varchar)
    ),

    news as (
        select
            min(happened_at) as first_news_at,
            max(last_at) as last_news_at
        from core.truck_status_new_times
    ),

    left_behind as (
        select
            merge_id,
            min(holder) as holder
        from core.history_merges
        where history_name = 'TRUCK_STATUS'
        group by merge_id
        having
            max(told_at) < dateadd('minute', -5, current_timestamp())
            and count(*) = 1
            and min(outcome) = 'began'
    ),

    final as (
        select
            'TRUCK_STATUS' as history_name,
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
            'TRUCK_STATUS' as history_name,
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

    delete from core.truck_status_new_times;

    delete from core.truck_status_regions;

    delete from core.truck_status_changed;

    commit;
    return 'merged';
exception
    when other then
        rollback;
        insert into core.history_merges (
            history_name, merge_id, outcome, holder, told_at
        )
        select
            'TRUCK_STATUS' as history_name,
            :merge_id as merge_id,
            'failed' as outcome,
            :holder as holder,
            current_timestamp() as told_at;
        raise;
end;
$$;

-- No number of failures suspends it: the next run may succeed.
create or replace task core.truck_status_merge
    warehouse = {{ warehouse }}
    schedule = '{{ merge_minutes }} minutes'
    overlap_policy = no_overlap
    timezone = 'UTC', lock_timeout = 30
    user_task_timeout_ms = 3600000
    suspend_task_after_num_failures = 0
when
    system$stream_has_data('core.truck_status_news_1')
    or system$stream_has_data('core.truck_status_news_2')
as
call core.truck_status_merge_now();

alter task core.truck_status_merge resume;
