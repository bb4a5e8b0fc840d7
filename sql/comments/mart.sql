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
alter view mart.sessions alter column revenue comment 'Money of the purchases; null if one of them says none [currency of the shop]';
alter view mart.sessions alter column count_differing comment 'Purchases that were told again with another quantity, price or total; the first telling counts';
comment on view mart.truck_days is
'What each truck did on each day. Grain: a truck and day. Example: select truck_id, sum(distance_km) from mart.truck_days group by truck_id';
alter view mart.truck_days alter column truck_id comment 'The truck';
alter view mart.truck_days alter column day comment 'The day, UTC';
alter view mart.truck_days alter column count_readings comment 'Readings of the day';
alter view mart.truck_days alter column distance_km comment 'Distance between known odometer values, without resets and leaps; between positions for a truck without odometer [km]';
alter view mart.truck_days alter column distance_source comment 'odometer or positions; null if the distance is unknown';
alter view mart.truck_days alter column count_left_out comment 'Steps left out: the odometer went back or leapt, or the position leapt';
alter view mart.truck_days alter column fuel_litres comment 'Fuel by the truck''s best measure; null if unknown [L]';
alter view mart.truck_days alter column fuelled_km comment 'Distance whose fuel is known [km]';
alter view mart.truck_days alter column fuelled_litres comment 'Fuel burnt on these kilometres [L]';
alter view mart.truck_days alter column fuel_source comment 'counter, rate, consumption or tank: what the fuel is measured by; null if nothing';
alter view mart.truck_days alter column tank_percent comment 'What the tank fell, of a truck that sends its level alone [% of the tank]';
alter view mart.truck_days alter column known_hours comment 'Time in which the speed is known [h]';
alter view mart.truck_days alter column moving_hours comment 'Time in motion, faster than 1 km/h [h]';
alter view mart.truck_days alter column moving_speed_kmh comment 'Mean speed over the time in motion [km/h]';
alter view mart.truck_days alter column highest_speed_kmh comment 'Highest speed [km/h]';
alter view mart.truck_days alter column lowest_tire_pressure_kpa comment 'Lowest pressure of any tyre [kPa]';
comment on view mart.trucks is
'Each truck as it was last read, each signal for itself. Grain: a truck. Example: select truck_id, fuel_level, fuel_level_at from mart.trucks order by fuel_level';
alter view mart.trucks alter column truck_id comment 'The truck';
alter view mart.trucks alter column read_at comment 'When the truck was last read, UTC';
alter view mart.trucks alter column gps_latitude comment 'Latitude of the last fix, WGS 84 [degrees]';
alter view mart.trucks alter column gps_longitude comment 'Longitude of the last fix, WGS 84 [degrees]';
alter view mart.trucks alter column position_at comment 'When the position was last known, UTC';
alter view mart.trucks alter column speed_kmh comment 'Speed by the vehicle''s own sensor, else by GPS [km/h]';
alter view mart.trucks alter column speed_at comment 'When the speed was last known, UTC';
alter view mart.trucks alter column fuel_level comment 'Level of the tank [%]';
alter view mart.trucks alter column fuel_level_at comment 'When the level was last known, UTC';
alter view mart.trucks alter column engine_temperature comment 'Temperature of the coolant [°C]';
alter view mart.trucks alter column engine_temperature_at comment 'When the temperature was last known, UTC';
alter view mart.trucks alter column odometer_reading comment 'Distance since the truck was built [km]';
alter view mart.trucks alter column odometer_at comment 'When the odometer was last known, UTC';
alter view mart.trucks alter column brake_status comment 'State of the brakes, as the truck reports it';
alter view mart.trucks alter column brake_status_at comment 'When the state of the brakes was last known, UTC';
alter view mart.trucks alter column lowest_tire_pressure_kpa comment 'Lowest pressure of the measured tyres [kPa]';
alter view mart.trucks alter column tire_pressure_at comment 'When a tyre was last measured, UTC';
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
comment on view mart.stops is
'Where and when each truck stood for a minute and more. Grain: a stop. Example: select truck_id, arrived_at, seconds from mart.stops order by seconds desc limit 10';
alter view mart.stops alter column truck_id comment 'The truck';
alter view mart.stops alter column stop_number comment 'Which of the stops of the truck; shorter ones, which are left out, count';
alter view mart.stops alter column arrived_at comment 'When it came, UTC';
alter view mart.stops alter column left_at comment 'When it left, UTC; the last moment if it is still there';
alter view mart.stops alter column seconds comment 'How long it stood [s]';
alter view mart.stops alter column seen_seconds comment 'From the first moment to the last one at which it stood; from 120 on it parts two trips [s]';
alter view mart.stops alter column is_last comment 'Is there no moment after it?';
alter view mart.stops alter column latitude comment 'Latitude, WGS 84 [degrees]';
alter view mart.stops alter column longitude comment 'Longitude, WGS 84 [degrees]';
alter view mart.stops alter column engine_seconds comment 'How long the engine ran; null if that is not known throughout [s]';
comment on view mart.trips is
'What each truck drove from one stop of two minutes and more to the next. Grain: a trip. Example: select truck_id, sum(distance_km) from mart.trips group by truck_id';
alter view mart.trips alter column truck_id comment 'The truck';
alter view mart.trips alter column trip_number comment 'Which of the trips of the truck';
alter view mart.trips alter column began_at comment 'When it began, UTC';
alter view mart.trips alter column ended_at comment 'When it ended, UTC';
alter view mart.trips alter column latitude_from comment 'Latitude where it began, WGS 84 [degrees]';
alter view mart.trips alter column longitude_from comment 'Longitude where it began, WGS 84 [degrees]';
alter view mart.trips alter column latitude_to comment 'Latitude where it ended, WGS 84 [degrees]';
alter view mart.trips alter column longitude_to comment 'Longitude where it ended, WGS 84 [degrees]';
alter view mart.trips alter column distance_km comment 'Distance; null if unknown [km]';
alter view mart.trips alter column moving_seconds comment 'Time on the move [s]';
alter view mart.trips alter column standing_seconds comment 'Time in stops of less than two minutes [s]';
alter view mart.trips alter column unknown_seconds comment 'Time in gaps [s]';
comment on view mart.shifts is
'Who drove which truck, where exactly one driver was on duty. Grain: a part of a shift. Example: select driver_id, count(distinct truck_id) from mart.shifts group by driver_id';
alter view mart.shifts alter column truck_id comment 'The truck';
alter view mart.shifts alter column driver_id comment 'The driver';
alter view mart.shifts alter column began_at comment 'When the driver was alone on duty from, UTC';
alter view mart.shifts alter column ended_at comment 'Until when, UTC';
comment on view mart.driver_log is
'What drivers did. Grain: the driving between two readings, an event of a telematics box, or a stop of two minutes and more. Example: select driver_id, sum(kilometres) from mart.driver_log group by driver_id';
alter view mart.driver_log alter column truck_id comment 'The truck';
alter view mart.driver_log alter column driver_id comment 'The driver; null if no shift says who it was';
alter view mart.driver_log alter column happened_at comment 'When it began, UTC';
alter view mart.driver_log alter column kind comment 'driving, event or stop';
alter view mart.driver_log alter column speed_kmh comment 'Speed; of an event that does not say it the last one read [km/h]';
alter view mart.driver_log alter column hours comment 'Of driving, how long the speed held [h]';
alter view mart.driver_log alter column kilometres comment 'Of driving, speed times hours [km]';
alter view mart.driver_log alter column event_type comment 'Of an event, harsh_brake, harsh_acceleration, harsh_corner or speeding';
alter view mart.driver_log alter column seconds comment 'Of an event or a stop, how long it lasted [s]';
alter view mart.driver_log alter column engine_seconds comment 'Of a stop, how long the engine ran; null if that is not known throughout [s]';
alter view mart.driver_log alter column latitude comment 'Of an event or a stop, latitude, WGS 84 [degrees]';
alter view mart.driver_log alter column longitude comment 'Of an event or a stop, longitude, WGS 84 [degrees]';
comment on view mart.tank_scales is
'What a percent of a gauge is in litres. Grain: a truck. Example: select truck_id, 100 * litres_per_percent from mart.tank_scales';
alter view mart.tank_scales alter column truck_id comment 'The truck';
alter view mart.tank_scales alter column count_receipts comment 'Receipts that belong to a rise of the level';
alter view mart.tank_scales alter column is_calibrated comment 'Is it by three receipts and more?';
alter view mart.tank_scales alter column litres_per_percent comment 'Litres of a percent; null if neither receipts nor the size of the tank say it [L]';
comment on view mart.tank_events is
'What was filled in, what left at once, and receipts without a rise. Grain: a rise, a fall or such a receipt. Example: select truck_id, litres from mart.tank_events order by litres limit 5';
alter view mart.tank_events alter column truck_id comment 'The truck';
alter view mart.tank_events alter column kind comment 'refuel, loss, or receipt: one for which no level rose';
alter view mart.tank_events alter column earliest_at comment 'When the level before it was last told, UTC';
alter view mart.tank_events alter column happened_at comment 'When the level behind it was first told, or the receipt was given, UTC';
alter view mart.tank_events alter column percent comment 'How much; negative for a loss [% of the tank]';
alter view mart.tank_events alter column litres comment 'How much; null if a percent is of unknown litres [L]';
alter view mart.tank_events alter column receipt_litres comment 'What the receipt says [L]';
comment on view mart.workshop_visits is
'Each time a truck was taken out for one of its parts. Grain: a stop with its visit, or a visit without a stop. Example: select component, count_if(is_roadside) as failures from mart.workshop_visits group by component';
alter view mart.workshop_visits alter column truck_id comment 'The truck';
alter view mart.workshop_visits alter column component comment 'The part, such as battery';
alter view mart.workshop_visits alter column stopped_at comment 'When it was taken out of service, UTC; null if nobody told';
alter view mart.workshop_visits alter column entered_at comment 'When it entered the workshop, UTC; null if nobody told';
alter view mart.workshop_visits alter column left_at comment 'When it left the workshop, UTC; null if nobody told';
alter view mart.workshop_visits alter column cost comment 'What the visit cost [shop currency]';
alter view mart.workshop_visits alter column is_roadside comment 'Did it stop before it entered: a failure on the road? Null if either is unknown';
comment on view mart.truck_depots is
'What each truck can carry, and where its depot lies: each by what was told last of it. Grain: a truck of the master data. Example: select depot_id, sum(capacity_kg) from mart.truck_depots group by depot_id';
alter view mart.truck_depots alter column truck_id comment 'The truck';
alter view mart.truck_depots alter column depot_id comment 'Where it is at home; null if nobody told';
alter view mart.truck_depots alter column capacity_kg comment 'The most that it carries; null if nobody told [kg]';
alter view mart.truck_depots alter column depot_latitude comment 'Latitude of the depot, WGS 84; null if nobody told [degrees]';
alter view mart.truck_depots alter column depot_longitude comment 'Longitude of the depot, WGS 84; null if nobody told [degrees]';
comment on view mart.product_offers is
'Each product as the shop offers it, by its history as it was merged last. Grain: a product. Example: select category, count(*) from mart.product_offers where is_available group by category';
alter view mart.product_offers alter column product_id comment 'The product';
alter view mart.product_offers alter column product_name comment 'Its name';
alter view mart.product_offers alter column category comment 'Its category';
alter view mart.product_offers alter column price comment 'Its price [currency of the shop]';
alter view mart.product_offers alter column stock_band comment 'in_stock, low or out; null if the shop does not say';
alter view mart.product_offers alter column is_available comment 'Can it be bought? Not if it is sold out or was withdrawn';
comment on table mart.visit_steps is
'The products that each visit looked at, in their order, as the recommendations were built last. Grain: a step of a visit. Example: select product_id, count(*) from mart.visit_steps group by product_id';
comment on column mart.visit_steps.session_id is 'The visit';
comment on column mart.visit_steps.user_id is 'Who visited; null if nobody knows';
comment on column mart.visit_steps.started_at is 'When the visit began, UTC';
comment on column mart.visit_steps.stepped_at is 'When the product was looked at, UTC';
comment on column mart.visit_steps.product_id is 'The product';
comment on column mart.visit_steps.step_number is 'Its number in its visit, from 1';
comment on table mart.next_products is
'How strongly each product leads to another in a visit. Grain: two products. Example: select product_id, next_id from mart.next_products order by weight desc limit 10';
comment on column mart.next_products.product_id is 'The product that was looked at';
comment on column mart.next_products.next_id is 'The product that it leads to';
comment on column mart.next_products.weight is 'Share of what it leads to, weighed by order, distance and age [share]';
comment on table mart.next_pairs is
'How often a product came behind two others in a visit. Grain: three products. Example: select product_id, next_id from mart.next_pairs order by weight desc limit 10';
comment on column mart.next_pairs.before_id is 'The product before the last';
comment on column mart.next_pairs.product_id is 'The last product';
comment on column mart.next_pairs.next_id is 'The product that came behind both';
comment on column mart.next_pairs.weight is 'Number of times, older ones counting less';
comment on table mart.popular_products is
'How often each product is looked at. Grain: a product. Example: select product_id from mart.popular_products where place <= 10';
comment on column mart.popular_products.product_id is 'The product';
comment on column mart.popular_products.share is 'Its share of all steps [share]';
comment on column mart.popular_products.place is 'Its place by that, from 1';
comment on table mart.companions is
'What is looked at with a product in the cart more often than its popularity explains. Grain: two products. Example: select product_id, companion_id from mart.companions order by surprise desc limit 10';
comment on column mart.companions.product_id is 'The product in the cart';
comment on column mart.companions.companion_id is 'The product that was looked at with it';
comment on column mart.companions.count_views is 'How often it was';
comment on column mart.companions.count_orders is 'Orders in which the two were bought together';
comment on column mart.companions.surprise is 'Likelihood ratio G² of that, Dunning (1993)';
comment on table mart.product_recommendations is
'What to recommend beside each product. Grain: a product and a place of its list. Example: select product_id, recommended_id, reason from mart.product_recommendations where place = 1';
comment on column mart.product_recommendations.product_id is 'The product beside which it is recommended';
comment on column mart.product_recommendations.place is 'The place in the list, from 1';
comment on column mart.product_recommendations.recommended_id is 'The product that is recommended';
comment on column mart.product_recommendations.reason is 'Why, in words';
comment on column mart.product_recommendations.made_at is 'The list is made of the clicks before, UTC';
comment on column mart.product_recommendations.valid_until is 'When a new list is due, UTC';
comment on table mart.person_recommendations is
'What to recommend to each person. Grain: a person and a place of the list. Example: select user_id, recommended_id, reason from mart.person_recommendations where place = 1';
comment on column mart.person_recommendations.user_id is 'The person';
comment on column mart.person_recommendations.place is 'The place in the list, from 1';
comment on column mart.person_recommendations.recommended_id is 'The product that is recommended';
comment on column mart.person_recommendations.because_id is 'The product that led to it; null if it is only popular';
comment on column mart.person_recommendations.reason is 'Why, in words';
comment on column mart.person_recommendations.made_at is 'The list is made of the clicks before, UTC';
comment on column mart.person_recommendations.valid_until is 'When a new list is due, UTC';
