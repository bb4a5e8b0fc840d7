-- Histories merge the rows of one key and time field by field, and a field that
-- is not told keeps what was told last: null is "not said".

-- What is new holds what it tells, and a region what held where it begins.
create or replace table core.truck_telemetry_data_new_times as
select
    * exclude (effective_from, effective_to, is_current, load_timestamp),
    effective_from as happened_at,
    effective_from as last_at,
    effective_from as changed_at,
    is_current as is_open,
    is_current as is_deleted
from core.truck_telemetry_data
where false;

create or replace table core.truck_telemetry_data_regions as
select
    * exclude (effective_from, effective_to, is_current, load_timestamp),
    effective_from as region_from,
    effective_to as region_to
from core.truck_telemetry_data
where false;

create or replace table core.truck_status_new_times as
select
    * exclude (effective_from, effective_to, is_current, load_timestamp),
    effective_from as happened_at,
    effective_from as last_at,
    effective_from as changed_at,
    is_current as is_open,
    is_current as is_deleted
from core.truck_status
where false;

create or replace table core.truck_status_regions as
select
    * exclude (effective_from, effective_to, is_current, load_timestamp),
    effective_from as region_from,
    effective_to as region_to
from core.truck_status
where false;

create or replace table core.product_new_times as
select
    * exclude (effective_from, effective_to, is_current, load_timestamp),
    effective_from as happened_at,
    effective_from as last_at,
    effective_from as changed_at,
    is_current as is_open,
    is_current as is_deleted
from core.product
where false;

create or replace table core.product_regions as
select
    * exclude (effective_from, effective_to, is_current, load_timestamp),
    effective_from as region_from,
    effective_to as region_to
from core.product
where false;

-- What was merged by the rule before is made anew by the next merge, unless RAW
-- has lost rows of it, without which it could not be.

create or replace table core.whole_histories (history_name varchar not null);

insert into core.whole_histories (history_name)
with landed as (
    select
        'TRUCK_TELEMETRY_DATA' as history_name,
        file_name,
        file_row
    from raw.truck_telemetry
    union all
    select
        'TRUCK_STATUS' as history_name,
        file_name,
        file_row
    from raw.truck_telemetry
    union all
    select
        'TRUCK_STATUS' as history_name,
        file_name,
        file_row
    from raw.operations
    union all
    select
        'PRODUCT' as history_name,
        file_name,
        file_row
    from raw.operations
),

of_claims as (
    select distinct
        landed.history_name,
        landed.file_name,
        landed.file_row
    from landed
    inner join core.history_files as claims
        on
            landed.history_name = claims.history_name
            and landed.file_name = claims.file_name
            and landed.file_row between claims.first_row and claims.last_row
),

there as (
    select
        history_name,
        count(*) as count_rows
    from of_claims
    group by history_name
),

claimed as (
    select
        history_name,
        sum(last_row - first_row + 1) as count_rows
    from core.history_files
    group by history_name
),

final as (
    select claimed.history_name
    from claimed
    inner join there
        on claimed.history_name = there.history_name
    where claimed.count_rows = there.count_rows
)

select * from final;

delete from core.truck_telemetry_data
where 'TRUCK_TELEMETRY_DATA' in (select history_name from core.whole_histories);

delete from core.truck_status
where 'TRUCK_STATUS' in (select history_name from core.whole_histories);

delete from core.product
where 'PRODUCT' in (select history_name from core.whole_histories);

delete from core.history_files
where history_name in (select history_name from core.whole_histories);

drop table core.whole_histories;
