-- The lake as a stage, and one pipe per kind of event. A pipe is never
-- replaced: that would forget which files it has loaded.
create stage if not exists raw.lake
    url = 's3://{{ lake_bucket }}/'
    storage_integration = {{ storage_integration }};

create pipe if not exists raw.click_events_pipe
auto_ingest = true
aws_sns_topic = '{{ lake_topic_arn }}'
as
copy into raw.click_events (
    event_id,
    user_id,
    session_id,
    event_type,
    page,
    product_id,
    product_name,
    event_timestamp,
    device_type,
    referrer_url,
    location,
    browser,
    user_type,
    quantity,
    price,
    order_id,
    campaign,
    experiment,
    shown_price,
    stock_band,
    promised_at,
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
        $1:user_id::varchar,
        $1:session_id::varchar,
        $1:event_type::varchar,
        $1:page::varchar,
        $1:product_id::varchar,
        $1:product_name::varchar,
        $1:event_timestamp::timestamp_ntz,
        $1:device_type::varchar,
        $1:referrer_url::varchar,
        $1:location::varchar,
        $1:browser::varchar,
        $1:user_type::varchar,
        $1:quantity::number(38, 0),
        $1:price::number(18, 6),
        $1:order_id::varchar,
        $1:campaign::varchar,
        $1:experiment::varchar,
        $1:shown_price::number(18, 6),
        $1:stock_band::varchar,
        $1:promised_at::timestamp_ntz,
        $1:stream::varchar,
        $1:shard_id::varchar,
        $1:sequence_number::varchar(60),
        $1:arrived_at::timestamp_ntz,
        metadata$filename::varchar,
        metadata$file_row_number::number(38, 0),
        metadata$start_scan_time::timestamp_ltz
    from @raw.lake/clickstream-data/
)
file_format = (type = json);

create pipe if not exists raw.truck_telemetry_pipe
auto_ingest = true
aws_sns_topic = '{{ lake_topic_arn }}'
as
copy into raw.truck_telemetry (
    event_id,
    truck_id,
    event_timestamp,
    gps_latitude,
    gps_longitude,
    gps_altitude,
    gps_speed,
    vehicle_speed,
    engine_rpm,
    fuel_level,
    engine_temperature,
    oil_pressure,
    battery_voltage,
    odometer_reading,
    fuel_consumption,
    brake_status,
    tire_pressure_front_left,
    tire_pressure_front_right,
    tire_pressure_rear_left,
    tire_pressure_rear_right,
    transmission_status,
    environment_temperature,
    environment_humidity,
    environment_pressure,
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
        $1:truck_id::varchar,
        $1:event_timestamp::timestamp_ntz,
        $1:gps_latitude::float,
        $1:gps_longitude::float,
        $1:gps_altitude::float,
        $1:gps_speed::float,
        $1:vehicle_speed::float,
        $1:engine_rpm::float,
        $1:fuel_level::float,
        $1:engine_temperature::float,
        $1:oil_pressure::float,
        $1:battery_voltage::float,
        $1:odometer_reading::float,
        $1:fuel_consumption::float,
        $1:brake_status::varchar,
        $1:tire_pressure_front_left::float,
        $1:tire_pressure_front_right::float,
        $1:tire_pressure_rear_left::float,
        $1:tire_pressure_rear_right::float,
        $1:transmission_status::varchar,
        $1:environment_temperature::float,
        $1:environment_humidity::float,
        $1:environment_pressure::float,
        $1:stream::varchar,
        $1:shard_id::varchar,
        $1:sequence_number::varchar(60),
        $1:arrived_at::timestamp_ntz,
        metadata$filename::varchar,
        metadata$file_row_number::number(38, 0),
        metadata$start_scan_time::timestamp_ltz
    from @raw.lake/telemetry-data/
)
file_format = (type = json);

create pipe if not exists raw.order_lines_pipe
auto_ingest = true
aws_sns_topic = '{{ lake_topic_arn }}'
as
copy into raw.order_lines (
    event_id,
    invoice_no,
    stock_code,
    description,
    quantity,
    invoice_date,
    unit_price,
    customer_id,
    country,
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
        $1:invoice_no::varchar,
        $1:stock_code::varchar,
        $1:description::varchar,
        $1:quantity::number(38, 0),
        $1:invoice_date::timestamp_ntz,
        $1:unit_price::number(18, 6),
        $1:customer_id::varchar,
        $1:country::varchar,
        $1:stream::varchar,
        $1:shard_id::varchar,
        $1:sequence_number::varchar(60),
        $1:arrived_at::timestamp_ntz,
        metadata$filename::varchar,
        metadata$file_row_number::number(38, 0),
        metadata$start_scan_time::timestamp_ltz
    from @raw.lake/orders/
)
file_format = (type = json);
