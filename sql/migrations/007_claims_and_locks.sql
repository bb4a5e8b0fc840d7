-- Claims by rows: Snowpipe may commit one file in several transactions. And a
-- lock for each history, since an UPDATE may lock all of a table.

-- A claim is a run of a file's row numbers, both ends included.
alter table core.history_files add column if not exists
first_row number(38, 0);

alter table core.history_files add column if not exists
last_row number(38, 0);

-- What was claimed by its name was read as it is now. What RAW has lost keeps
-- a row, so that the next merge says so.
update core.history_files
set
    first_row = landed.first_row,
    last_row = landed.last_row
from (
    select
        file_name,
        min(file_row) as first_row,
        max(file_row) as last_row
    from raw.truck_telemetry
    group by file_name
    union all
    select
        file_name,
        min(file_row) as first_row,
        max(file_row) as last_row
    from raw.operations
    group by file_name
) as landed
where
    history_files.first_row is null
    and history_files.file_name = landed.file_name;

update core.history_files
set
    first_row = 1,
    last_row = 1
where first_row is null;

create table if not exists core.truck_telemetry_data_lock (
    merge_id varchar
);

insert into core.truck_telemetry_data_lock (merge_id)
select null as merge_id
where not exists (select 1 from core.truck_telemetry_data_lock);

-- Work table of the merge, empty outside of it: files whose rows are not those
-- that are claimed.
create table if not exists core.truck_telemetry_data_changed (
    file_name varchar not null
);

create table if not exists core.truck_status_lock (
    merge_id varchar
);

insert into core.truck_status_lock (merge_id)
select null as merge_id
where not exists (select 1 from core.truck_status_lock);

-- Work table of the merge, empty outside of it: files whose rows are not those
-- that are claimed.
create table if not exists core.truck_status_changed (
    file_name varchar not null
);

create table if not exists core.product_lock (
    merge_id varchar
);

insert into core.product_lock (merge_id)
select null as merge_id
where not exists (select 1 from core.product_lock);

-- Work table of the merge, empty outside of it: files whose rows are not those
-- that are claimed.
create table if not exists core.product_changed (
    file_name varchar not null
);

drop table if exists core.history_locks;
