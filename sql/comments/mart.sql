-- What the tables and views of MART hold: docs/data.md is made of it.
comment on view mart.sessions is
'Visits to the shop. Grain: a visit. Example: select device_type, avg(iff(has_purchase, 1, 0)) from mart.sessions group by device_type';
alter view mart.sessions alter column session_id comment 'The visit';
alter view mart.sessions alter column started_at comment 'The visit''s first event, UTC';
alter view mart.sessions alter column ended_at comment 'The visit''s last event, UTC';
alter view mart.sessions alter column device_type comment 'The visit''s device';
alter view mart.sessions alter column referrer_url comment 'Where the visit came from';
alter view mart.sessions alter column user_type comment 'new or returning';
alter view mart.sessions alter column location comment 'Where the visitor was, as the shop knows it';
alter view mart.sessions alter column count_events comment 'Events of the visit';
alter view mart.sessions alter column count_products comment 'Products that the visit touched';
alter view mart.sessions alter column has_view comment 'Did it view anything?';
alter view mart.sessions alter column has_click comment 'Did it click?';
alter view mart.sessions alter column has_add_to_cart comment 'Did it put anything into the cart?';
alter view mart.sessions alter column has_purchase comment 'Did it buy?';
alter view mart.sessions alter column revenue comment 'What it paid, by the purchases'' quantity and price [currency of the shop]';
comment on view mart.truck_days is
'What each truck did on each day. Grain: a truck and day. Example: select truck_id, sum(distance_km) from mart.truck_days group by truck_id';
alter view mart.truck_days alter column truck_id comment 'The truck';
alter view mart.truck_days alter column day comment 'The day, UTC';
alter view mart.truck_days alter column count_readings comment 'Readings of the day';
alter view mart.truck_days alter column distance_km comment 'Distance between known odometer values, without resets and leaps; between positions for a truck without odometer [km]';
alter view mart.truck_days alter column distance_source comment 'odometer or positions; null if the distance is unknown';
alter view mart.truck_days alter column count_left_out comment 'Steps left out: the odometer went back or leapt, or the position leapt';
alter view mart.truck_days alter column fuel_litres comment 'Consumption times distance, where both are known [L]';
alter view mart.truck_days alter column fuelled_km comment 'Distance whose consumption is known: fuel_litres are of these kilometres [km]';
alter view mart.truck_days alter column moving_speed_kmh comment 'Mean speed of the readings in motion [km/h]';
alter view mart.truck_days alter column highest_speed_kmh comment 'Highest speed [km/h]';
alter view mart.truck_days alter column lowest_tire_pressure_kpa comment 'Lowest pressure of any tyre [kPa]';
comment on view mart.trucks is
'Each truck as it was last read. Grain: a truck. Example: select truck_id, fuel_level from mart.trucks order by fuel_level';
alter view mart.trucks alter column truck_id comment 'The truck';
alter view mart.trucks alter column read_at comment 'When the truck was last read, UTC';
alter view mart.trucks alter column gps_latitude comment 'Latitude, WGS 84 [degrees]';
alter view mart.trucks alter column gps_longitude comment 'Longitude, WGS 84 [degrees]';
alter view mart.trucks alter column vehicle_speed comment 'Speed by the vehicle''s own sensor [km/h]';
alter view mart.trucks alter column fuel_level comment 'Level of the tank [%]';
alter view mart.trucks alter column engine_temperature comment 'Temperature of the coolant [°C]';
alter view mart.trucks alter column odometer_reading comment 'Distance since the truck was built [km]';
alter view mart.trucks alter column brake_status comment 'State of the brakes, as the truck reports it';
alter view mart.trucks alter column lowest_tire_pressure_kpa comment 'Lowest pressure of the four tyres [kPa]';
comment on view mart.reconciliation is
'What landed of each stream. Grain: a stream. Example: select stream, count_records - count_events from mart.reconciliation';
alter view mart.reconciliation alter column stream comment 'The stream that carried the record';
alter view mart.reconciliation alter column count_rows comment 'Rows in RAW';
alter view mart.reconciliation alter column count_records comment 'Distinct records of the stream';
alter view mart.reconciliation alter column count_events comment 'Distinct events';
alter view mart.reconciliation alter column first_happened_at comment 'When the first event happened, UTC';
alter view mart.reconciliation alter column last_happened_at comment 'When the last event happened, UTC';
alter view mart.reconciliation alter column last_arrived_at comment 'When the stream took the newest record, UTC';
alter view mart.reconciliation alter column last_loaded_at comment 'When Snowpipe loaded the newest row';
