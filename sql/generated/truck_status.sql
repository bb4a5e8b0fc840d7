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
        source_number,
        happened_at,
        last_at
    )
    with news as (
        select
            raw_rows.truck_id,
            1 as source_number,
            raw_rows.event_timestamp as happened_at
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
            2 as source_number,
            raw_rows.event_timestamp as happened_at
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

    final as (
        select
            news.truck_id,
            news.source_number,
            min(news.happened_at) as happened_at,
            max(news.happened_at) as last_at
        from news
        left join core.truck_status as currents
            on
                news.truck_id = currents.truck_id
                and currents.is_current
        group by
            news.truck_id,
            news.source_number,
            iff(
                news.happened_at >= currents.effective_from,
                currents.effective_from,
                news.happened_at
            )
    )

    select * from final;

    insert into core.truck_status_regions (
        truck_id,
        region_from,
        region_to
    )
    with counted as (
        select
            truck_id,
            source_number,
            happened_at,
            count(*) over (
                partition by
                    truck_id,
                    source_number
            ) as count_news
        from core.truck_status_new_times
    ),

    news as (
        select
            truck_id,
            source_number,
            min(happened_at) as first_at,
            max(happened_at) as last_at
        from counted
        group by
            truck_id,
            source_number,
            iff(count_news > 50, null, happened_at)
    ),

    bounds as (
        select
            truck_id,
            min(first_at) as first_new
        from news
        group by
            truck_id
    ),

    versions as (
        select
            history.truck_id,
            history.effective_from as span_from,
            history.effective_to as span_to,
            history.brake_status,
            history.transmission_status,
            history.tire_band_front_left,
            history.tire_band_front_right,
            history.tire_band_rear_left,
            history.tire_band_rear_right,
            history.engine_state,
            history.in_service,
            row_number() over (
                partition by
                    history.truck_id
                order by history.effective_from
            ) as place
        from core.truck_status as history
        inner join bounds
            on
                history.truck_id = bounds.truck_id
                and (
                    history.effective_to is null
                    or history.effective_to >= bounds.first_new
                )
    ),

    spans as (
        select
            versions.truck_id,
            versions.span_from,
            versions.span_to,
            (
                versions.brake_status
                is distinct from befores.brake_status
                or versions.transmission_status
                is distinct from befores.transmission_status
                or versions.tire_band_front_left
                is distinct from befores.tire_band_front_left
                or versions.tire_band_front_right
                is distinct from befores.tire_band_front_right
                or versions.tire_band_rear_left
                is distinct from befores.tire_band_rear_left
                or versions.tire_band_rear_right
                is distinct from befores.tire_band_rear_right
                or versions.engine_state
                is distinct from befores.engine_state
            ) as is_changed_1,
            (
                versions.in_service
                is distinct from befores.in_service
            ) as is_changed_2
        from versions
        left join versions as befores
            on
                versions.truck_id = befores.truck_id
                and versions.place = befores.place + 1
    ),

    touched as (
        select
            news.truck_id,
            coalesce(
                max(iff(
                    spans.span_from < news.first_at,
                    spans.span_from,
                    null
                )),
                news.first_at
            ) as region_from,
            coalesce(
                min(case
                    when spans.span_from <= news.last_at then null
                    when
                        news.source_number = 1
                        and spans.is_changed_1
                        then coalesce(
                            spans.span_to,
                            cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
                        )
                    when
                        news.source_number = 2
                        and spans.is_changed_2
                        then coalesce(
                            spans.span_to,
                            cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
                        )
                end),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as region_to
        from news
        left join spans
            on
                news.truck_id = spans.truck_id
        group by
            news.truck_id,
            news.source_number,
            news.first_at
    ),

    begun as (
        select
            truck_id,
            region_from,
            max(region_to) as region_to
        from touched
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

    final as (
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
    )

    select * from final;

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
    with times_told_1 as (
        select
            raw_rows.truck_id,
            raw_rows.event_timestamp as happened_at
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
        from times_told_1
        group by
            truck_id,
            happened_at
        having count(*) > 1
    ),

    candidates_1 as (
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
        select candidates_1.*
        from candidates_1
        left join rivals_1
            on
                candidates_1.truck_id = rivals_1.truck_id
                and candidates_1.happened_at
                = rivals_1.happened_at
        where rivals_1.happened_at is null
        union all
        select rivalling_1.*
        from rivalling_1
        inner join rivals_1
            on
                rivalling_1.truck_id = rivals_1.truck_id
                and rivalling_1.happened_at
                = rivals_1.happened_at
        qualify
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
            ) = 1
    ),

    times_told_2 as (
        select
            raw_rows.truck_id,
            raw_rows.event_timestamp as happened_at
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
        from times_told_2
        group by
            truck_id,
            happened_at
        having count(*) > 1
    ),

    candidates_2 as (
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
        select candidates_2.*
        from candidates_2
        left join rivals_2
            on
                candidates_2.truck_id = rivals_2.truck_id
                and candidates_2.happened_at
                = rivals_2.happened_at
        where rivals_2.happened_at is null
        union all
        select rivalling_2.*
        from rivalling_2
        inner join rivals_2
            on
                rivalling_2.truck_id = rivals_2.truck_id
                and rivalling_2.happened_at
                = rivals_2.happened_at
        qualify
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
            ) = 1
    ),

    times as (
        select
            truck_id,
            happened_at,
            region_from,
            region_to
        from rows_1
        union distinct
        select
            truck_id,
            happened_at,
            region_from,
            region_to
        from rows_2
    ),

    told as (
        select
            times.truck_id,
            times.happened_at,
            times.region_from,
            times.region_to,
            rows_1.arrived_at as arrived_at_1,
            rows_1.brake_status,
            rows_1.transmission_status,
            rows_1.tire_band_front_left,
            rows_1.tire_band_front_right,
            rows_1.tire_band_rear_left,
            rows_1.tire_band_rear_right,
            rows_1.engine_state,
            sum(iff(rows_1.happened_at is null, 0, 1)) over (
                partition by
                    times.truck_id,
                    times.region_from
                order by times.happened_at
                rows between unbounded preceding and current row
            ) as run_1,
            rows_2.arrived_at as arrived_at_2,
            rows_2.in_service,
            sum(iff(rows_2.happened_at is null, 0, 1)) over (
                partition by
                    times.truck_id,
                    times.region_from
                order by times.happened_at
                rows between unbounded preceding and current row
            ) as run_2
        from times
        left join rows_1
            on
                times.truck_id = rows_1.truck_id
                and times.happened_at = rows_1.happened_at
        left join rows_2
            on
                times.truck_id = rows_2.truck_id
                and times.happened_at = rows_2.happened_at
    ),

    winners as (
        select
            told.truck_id,
            told.happened_at,
            told.region_from,
            told.region_to,
            greatest(
                coalesce(told.arrived_at_1, told.arrived_at_2),
                coalesce(told.arrived_at_2, told.arrived_at_1)
            ) as arrived_at,
            iff(
                told.run_1 = 0,
                befores.brake_status,
                first_value(told.brake_status) over (
                    partition by
                        told.truck_id,
                        told.region_from,
                        told.run_1
                    order by told.happened_at
                )
            ) as brake_status,
            iff(
                told.run_1 = 0,
                befores.transmission_status,
                first_value(told.transmission_status) over (
                    partition by
                        told.truck_id,
                        told.region_from,
                        told.run_1
                    order by told.happened_at
                )
            ) as transmission_status,
            iff(
                told.run_1 = 0,
                befores.tire_band_front_left,
                first_value(told.tire_band_front_left) over (
                    partition by
                        told.truck_id,
                        told.region_from,
                        told.run_1
                    order by told.happened_at
                )
            ) as tire_band_front_left,
            iff(
                told.run_1 = 0,
                befores.tire_band_front_right,
                first_value(told.tire_band_front_right) over (
                    partition by
                        told.truck_id,
                        told.region_from,
                        told.run_1
                    order by told.happened_at
                )
            ) as tire_band_front_right,
            iff(
                told.run_1 = 0,
                befores.tire_band_rear_left,
                first_value(told.tire_band_rear_left) over (
                    partition by
                        told.truck_id,
                        told.region_from,
                        told.run_1
                    order by told.happened_at
                )
            ) as tire_band_rear_left,
            iff(
                told.run_1 = 0,
                befores.tire_band_rear_right,
                first_value(told.tire_band_rear_right) over (
                    partition by
                        told.truck_id,
                        told.region_from,
                        told.run_1
                    order by told.happened_at
                )
            ) as tire_band_rear_right,
            iff(
                told.run_1 = 0,
                befores.engine_state,
                first_value(told.engine_state) over (
                    partition by
                        told.truck_id,
                        told.region_from,
                        told.run_1
                    order by told.happened_at
                )
            ) as engine_state,
            iff(
                told.run_2 = 0,
                befores.in_service,
                first_value(told.in_service) over (
                    partition by
                        told.truck_id,
                        told.region_from,
                        told.run_2
                    order by told.happened_at
                )
            ) as in_service
        from told
        left join core.truck_status as befores
            on
                told.truck_id = befores.truck_id
                and told.region_from = befores.effective_to
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
