-- The trucks' history (SCD type 2), made by sql/history/merge.sql.

-- The files that a history has claimed, each by the merge that read it first.
create table if not exists core.history_files (
    history_name varchar not null,
    file_name varchar not null,
    merge_id varchar not null,
    claimed_at timestamp_ltz not null
);

-- Half-open versions: valid from EFFECTIVE_FROM until before EFFECTIVE_TO,
-- which is null for the current one.
create table if not exists core.truck_telemetry_data (
    truck_id varchar not null,
    effective_from timestamp_ntz not null,
    effective_to timestamp_ntz,
    is_current boolean not null,
    load_timestamp timestamp_ntz not null,
    gps_latitude float,
    gps_longitude float,
    gps_altitude float,
    gps_speed float,
    vehicle_speed float,
    engine_rpm float,
    fuel_level float,
    engine_temperature float,
    oil_pressure float,
    battery_voltage float,
    odometer_reading float,
    fuel_consumption float,
    brake_status varchar,
    tire_pressure_front_left float,
    tire_pressure_front_right float,
    tire_pressure_rear_left float,
    tire_pressure_rear_right float,
    transmission_status varchar,
    environment_temperature float,
    environment_humidity float,
    environment_pressure float
);

-- Work tables of the merge: permanent, since DDL would end its transaction, and
-- empty outside of it.
create table if not exists core.history_new_times (
    truck_id varchar not null,
    event_timestamp timestamp_ntz not null
);

create table if not exists core.history_regions (
    truck_id varchar not null,
    region_from timestamp_ntz not null,
    region_to timestamp_ntz
);
