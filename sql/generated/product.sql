-- Generated from sql/history: do not edit. The task that merges PRODUCT
-- in the cloud, as "cartwheel history task PRODUCT" prints it.
-- A stream on each raw table says that something came, and is emptied in the
-- merge's own transaction; what is new is decided by the claims alone, so that
-- neither a stale stream nor a merge by hand can lose or duplicate a row.
create stream if not exists core.product_news_1
on table raw.operations
append_only = true
show_initial_rows = true;

create or replace procedure core.product_merge_now()
returns varchar
language sql
execute as owner
as
$$
declare
    files_lost exception (-20001, 'RAW lost rows that were merged before.');
    merge_id varchar := uuid_string();
    holder varchar := 'task core.product_merge';
    count_lost integer := 0;
begin
    insert into core.history_merges (
        history_name, merge_id, outcome, holder, told_at
    )
    select
        'PRODUCT' as history_name,
        :merge_id as merge_id,
        'began' as outcome,
        :holder as holder,
        current_timestamp() as told_at;

    begin transaction;

    -- Another merge is at work: it takes what we would have taken, or the
    -- next run does. Error 625 is a lock timeout.
    begin
    update core.product_lock
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
                'PRODUCT' as history_name,
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
        'PRODUCT' as history_name,
        file_name,
        file_row as first_row,
        file_row as last_row,
        :merge_id as merge_id,
        current_timestamp() as claimed_at
    from core.product_news_1
    where false;

    insert into core.product_changed (file_name)
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
        where history_name = 'PRODUCT'
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
        inner join core.product_changed as changed
            on raw_rows.file_name = changed.file_name
        inner join core.history_files as claims
            on
                claims.history_name = 'PRODUCT'
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
        inner join core.product_changed as changed
            on claims.file_name = changed.file_name
        where claims.history_name = 'PRODUCT'
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
        inner join core.product_changed as changed
            on raw_rows.file_name = changed.file_name
        left join core.history_files as claims
            on
                claims.history_name = 'PRODUCT'
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
            'PRODUCT' as history_name,
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
    insert into core.product_new_times (
        product_id,
        source_number,
        happened_at,
        last_at
    )
    with news as (
        select
            raw_rows.product_id,
            1 as source_number,
            raw_rows.event_timestamp as happened_at
        from raw.operations as raw_rows
        inner join core.history_files as claims
            on
                claims.history_name = 'PRODUCT'
                and claims.merge_id = cast(:merge_id as varchar)
                and raw_rows.file_name = claims.file_name
        where
            raw_rows.file_row between claims.first_row and claims.last_row
            and raw_rows.product_id is not null
            and raw_rows.operation in ('product_change')
    ),

    final as (
        select
            news.product_id,
            news.source_number,
            min(news.happened_at) as happened_at,
            max(news.happened_at) as last_at
        from news
        left join core.product as currents
            on
                news.product_id = currents.product_id
                and currents.is_current
        group by
            news.product_id,
            news.source_number,
            iff(
                news.happened_at >= currents.effective_from,
                currents.effective_from,
                news.happened_at
            )
    )

    select * from final;

    insert into core.product_regions (
        product_id,
        region_from,
        region_to
    )
    with counted as (
        select
            product_id,
            source_number,
            happened_at,
            count(*) over (
                partition by
                    product_id,
                    source_number
            ) as count_news
        from core.product_new_times
    ),

    news as (
        select
            product_id,
            source_number,
            min(happened_at) as first_at,
            max(happened_at) as last_at
        from counted
        group by
            product_id,
            source_number,
            iff(count_news > 50, null, happened_at)
    ),

    bounds as (
        select
            product_id,
            min(first_at) as first_new
        from news
        group by
            product_id
    ),

    spans as (
        select
            history.product_id,
            history.effective_from as span_from,
            history.effective_to as span_to
        from core.product as history
        inner join bounds
            on
                history.product_id = bounds.product_id
                and (
                    history.effective_to is null
                    or history.effective_to >= bounds.first_new
                )
    ),

    touched as (
        select
            news.product_id,
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
                news.product_id = spans.product_id
        group by
            news.product_id,
            news.source_number,
            news.first_at
    ),

    begun as (
        select
            product_id,
            region_from,
            max(region_to) as region_to
        from touched
        group by
            product_id,
            region_from
    ),

    reached as (
        select
            product_id,
            region_from,
            region_to,
            max(region_to) over (
                partition by
                    product_id
                order by region_from
                rows between unbounded preceding and 1 preceding
            ) as reached_until
        from begun
    ),

    numbered as (
        select
            product_id,
            region_from,
            region_to,
            sum(iff(reached_until >= region_from, 0, 1)) over (
                partition by
                    product_id
                order by region_from
                rows between unbounded preceding and current row
            ) as region_number
        from reached
    ),

    final as (
        select
            product_id,
            min(region_from) as region_from,
            nullif(
                max(region_to),
                cast('9999-12-31 23:59:59.999999' as timestamp_ntz)
            ) as region_to
        from numbered
        group by
            product_id,
            region_number
    )

    select * from final;

    delete from core.product
    using core.product_regions as regions
    where
        product.product_id = regions.product_id
        and product.effective_from >= regions.region_from
        and (
            regions.region_to is null
            or product.effective_from < regions.region_to
        );

    insert into core.product (
        product_id,
        effective_from,
        effective_to,
        is_current,
        load_timestamp,
        product_name,
        price,
        stock_band,
        category
    )
    with times_told_1 as (
        select
            raw_rows.product_id,
            raw_rows.event_timestamp as happened_at
        from raw.operations as raw_rows
        inner join core.product_regions as regions
            on
                raw_rows.product_id = regions.product_id
                and raw_rows.event_timestamp >= regions.region_from
                and (
                    regions.region_to is null
                    or raw_rows.event_timestamp < regions.region_to
                )
        inner join core.history_files as claims
            on
                claims.history_name = 'PRODUCT'
                and raw_rows.file_name = claims.file_name
        where
            raw_rows.file_row between claims.first_row and claims.last_row
            and raw_rows.event_timestamp
            >= (select min(region_from) from core.product_regions)
            and raw_rows.operation in ('product_change')
    ),

    rivals_1 as (
        select
            product_id,
            happened_at
        from times_told_1
        group by
            product_id,
            happened_at
        having count(*) > 1
    ),

    candidates_1 as (
        select
            raw_rows.product_id,
            raw_rows.event_timestamp as happened_at,
            raw_rows.arrived_at,
            raw_rows.sequence_number as sequence_number_of_row,
            raw_rows.shard_id as shard_id_of_row,
            raw_rows.event_id as event_id_of_row,
            raw_rows.file_name as file_name_of_row,
            raw_rows.file_row as file_row_of_row,
            coalesce(raw_rows.withdrawn, false) as is_deleted,
            iff(raw_rows.withdrawn, null, raw_rows.product_name) as product_name,
            iff(raw_rows.withdrawn, null, raw_rows.price) as price,
            iff(raw_rows.withdrawn, null, raw_rows.stock_band) as stock_band,
            iff(raw_rows.withdrawn, null, raw_rows.category) as category,
            regions.region_from,
            regions.region_to
        from raw.operations as raw_rows
        inner join core.product_regions as regions
            on
                raw_rows.product_id = regions.product_id
                and raw_rows.event_timestamp >= regions.region_from
                and (
                    regions.region_to is null
                    or raw_rows.event_timestamp < regions.region_to
                )
        inner join core.history_files as claims
            on
                claims.history_name = 'PRODUCT'
                and raw_rows.file_name = claims.file_name
        where
            raw_rows.file_row between claims.first_row and claims.last_row
            and raw_rows.event_timestamp
            >= (select min(region_from) from core.product_regions)
            and raw_rows.operation in ('product_change')
    ),

    rivalling_1 as (
        select
            raw_rows.product_id,
            raw_rows.event_timestamp as happened_at,
            raw_rows.arrived_at,
            raw_rows.sequence_number as sequence_number_of_row,
            raw_rows.shard_id as shard_id_of_row,
            raw_rows.event_id as event_id_of_row,
            raw_rows.file_name as file_name_of_row,
            raw_rows.file_row as file_row_of_row,
            coalesce(raw_rows.withdrawn, false) as is_deleted,
            iff(raw_rows.withdrawn, null, raw_rows.product_name) as product_name,
            iff(raw_rows.withdrawn, null, raw_rows.price) as price,
            iff(raw_rows.withdrawn, null, raw_rows.stock_band) as stock_band,
            iff(raw_rows.withdrawn, null, raw_rows.category) as category,
            regions.region_from,
            regions.region_to
        from raw.operations as raw_rows
        inner join core.product_regions as regions
            on
                raw_rows.product_id = regions.product_id
                and raw_rows.event_timestamp >= regions.region_from
                and (
                    regions.region_to is null
                    or raw_rows.event_timestamp < regions.region_to
                )
        inner join core.history_files as claims
            on
                claims.history_name = 'PRODUCT'
                and raw_rows.file_name = claims.file_name
        where
            raw_rows.file_row between claims.first_row and claims.last_row
            and raw_rows.event_timestamp
            >= (select min(region_from) from core.product_regions)
            and raw_rows.operation in ('product_change')
    ),

    rows_1 as (
        select candidates_1.*
        from candidates_1
        left join rivals_1
            on
                candidates_1.product_id = rivals_1.product_id
                and candidates_1.happened_at
                = rivals_1.happened_at
        where rivals_1.happened_at is null
        union all
        select rivalling_1.*
        from rivalling_1
        inner join rivals_1
            on
                rivalling_1.product_id = rivals_1.product_id
                and rivalling_1.happened_at
                = rivals_1.happened_at
        qualify
            row_number() over (
                partition by
                    rivalling_1.product_id,
                    rivalling_1.happened_at
                order by
                    rivalling_1.sequence_number_of_row desc,
                    rivalling_1.shard_id_of_row desc,
                    rivalling_1.event_id_of_row desc,
                    rivalling_1.file_name_of_row desc,
                    rivalling_1.file_row_of_row desc
            ) = 1
    ),

    winners as (
        select *
        from rows_1
    ),

    linked as (
        select
            product_id,
            happened_at,
            lag(happened_at) over (
                partition by
                    product_id,
                    region_from
                order by happened_at
            ) as previous_at,
            region_from
        from winners
    ),

    changes as (
        select
            linked.product_id,
            linked.happened_at,
            lead(linked.happened_at) over (
                partition by
                    linked.product_id,
                    linked.region_from
                order by linked.happened_at
            ) as next_at
        from linked
        inner join winners
            on
                linked.product_id = winners.product_id
                and linked.happened_at = winners.happened_at
        left join winners as befores
            on
                linked.product_id = befores.product_id
                and linked.previous_at = befores.happened_at
        where
            linked.previous_at is null
            or winners.is_deleted
            is distinct from befores.is_deleted
            or winners.product_name
            is distinct from befores.product_name
            or winners.price
            is distinct from befores.price
            or winners.stock_band
            is distinct from befores.stock_band
            or winners.category
            is distinct from befores.category
    ),

    versions as (
        select
            winners.product_id,
            winners.happened_at as effective_from,
            coalesce(changes.next_at, winners.region_to) as effective_to,
            winners.arrived_at as load_timestamp,
            winners.is_deleted,
            winners.product_name,
            winners.price,
            winners.stock_band,
            winners.category
        from winners
        inner join changes
            on
                winners.product_id = changes.product_id
                and winners.happened_at = changes.happened_at
    ),

    final as (
        select
            product_id,
            effective_from,
            effective_to,
            effective_to is null as is_current,
            load_timestamp,
            product_name,
            price,
            stock_band,
            category
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
            history_name = 'PRODUCT'
            and merge_id = cast(:merge_id as varchar)
    ),

    news as (
        select
            min(happened_at) as first_news_at,
            max(last_at) as last_news_at
        from core.product_new_times
    ),

    left_behind as (
        select
            merge_id,
            min(holder) as holder
        from core.history_merges
        where history_name = 'PRODUCT'
        group by merge_id
        having
            max(told_at) < dateadd('minute', -5, current_timestamp())
            and count(*) = 1
            and min(outcome) = 'began'
    ),

    final as (
        select
            'PRODUCT' as history_name,
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
            'PRODUCT' as history_name,
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

    delete from core.product_new_times;

    delete from core.product_regions;

    delete from core.product_changed;

    commit;
    return 'merged';
exception
    when other then
        rollback;
        insert into core.history_merges (
            history_name, merge_id, outcome, holder, told_at
        )
        select
            'PRODUCT' as history_name,
            :merge_id as merge_id,
            'failed' as outcome,
            :holder as holder,
            current_timestamp() as told_at;
        raise;
end;
$$;

-- No number of failures suspends it: the next run may succeed.
create or replace task core.product_merge
    warehouse = {{ warehouse }}
    schedule = '{{ merge_minutes }} minutes'
    overlap_policy = no_overlap
    timezone = 'UTC', lock_timeout = 30
    user_task_timeout_ms = 3600000
    suspend_task_after_num_failures = 0
when
    system$stream_has_data('core.product_news_1')
as
call core.product_merge_now();

alter task core.product_merge resume;
