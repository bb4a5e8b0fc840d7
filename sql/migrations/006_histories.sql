-- Histories (SCD type 2) of several dimensions, each made by the merge that
-- "cartwheel history sql NAME" prints from its declaration.

-- One row a history: a merge takes it first, so that two never mix.
create table if not exists core.history_locks (
    history_name varchar not null,
    merge_id varchar
);

insert into core.history_locks (history_name)
with histories as (
    select 'TRUCK_TELEMETRY_DATA' as history_name
    union all
    select 'TRUCK_STATUS' as history_name
    union all
    select 'PRODUCT' as history_name
),

final as (
    select histories.history_name
    from histories
    left join core.history_locks as locks
        on histories.history_name = locks.history_name
    where locks.history_name is null
)

select * from final;

-- What merges say of themselves, only ever inserted: that they began, then that
-- they committed or failed, or were found abandoned.
create table if not exists core.history_merges (
    history_name varchar not null,
    merge_id varchar not null,
    outcome varchar not null,
    holder varchar not null,
    told_at timestamp_ltz not null,
    count_files number(38, 0),
    first_news_at timestamp_ntz,
    last_news_at timestamp_ntz
);

-- The state of a truck: brakes, transmission, tyres, engine, in service or not.
create table if not exists core.truck_status (
    truck_id varchar not null,
    effective_from timestamp_ntz not null,
    effective_to timestamp_ntz,
    is_current boolean not null,
    load_timestamp timestamp_ntz not null,
    brake_status varchar,
    transmission_status varchar,
    tire_band_front_left varchar,
    tire_band_front_right varchar,
    tire_band_rear_left varchar,
    tire_band_rear_right varchar,
    engine_state varchar,
    in_service boolean
);

-- A product's name, price and stock, until it was withdrawn.
create table if not exists core.product (
    product_id varchar not null,
    effective_from timestamp_ntz not null,
    effective_to timestamp_ntz,
    is_current boolean not null,
    load_timestamp timestamp_ntz not null,
    product_name varchar,
    price number(18, 6),
    stock_band varchar
);

-- Work tables of the merges: permanent, since DDL would end their transaction,
-- and empty outside of it; of each history its own, so that histories merge
-- beside each other.
create table if not exists core.truck_telemetry_data_new_times (
    truck_id varchar not null,
    source_number number(38, 0) not null,
    happened_at timestamp_ntz not null,
    last_at timestamp_ntz not null
);

create table if not exists core.truck_telemetry_data_regions (
    truck_id varchar not null,
    region_from timestamp_ntz not null,
    region_to timestamp_ntz
);

create table if not exists core.truck_status_new_times (
    truck_id varchar not null,
    source_number number(38, 0) not null,
    happened_at timestamp_ntz not null,
    last_at timestamp_ntz not null
);

create table if not exists core.truck_status_regions (
    truck_id varchar not null,
    region_from timestamp_ntz not null,
    region_to timestamp_ntz
);

create table if not exists core.product_new_times (
    product_id varchar not null,
    source_number number(38, 0) not null,
    happened_at timestamp_ntz not null,
    last_at timestamp_ntz not null
);

create table if not exists core.product_regions (
    product_id varchar not null,
    region_from timestamp_ntz not null,
    region_to timestamp_ntz
);

drop table if exists core.history_new_times;

drop table if exists core.history_regions;
