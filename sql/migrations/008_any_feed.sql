-- Any feed: more fields, what a record said beyond ours (extra), and what was
-- not believed of it (set_aside: field, value, rule). The pipes read them; what
-- they loaded stays, and a deployment loads what they missed meanwhile.

alter table raw.click_events add column if not exists
category varchar;

alter table raw.click_events add column if not exists
user_agent varchar;

alter table raw.click_events add column if not exists
order_total number(18, 6);

alter table raw.click_events add column if not exists
click_count number(38, 0);

alter table raw.click_events add column if not exists
extra variant;

alter table raw.click_events add column if not exists
set_aside variant;

alter table raw.truck_telemetry add column if not exists
gps_heading float;

alter table raw.truck_telemetry add column if not exists
gps_satellites number(38, 0);

alter table raw.truck_telemetry add column if not exists
gps_hdop float;

alter table raw.truck_telemetry add column if not exists
ignition boolean;

alter table raw.truck_telemetry add column if not exists
fuel_rate float;

alter table raw.truck_telemetry add column if not exists
fuel_used float;

alter table raw.truck_telemetry add column if not exists
engine_hours float;

alter table raw.truck_telemetry add column if not exists
driver_id varchar;

alter table raw.truck_telemetry add column if not exists
lamps variant;

alter table raw.truck_telemetry add column if not exists
trouble_codes variant;

alter table raw.truck_telemetry add column if not exists
extra variant;

alter table raw.truck_telemetry add column if not exists
set_aside variant;

alter table raw.order_lines add column if not exists
extra variant;

alter table raw.order_lines add column if not exists
set_aside variant;

alter table raw.operations add column if not exists
category varchar;

alter table raw.operations add column if not exists
extra variant;

alter table raw.operations add column if not exists
set_aside variant;

alter table raw.click_events alter column session_id drop not null;

alter table raw.order_lines alter column invoice_no drop not null;

alter table raw.order_lines alter column country drop not null;

alter table core.product add column if not exists
category varchar;

-- A pipe that is replaced has forgotten what it loaded: see ops.pipes.
update ops.pipes
set topic_arn = '';

create or replace pipe raw.click_events_pipe
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
    category,
    user_agent,
    order_total,
    click_count,
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
        $1:category::varchar,
        $1:user_agent::varchar,
        $1:order_total::number(18, 6),
        $1:click_count::number(38, 0),
        $1:extra::variant,
        $1:set_aside::variant,
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

create or replace pipe raw.truck_telemetry_pipe
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
    gps_heading,
    gps_satellites,
    gps_hdop,
    ignition,
    fuel_rate,
    fuel_used,
    engine_hours,
    driver_id,
    lamps,
    trouble_codes,
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
        $1:gps_heading::float,
        $1:gps_satellites::number(38, 0),
        $1:gps_hdop::float,
        $1:ignition::boolean,
        $1:fuel_rate::float,
        $1:fuel_used::float,
        $1:engine_hours::float,
        $1:driver_id::varchar,
        $1:lamps::variant,
        $1:trouble_codes::variant,
        $1:extra::variant,
        $1:set_aside::variant,
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

create or replace pipe raw.order_lines_pipe
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
        $1:invoice_no::varchar,
        $1:stock_code::varchar,
        $1:description::varchar,
        $1:quantity::number(38, 0),
        $1:invoice_date::timestamp_ntz,
        $1:unit_price::number(18, 6),
        $1:customer_id::varchar,
        $1:country::varchar,
        $1:extra::variant,
        $1:set_aside::variant,
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
