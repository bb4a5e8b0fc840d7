-- Drivers and their shifts, driving events, master data of depots and trucks.
-- What was loaded stays; a deployment loads what the pipe missed meanwhile.

alter table raw.operations add column if not exists
driver_id varchar;

alter table raw.operations add column if not exists
duty varchar;

alter table raw.operations add column if not exists
event_type varchar;

alter table raw.operations add column if not exists
speed float;

alter table raw.operations add column if not exists
magnitude float;

alter table raw.operations add column if not exists
seconds float;

alter table raw.operations add column if not exists
depot_id varchar;

alter table raw.operations add column if not exists
depot_name varchar;

alter table raw.operations add column if not exists
opens varchar;

alter table raw.operations add column if not exists
closes varchar;

alter table raw.operations add column if not exists
truck_class varchar;

alter table raw.operations add column if not exists
capacity_kg float;

alter table raw.operations add column if not exists
tank_litres float;

-- A depot's name, place and hours, until it was given up; and what its merge
-- works with.
create table if not exists core.depot (
    depot_id varchar not null,
    effective_from timestamp_ntz not null,
    effective_to timestamp_ntz,
    is_current boolean not null,
    load_timestamp timestamp_ntz not null,
    depot_name varchar,
    latitude float,
    longitude float,
    opens varchar,
    closes varchar
);

create table if not exists core.depot_lock (
    merge_id varchar
);

insert into core.depot_lock (merge_id)
select null as merge_id
where not exists (select 1 from core.depot_lock);

create table if not exists core.depot_changed (
    file_name varchar not null
);

create table if not exists core.depot_new_times as
select
    * exclude (effective_from, effective_to, is_current, load_timestamp),
    effective_from as happened_at,
    effective_from as last_at,
    effective_from as changed_at,
    is_current as is_open,
    is_current as is_deleted
from core.depot
where false;

create table if not exists core.depot_regions as
select
    * exclude (effective_from, effective_to, is_current, load_timestamp),
    effective_from as region_from,
    effective_to as region_to
from core.depot
where false;

-- A truck's depot, class, capacity and tank, until it was sold; likewise.
create table if not exists core.truck (
    truck_id varchar not null,
    effective_from timestamp_ntz not null,
    effective_to timestamp_ntz,
    is_current boolean not null,
    load_timestamp timestamp_ntz not null,
    depot_id varchar,
    truck_class varchar,
    capacity_kg float,
    tank_litres float
);

create table if not exists core.truck_lock (
    merge_id varchar
);

insert into core.truck_lock (merge_id)
select null as merge_id
where not exists (select 1 from core.truck_lock);

create table if not exists core.truck_changed (
    file_name varchar not null
);

create table if not exists core.truck_new_times as
select
    * exclude (effective_from, effective_to, is_current, load_timestamp),
    effective_from as happened_at,
    effective_from as last_at,
    effective_from as changed_at,
    is_current as is_open,
    is_current as is_deleted
from core.truck
where false;

create table if not exists core.truck_regions as
select
    * exclude (effective_from, effective_to, is_current, load_timestamp),
    effective_from as region_from,
    effective_to as region_to
from core.truck
where false;

-- A pipe that is replaced has forgotten what it loaded: see ops.pipes.
update ops.pipes
set topic_arn = ''
where pipe_name = 'raw.operations_pipe';

create or replace pipe raw.operations_pipe
auto_ingest = true
aws_sns_topic = '{{ lake_topic_arn }}'
as
copy into raw.operations (
    event_id,
    operation,
    event_timestamp,
    order_id,
    truck_id,
    status,
    promised_from,
    promised_until,
    latitude,
    longitude,
    weight_kg,
    reason,
    service,
    component,
    litres,
    cost,
    odometer,
    product_id,
    product_name,
    price,
    stock_band,
    withdrawn,
    category,
    driver_id,
    duty,
    event_type,
    speed,
    magnitude,
    seconds,
    depot_id,
    depot_name,
    opens,
    closes,
    truck_class,
    capacity_kg,
    tank_litres,
    extra,
    set_aside,
    stream,
    shard_id,
    sequence_number,
    arrived_at,
    file_name,
    file_row,
    loaded_at
)
from (
    select
        $1:event_id::varchar,
        $1:operation::varchar,
        $1:event_timestamp::timestamp_ntz,
        $1:order_id::varchar,
        $1:truck_id::varchar,
        $1:status::varchar,
        $1:promised_from::timestamp_ntz,
        $1:promised_until::timestamp_ntz,
        $1:latitude::float,
        $1:longitude::float,
        $1:weight_kg::float,
        $1:reason::varchar,
        $1:service::varchar,
        $1:component::varchar,
        $1:litres::float,
        $1:cost::number(18, 6),
        $1:odometer::float,
        $1:product_id::varchar,
        $1:product_name::varchar,
        $1:price::number(18, 6),
        $1:stock_band::varchar,
        $1:withdrawn::boolean,
        $1:category::varchar,
        $1:driver_id::varchar,
        $1:duty::varchar,
        $1:event_type::varchar,
        $1:speed::float,
        $1:magnitude::float,
        $1:seconds::float,
        $1:depot_id::varchar,
        $1:depot_name::varchar,
        $1:opens::varchar,
        $1:closes::varchar,
        $1:truck_class::varchar,
        $1:capacity_kg::float,
        $1:tank_litres::float,
        $1:extra::variant,
        $1:set_aside::variant,
        $1:stream::varchar,
        $1:shard_id::varchar,
        $1:sequence_number::varchar(60),
        $1:arrived_at::timestamp_ntz,
        metadata$filename::varchar,
        metadata$file_row_number::number(38, 0),
        metadata$start_scan_time::timestamp_ltz
    from @raw.lake/operations/
)
file_format = (type = json);
