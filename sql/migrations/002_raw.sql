-- What the pipeline lands, with its lineage: stream, shard, sequence number and
-- arrival at the stream; file, row and load. Rows are never changed.

-- Clicks as they came; a record or an event may be here twice.
create table if not exists raw.click_events (
    event_id varchar not null,
    user_id varchar,
    session_id varchar not null,
    event_type varchar not null,
    page varchar,
    product_id varchar,
    product_name varchar,
    event_timestamp timestamp_ntz not null,
    device_type varchar,
    referrer_url varchar,
    location varchar,
    browser varchar,
    user_type varchar,
    quantity number(38, 0),
    price number(18, 6),
    order_id varchar,
    campaign varchar,
    experiment varchar,
    shown_price number(18, 6),
    stock_band varchar,
    promised_at timestamp_ntz,
    stream varchar not null,
    shard_id varchar not null,
    sequence_number varchar(60) not null,
    arrived_at timestamp_ntz not null,
    file_name varchar not null,
    file_row number(38, 0) not null,
    loaded_at timestamp_ltz not null
);

-- Readings of the trucks as they came: km/h, km, litres per 100 km, kPa, C.
create table if not exists raw.truck_telemetry (
    event_id varchar not null,
    truck_id varchar not null,
    event_timestamp timestamp_ntz not null,
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
    environment_pressure float,
    stream varchar not null,
    shard_id varchar not null,
    sequence_number varchar(60) not null,
    arrived_at timestamp_ntz not null,
    file_name varchar not null,
    file_row number(38, 0) not null,
    loaded_at timestamp_ltz not null
);

-- Order lines as they came; invoice_date is the shop's local time.
create table if not exists raw.order_lines (
    event_id varchar not null,
    invoice_no varchar not null,
    stock_code varchar not null,
    description varchar,
    quantity number(38, 0) not null,
    invoice_date timestamp_ntz not null,
    unit_price number(18, 6) not null,
    customer_id varchar,
    country varchar not null,
    stream varchar not null,
    shard_id varchar not null,
    sequence_number varchar(60) not null,
    arrived_at timestamp_ntz not null,
    file_name varchar not null,
    file_row number(38, 0) not null,
    loaded_at timestamp_ltz not null
);
