-- What the fleet's pages read, kept as tables: sql/refreshed says what is in
-- them, a refresh brings them up to what has landed. They were views before.
drop view if exists core.truck_moments;

create table if not exists core.truck_moments (
    truck_id varchar not null,
    event_timestamp timestamp_ntz not null,
    count_readings number(38, 0) not null,
    odometer_km float,
    fuel_used float,
    fuel_rate float,
    fuel_consumption float,
    fuel_level float,
    speed_kmh float,
    is_running boolean,
    latitude float,
    longitude float,
    vehicle_speed float,
    engine_rpm float,
    engine_temperature float,
    oil_pressure float,
    battery_voltage float,
    transmission_status varchar,
    brake_status varchar,
    environment_temperature float,
    lowest_tire_kpa float
);

drop view if exists core.speed_spans;

create table if not exists core.speed_spans (
    truck_id varchar not null,
    event_timestamp timestamp_ntz not null,
    speed_kmh float not null,
    is_running boolean,
    hours float
);

drop view if exists core.tank_plateaus;

create table if not exists core.tank_plateaus (
    truck_id varchar not null,
    plateau_number number(38, 0) not null,
    stand_number number(38, 0) not null,
    began_at timestamp_ntz not null,
    ended_at timestamp_ntz not null,
    count_levels number(38, 0) not null,
    level_first float,
    level_last float,
    odometer_first_km float,
    odometer_last_km float
);

drop view if exists core.fuelled_distances;

create table if not exists core.fuelled_distances (
    truck_id varchar not null,
    day date not null,
    fuelled_km float not null,
    fuelled_litres float not null
);

drop view if exists mart.stops;

create table if not exists mart.stops (
    truck_id varchar not null,
    stop_number number(38, 0) not null,
    arrived_at timestamp_ntz not null,
    left_at timestamp_ntz not null,
    seconds number(38, 0) not null,
    seen_seconds float not null,
    is_last boolean not null,
    latitude float,
    longitude float,
    engine_seconds float
);

drop view if exists mart.trips;

create table if not exists mart.trips (
    truck_id varchar not null,
    trip_number number(38, 0) not null,
    began_at timestamp_ntz not null,
    ended_at timestamp_ntz not null,
    latitude_from float,
    longitude_from float,
    latitude_to float,
    longitude_to float,
    distance_km float,
    moving_seconds float not null,
    standing_seconds float not null,
    unknown_seconds float not null
);

drop view if exists mart.truck_days;

create table if not exists mart.truck_days (
    truck_id varchar not null,
    day date not null,
    count_readings number(38, 0) not null,
    distance_km float,
    distance_source varchar,
    count_left_out number(38, 0),
    fuel_litres float,
    fuelled_km float,
    fuelled_litres float,
    fuel_source varchar,
    tank_percent float,
    known_hours float,
    moving_hours float,
    moving_speed_kmh float,
    highest_speed_kmh float,
    lowest_tire_pressure_kpa float
);

drop view if exists mart.trucks;

create table if not exists mart.trucks (
    truck_id varchar not null,
    read_at timestamp_ntz not null,
    gps_latitude float,
    gps_longitude float,
    position_at timestamp_ntz,
    speed_kmh float,
    speed_at timestamp_ntz,
    fuel_level float,
    fuel_level_at timestamp_ntz,
    engine_temperature float,
    engine_temperature_at timestamp_ntz,
    odometer_reading float,
    odometer_at timestamp_ntz,
    brake_status varchar,
    brake_status_at timestamp_ntz,
    lowest_tire_pressure_kpa float,
    tire_pressure_at timestamp_ntz,
    count_misdated number(38, 0) not null
);

-- Which rows of RAW the tables hold, a truck and day at a time: their number,
-- the sum of their places in their files, the newest of them, and how many are
-- misdated. Where RAW says something else, the day is made anew.
create table if not exists core.fleet_days (
    truck_id varchar not null,
    day date not null,
    count_rows number(38, 0) not null,
    sum_places number(38, 0) not null,
    last_number varchar not null,
    last_file varchar not null,
    count_misdated number(38, 0) not null
);

-- The same of the days that differ, while a refresh is at work.
create table if not exists core.fleet_changes (
    truck_id varchar not null,
    day date not null,
    count_rows number(38, 0),
    sum_places number(38, 0),
    last_number varchar,
    last_file varchar,
    count_misdated number(38, 0)
);

-- One row: who has it refreshes, by which state of sql/refreshed.
create table if not exists core.fleet_refresh (
    models varchar not null,
    refreshed_at timestamp_ntz
);

insert into core.fleet_refresh (models)
select 'none' as models
where not exists (select models from core.fleet_refresh);
