-- Generated from sql/history: do not edit. The task that merges TRUCK
-- in the cloud, as "cartwheel history task TRUCK" prints it.
-- A stream on each raw table says that something came, and is emptied in the
-- merge's own transaction; what is new is decided by the claims alone, so that
-- neither a stale stream nor a merge by hand can lose or duplicate a row.
create stream if not exists core.truck_news_1
on table raw.operations
append_only = true
show_initial_rows = true;

create or replace procedure core.truck_merge_now()
returns varchar
language sql
execute as owner
as
$$
declare
    files_lost exception (-20001, 'RAW lost rows that were merged before.');
    merge_id varchar := uuid_string();
    holder varchar := 'task core.truck_merge';
    count_lost integer := 0;
    count_late integer := 0;
begin
    insert into core.history_merges (
        history_name, merge_id, outcome, holder, told_at
    )
    select
        'TRUCK' as history_name,
        :merge_id as merge_id,
        'began' as outcome,
        :holder as holder,
        current_timestamp() as told_at;

    begin transaction;

    -- Another merge is at work: it takes what we would have taken, or the
    -- next run does. Error 625 is a lock timeout.
    begin
    update core.truck_lock
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
                'TRUCK' as history_name,
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
        'TRUCK' as history_name,
        file_name,
        file_row as first_row,
        file_row as last_row,
        :merge_id as merge_id,
        current_timestamp() as claimed_at
    from core.truck_news_1
    where false;

    insert into core.truck_changed (file_name)
    with landed as (
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
        where history_name = 'TRUCK'
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
        from raw.operations as raw_rows
        inner join core.truck_changed as changed
            on raw_rows.file_name = changed.file_name
        inner join core.history_files as claims
            on
                claims.history_name = 'TRUCK'
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
        inner join core.truck_changed as changed
            on claims.file_name = changed.file_name
        where claims.history_name = 'TRUCK'
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
        from raw.operations as raw_rows
        inner join core.truck_changed as changed
            on raw_rows.file_name = changed.file_name
        left join core.history_files as claims
            on
                claims.history_name = 'TRUCK'
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
            'TRUCK' as history_name,
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
    insert into core.truck_new_times (
        truck_id,
        happened_at,
        last_at,
        changed_at,
        is_open,
        is_deleted,
        depot_id,
        truck_class,
        capacity_kg,
        tank_litres
    )
    with news as (
        select
            raw_rows.truck_id,
            raw_rows.event_timestamp as happened_at,
            coalesce(raw_rows.withdrawn, false) as is_deleted,
            iff(raw_rows.withdrawn, null, raw_rows.depot_id) as depot_id,
            iff(raw_rows.withdrawn, null, raw_rows.truck_class) as truck_class,
            iff(raw_rows.withdrawn, null, raw_rows.capacity_kg) as capacity_kg,
            iff(raw_rows.withdrawn, null, raw_rows.tank_litres) as tank_litres
        from raw.operations as raw_rows
        inner join core.history_files as claims
            on
                claims.history_name = 'TRUCK'
                and claims.merge_id = cast(:merge_id as varchar)
                and raw_rows.file_name = claims.file_name
        where
            raw_rows.file_row between claims.first_row and claims.last_row
            and raw_rows.truck_id is not null
            and raw_rows.operation in ('truck')
    ),

    compared as (
        select
            news.*,
            coalesce(news.happened_at >= currents.effective_from, false) as is_open,
            coalesce(
                news.happened_at > currents.effective_from
                and not news.is_deleted,
                false
            )
            and (
                news.depot_id is null
                or news.depot_id is not distinct from currents.depot_id
            )
            and (
                news.truck_class is null
                or news.truck_class is not distinct from currents.truck_class
            )
            and (
                news.capacity_kg is null
                or news.capacity_kg is not distinct from currents.capacity_kg
            )
            and (
                news.tank_litres is null
                or news.tank_litres is not distinct from currents.tank_litres
            ) as is_known
        from news
        left join core.truck as currents
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
            null as depot_id,
            null as truck_class,
            null as capacity_kg,
            null as tank_litres
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
            depot_id,
            truck_class,
            capacity_kg,
            tank_litres
        from compared
        where not is_open
    )

    select * from final;

    insert into core.truck_regions (
        truck_id,
        region_from,
        region_to,
        depot_id,
        truck_class,
        capacity_kg,
        tank_litres
    )
    with late_keys as (
        select distinct truck_id
        from core.truck_new_times
        where not is_open
    ),

    final as (
        select
            news.truck_id,
            coalesce(befores.effective_from, news.changed_at) as region_from,
            cast(null as timestamp_ntz) as region_to,
            befores.depot_id,
            befores.truck_class,
            befores.capacity_kg,
            befores.tank_litres
        from core.truck_new_times as news
        left join late_keys
            on
                news.truck_id = late_keys.truck_id
        left join core.truck as befores
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
    from core.truck_new_times
    where not is_open
        );

        if (count_late > 0) then
    insert into core.truck_regions (
        truck_id,
        region_from,
        region_to,
        depot_id,
        truck_class,
        capacity_kg,
        tank_litres
    )
    with counted as (
        select
            *,
            sum(iff(is_open, 0, 1)) over (
                partition by
                    truck_id
            ) as count_late
        from core.truck_new_times
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
            depot_id,
            truck_class,
            capacity_kg,
            tank_litres
        from counted
        where not is_open and count_late <= 50
        union all
        select
            truck_id,
            min(changed_at) as point_at,
            true as is_open,
            false as is_deleted,
            0 as point_number,
            null as depot_id,
            null as truck_class,
            null as capacity_kg,
            null as tank_litres
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
        from core.truck as history
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
            outlooks.depot_id as depot_id_told,
            history.depot_id,
            history.depot_id is distinct from lag(history.depot_id) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_1,
            outlooks.truck_class as truck_class_told,
            history.truck_class,
            history.truck_class is distinct from lag(history.truck_class) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_2,
            outlooks.capacity_kg as capacity_kg_told,
            history.capacity_kg,
            history.capacity_kg is distinct from lag(history.capacity_kg) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_3,
            outlooks.tank_litres as tank_litres_told,
            history.tank_litres,
            history.tank_litres is distinct from lag(history.tank_litres) over (
                partition by
                    outlooks.truck_id,
                    outlooks.point_number
                order by history.effective_from
            ) as changes_4
        from outlooks
        left join core.truck as history
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
            sum(iff(effective_to = point_at, 1, 0)) as count_ended,
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
            max(iff(depot_id_told is null, 0, 1)) as tells_1,
            max(iff(
                holds and depot_id is distinct from depot_id_told, 1, 0
            )) as differs_1,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_1,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_1,
            max(iff(truck_class_told is null, 0, 1)) as tells_2,
            max(iff(
                holds and truck_class is distinct from truck_class_told, 1, 0
            )) as differs_2,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_2,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_2,
            max(iff(capacity_kg_told is null, 0, 1)) as tells_3,
            max(iff(
                holds and capacity_kg is distinct from capacity_kg_told, 1, 0
            )) as differs_3,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_3,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_3,
            max(iff(tank_litres_told is null, 0, 1)) as tells_4,
            max(iff(
                holds and tank_litres is distinct from tank_litres_told, 1, 0
            )) as differs_4,
            coalesce(
                min(iff(
                    effective_from > point_at and changes_4,
                    coalesce(effective_to, cast('9999-12-31 23:59:59.999999' as timestamp_ntz)),
                    null
                )),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as until_4
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
                when count_held = 0 and count_ended > 0 then cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
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
            depot_id,
            truck_class,
            capacity_kg,
            tank_litres
        from nearby
        where effective_from < point_at
    ),

    final as (
        select
            regions.truck_id,
            regions.region_from,
            regions.region_to,
            starts.depot_id,
            starts.truck_class,
            starts.capacity_kg,
            starts.tank_litres
        from regions
        left join starts
            on
                regions.truck_id = starts.truck_id
                and regions.region_from = starts.effective_from
    )

    select * from final;
        end if;

    delete from core.truck
    using core.truck_regions as regions
    where
        truck.truck_id = regions.truck_id
        and truck.effective_from >= regions.region_from
        and (
            regions.region_to is null
            or truck.effective_from < regions.region_to
        );

    insert into core.truck (
        truck_id,
        effective_from,
        effective_to,
        is_current,
        load_timestamp,
        depot_id,
        truck_class,
        capacity_kg,
        tank_litres
    )
    with candidates_1 as (
        select
            raw_rows.truck_id,
            raw_rows.event_timestamp as happened_at,
            raw_rows.arrived_at,
            coalesce(raw_rows.withdrawn, false) as is_deleted,
            iff(raw_rows.withdrawn, null, raw_rows.depot_id) as depot_id,
            iff(raw_rows.withdrawn, null, raw_rows.truck_class) as truck_class,
            iff(raw_rows.withdrawn, null, raw_rows.capacity_kg) as capacity_kg,
            iff(raw_rows.withdrawn, null, raw_rows.tank_litres) as tank_litres,
            regions.region_from,
            regions.region_to
        from raw.operations as raw_rows
        inner join core.truck_regions as regions
            on
                raw_rows.truck_id = regions.truck_id
                and raw_rows.event_timestamp >= regions.region_from
                and (
                    regions.region_to is null
                    or raw_rows.event_timestamp < regions.region_to
                )
        inner join core.history_files as claims
            on
                claims.history_name = 'TRUCK'
                and raw_rows.file_name = claims.file_name
        where
            raw_rows.file_row between claims.first_row and claims.last_row
            and raw_rows.event_timestamp
            >= (select min(region_from) from core.truck_regions)
            and raw_rows.operation in ('truck')
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
            coalesce(raw_rows.withdrawn, false) as is_deleted,
            iff(raw_rows.withdrawn, null, raw_rows.depot_id) as depot_id,
            iff(raw_rows.withdrawn, null, raw_rows.truck_class) as truck_class,
            iff(raw_rows.withdrawn, null, raw_rows.capacity_kg) as capacity_kg,
            iff(raw_rows.withdrawn, null, raw_rows.tank_litres) as tank_litres,
            regions.region_from,
            regions.region_to
        from raw.operations as raw_rows
        inner join core.truck_regions as regions
            on
                raw_rows.truck_id = regions.truck_id
                and raw_rows.event_timestamp >= regions.region_from
                and (
                    regions.region_to is null
                    or raw_rows.event_timestamp < regions.region_to
                )
        inner join core.history_files as claims
            on
                claims.history_name = 'TRUCK'
                and raw_rows.file_name = claims.file_name
        where
            raw_rows.file_row between claims.first_row and claims.last_row
            and raw_rows.event_timestamp
            >= (select min(region_from) from core.truck_regions)
            and raw_rows.operation in ('truck')
    ),

    rows_1 as (
        select
            candidates_1.truck_id,
            candidates_1.happened_at,
            candidates_1.arrived_at,
            candidates_1.region_from,
            candidates_1.region_to,
            candidates_1.is_deleted,
            candidates_1.depot_id,
            candidates_1.truck_class,
            candidates_1.capacity_kg,
            candidates_1.tank_litres,
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
            rivalling_1.is_deleted,
            rivalling_1.depot_id,
            rivalling_1.truck_class,
            rivalling_1.capacity_kg,
            rivalling_1.tank_litres,
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
            is_deleted,
            depot_id,
            truck_class,
            capacity_kg,
            tank_litres
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
                depot_id is null
                or truck_class is null
                or capacity_kg is null
                or tank_litres is null
            )
    ),

    lives as (
        select
            told.*,
            sum(iff(told.is_deleted and told.place_in_tie = 1, 1, 0)) over (
                partition by
                    told.truck_id,
                    told.region_from
                order by told.happened_at asc, told.place_in_tie desc
                rows between unbounded preceding and current row
            ) as life
        from told
    ),

    lined as (
        select
            lives.truck_id,
            lives.happened_at,
            lives.region_from,
            lives.region_to,
            lives.arrived_at,
            coalesce(
                lead(lives.happened_at) over (
                    partition by
                        lives.truck_id,
                        lives.region_from
                    order by
                        lives.happened_at asc,
                        lives.place_in_tie desc,
                        lives.source_number asc
                ) > lives.happened_at,
                true
            ) as is_last,
            lives.is_deleted,
            coalesce(
                last_value(lives.depot_id) ignore nulls over (
                    partition by
                        lives.truck_id,
                        lives.region_from,
                        lives.life
                    order by
                        lives.happened_at asc,
                        lives.place_in_tie desc,
                        lives.source_number asc
                    rows between unbounded preceding and current row
                ),
                iff(lives.life = 0, regions.depot_id, null)
            ) as depot_id,
            coalesce(
                last_value(lives.truck_class) ignore nulls over (
                    partition by
                        lives.truck_id,
                        lives.region_from,
                        lives.life
                    order by
                        lives.happened_at asc,
                        lives.place_in_tie desc,
                        lives.source_number asc
                    rows between unbounded preceding and current row
                ),
                iff(lives.life = 0, regions.truck_class, null)
            ) as truck_class,
            coalesce(
                last_value(lives.capacity_kg) ignore nulls over (
                    partition by
                        lives.truck_id,
                        lives.region_from,
                        lives.life
                    order by
                        lives.happened_at asc,
                        lives.place_in_tie desc,
                        lives.source_number asc
                    rows between unbounded preceding and current row
                ),
                iff(lives.life = 0, regions.capacity_kg, null)
            ) as capacity_kg,
            coalesce(
                last_value(lives.tank_litres) ignore nulls over (
                    partition by
                        lives.truck_id,
                        lives.region_from,
                        lives.life
                    order by
                        lives.happened_at asc,
                        lives.place_in_tie desc,
                        lives.source_number asc
                    rows between unbounded preceding and current row
                ),
                iff(lives.life = 0, regions.tank_litres, null)
            ) as tank_litres
        from lives
        inner join uneven
            on
                lives.truck_id = uneven.truck_id
                and lives.region_from = uneven.region_from
        inner join core.truck_regions as regions
            on
                lives.truck_id = regions.truck_id
                and lives.region_from = regions.region_from
    ),

    winners as (
        select
            told.truck_id,
            told.happened_at,
            told.region_from,
            told.region_to,
            told.arrived_at,
            told.is_deleted,
            told.depot_id,
            told.truck_class,
            told.capacity_kg,
            told.tank_litres
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
            is_deleted,
            depot_id,
            truck_class,
            capacity_kg,
            tank_litres
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
            or winners.is_deleted
            is distinct from befores.is_deleted
            or winners.depot_id
            is distinct from befores.depot_id
            or winners.truck_class
            is distinct from befores.truck_class
            or winners.capacity_kg
            is distinct from befores.capacity_kg
            or winners.tank_litres
            is distinct from befores.tank_litres
    ),

    versions as (
        select
            winners.truck_id,
            winners.happened_at as effective_from,
            coalesce(changes.next_at, winners.region_to) as effective_to,
            winners.arrived_at as load_timestamp,
            winners.is_deleted,
            winners.depot_id,
            winners.truck_class,
            winners.capacity_kg,
            winners.tank_litres
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
            depot_id,
            truck_class,
            capacity_kg,
            tank_litres
        from versions
        where not is_deleted
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
            history_name = 'TRUCK'
            and merge_id = cast(:merge_id as varchar)
    ),

    news as (
        select
            min(happened_at) as first_news_at,
            max(last_at) as last_news_at
        from core.truck_new_times
    ),

    left_behind as (
        select
            merge_id,
            min(holder) as holder
        from core.history_merges
        where history_name = 'TRUCK'
        group by merge_id
        having
            max(told_at) < dateadd('minute', -5, current_timestamp())
            and count(*) = 1
            and min(outcome) = 'began'
    ),

    final as (
        select
            'TRUCK' as history_name,
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
            'TRUCK' as history_name,
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

    delete from core.truck_new_times;

    delete from core.truck_regions;

    delete from core.truck_changed;

    commit;
    return 'merged';
exception
    when other then
        rollback;
        insert into core.history_merges (
            history_name, merge_id, outcome, holder, told_at
        )
        select
            'TRUCK' as history_name,
            :merge_id as merge_id,
            'failed' as outcome,
            :holder as holder,
            current_timestamp() as told_at;
        raise;
end;
$$;

-- No number of failures suspends it: the next run may succeed.
create or replace task core.truck_merge
    warehouse = {{ warehouse }}
    schedule = '{{ merge_minutes }} minutes'
    overlap_policy = no_overlap
    timezone = 'UTC', lock_timeout = 30
    user_task_timeout_ms = 3600000
    suspend_task_after_num_failures = 0
when
    system$stream_has_data('core.truck_news_1')
as
call core.truck_merge_now();

alter task core.truck_merge resume;
