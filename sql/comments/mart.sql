-- What the tables and views of MART hold: docs/data.md is made of it.
comment on table mart.sessions is
'Visits to the shop. Grain: a visit. Example: select device_type, avg(iff(has_purchase, 1, 0)) from mart.sessions group by device_type';
comment on column mart.sessions.session_id is 'The visit';
comment on column mart.sessions.user_id is 'Who visited; null if nobody knows';
comment on column mart.sessions.started_at is 'The visit''s first event, UTC';
comment on column mart.sessions.ended_at is 'The visit''s last event, UTC';
comment on column mart.sessions.device_type is 'The visit''s device';
comment on column mart.sessions.referrer_url is 'Where the visit came from';
comment on column mart.sessions.user_type is 'new or returning';
comment on column mart.sessions.location is 'Where the visitor was, as the shop knows it';
comment on column mart.sessions.count_events is 'Events of the visit';
comment on column mart.sessions.count_products is 'Products that the visit touched';
comment on column mart.sessions.has_view is 'Did it view anything?';
comment on column mart.sessions.has_click is 'Did it click?';
comment on column mart.sessions.has_add_to_cart is 'Did it put anything into the cart?';
comment on column mart.sessions.has_purchase is 'Did it buy?';
comment on column mart.sessions.revenue is 'Money of the purchases; null if one of them says none [currency of the shop]';
comment on column mart.sessions.count_differing is 'Purchases that were told again with another quantity, price or total; the first telling counts';
comment on column mart.sessions.bot_probability is 'How likely a bot came, by its name and the pauses of all of its visits; 0 of who ever bought, null if no pace of people is known';
comment on column mart.sessions.is_bot is 'Is that more than 0.5? Nobody is a bot without a reason';
comment on column mart.sessions.count_orders is 'Orders of the visit';
comment on table mart.session_products is
'What visits did with products. Grain: a visit and a product, or what it did without one. Example: select product_id, count(carted_at) from mart.session_products group by product_id';
comment on column mart.session_products.session_id is 'The visit';
comment on column mart.session_products.user_id is 'Who visited; null if nobody knows';
comment on column mart.session_products.product_id is 'The product; null of what is about none';
comment on column mart.session_products.category is 'The category that the clicks say';
comment on column mart.session_products.seen_at is 'The first event, UTC';
comment on column mart.session_products.last_at is 'The last event, UTC';
comment on column mart.session_products.count_events is 'Events';
comment on column mart.session_products.carted_at is 'When it was put into the cart last, UTC; null if never';
comment on column mart.session_products.carted_price is 'The price then [currency of the shop]';
comment on column mart.session_products.bought_at is 'When it was bought last, UTC; null if never';
comment on column mart.session_products.paid is 'Money of the purchases; null if none, or if one says none [currency of the shop]';
comment on table mart.messages is
'Who was told by which audience, and who was held out. Grain: an export and a person. Example: select audience, count_if(is_held_out) from mart.messages group by audience';
comment on column mart.messages.audience is 'Name of the audience';
comment on column mart.messages.user_id is 'The person';
comment on column mart.messages.planned_at is 'The end of the clicks when the audience was exported, UTC';
comment on column mart.messages.is_held_out is 'Was the person held out, to compare?';
comment on column mart.messages.probability is 'How likely the person was to buy; null if unknown';
comment on column mart.messages.expected_revenue is 'What the person was expected to pay; null if unknown [currency of the shop]';
comment on table mart.truck_days is
'What each truck did on each day. Grain: a truck and day. Example: select truck_id, sum(distance_km) from mart.truck_days group by truck_id';
comment on column mart.truck_days.truck_id is 'The truck';
comment on column mart.truck_days.day is 'The day, UTC';
comment on column mart.truck_days.count_readings is 'Readings of the day';
comment on column mart.truck_days.distance_km is 'Distance between known odometer values, without resets and leaps; between positions for a truck without odometer [km]';
comment on column mart.truck_days.distance_source is 'odometer or positions; null if the distance is unknown';
comment on column mart.truck_days.count_left_out is 'Steps left out: the odometer went back or leapt, or the position leapt';
comment on column mart.truck_days.fuel_litres is 'Fuel by the truck''s best measure; null if unknown [L]';
comment on column mart.truck_days.fuelled_km is 'Distance whose fuel is known [km]';
comment on column mart.truck_days.fuelled_litres is 'Fuel burnt on these kilometres [L]';
comment on column mart.truck_days.fuel_source is 'counter, rate, consumption or tank: what the fuel is measured by; null if nothing';
comment on column mart.truck_days.tank_percent is 'What the tank fell, of a truck that sends its level alone [% of the tank]';
comment on column mart.truck_days.known_hours is 'Time in which the speed is known [h]';
comment on column mart.truck_days.moving_hours is 'Time in motion, faster than 1 km/h [h]';
comment on column mart.truck_days.moving_speed_kmh is 'Mean speed over the time in motion [km/h]';
comment on column mart.truck_days.highest_speed_kmh is 'Highest speed [km/h]';
comment on column mart.truck_days.lowest_tire_pressure_kpa is 'Lowest pressure of any tyre [kPa]';
comment on table mart.trucks is
'Each truck as it was last read, each signal for itself. Grain: a truck. Example: select truck_id, fuel_level, fuel_level_at from mart.trucks order by fuel_level';
comment on column mart.trucks.truck_id is 'The truck';
comment on column mart.trucks.read_at is 'When the truck was last read, UTC';
comment on column mart.trucks.gps_latitude is 'Latitude of the last fix, WGS 84 [degrees]';
comment on column mart.trucks.gps_longitude is 'Longitude of the last fix, WGS 84 [degrees]';
comment on column mart.trucks.position_at is 'When the position was last known, UTC';
comment on column mart.trucks.speed_kmh is 'Speed by the vehicle''s own sensor, else by GPS [km/h]';
comment on column mart.trucks.speed_at is 'When the speed was last known, UTC';
comment on column mart.trucks.fuel_level is 'Level of the tank [%]';
comment on column mart.trucks.fuel_level_at is 'When the level was last known, UTC';
comment on column mart.trucks.engine_temperature is 'Temperature of the coolant [°C]';
comment on column mart.trucks.engine_temperature_at is 'When the temperature was last known, UTC';
comment on column mart.trucks.odometer_reading is 'Distance since the truck was built [km]';
comment on column mart.trucks.odometer_at is 'When the odometer was last known, UTC';
comment on column mart.trucks.brake_status is 'State of the brakes, as the truck reports it';
comment on column mart.trucks.brake_status_at is 'When the state of the brakes was last known, UTC';
comment on column mart.trucks.lowest_tire_pressure_kpa is 'Lowest pressure of the measured tyres [kPa]';
comment on column mart.trucks.tire_pressure_at is 'When a tyre was last measured, UTC';
comment on column mart.trucks.count_misdated is 'Readings of a clock that was years back, which count nowhere';
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
comment on table mart.stops is
'Where and when each truck stood for a minute and more. Grain: a stop. Example: select truck_id, arrived_at, seconds from mart.stops order by seconds desc limit 10';
comment on column mart.stops.truck_id is 'The truck';
comment on column mart.stops.stop_number is 'Which of the stops of the truck; shorter ones, which are left out, count';
comment on column mart.stops.arrived_at is 'When it came, UTC';
comment on column mart.stops.left_at is 'When it left, UTC; the last moment if it is still there';
comment on column mart.stops.seconds is 'How long it stood [s]';
comment on column mart.stops.seen_seconds is 'From the first moment to the last one at which it stood; from 120 on it parts two trips [s]';
comment on column mart.stops.is_last is 'Is there no moment after it?';
comment on column mart.stops.latitude is 'Latitude, WGS 84 [degrees]';
comment on column mart.stops.longitude is 'Longitude, WGS 84 [degrees]';
comment on column mart.stops.engine_seconds is 'How long the engine ran; null if that is not known throughout [s]';
comment on table mart.trips is
'What each truck drove from one stop of two minutes and more to the next. Grain: a trip. Example: select truck_id, sum(distance_km) from mart.trips group by truck_id';
comment on column mart.trips.truck_id is 'The truck';
comment on column mart.trips.trip_number is 'Which of the trips of the truck';
comment on column mart.trips.began_at is 'When it began, UTC';
comment on column mart.trips.ended_at is 'When it ended, UTC';
comment on column mart.trips.latitude_from is 'Latitude where it began, WGS 84 [degrees]';
comment on column mart.trips.longitude_from is 'Longitude where it began, WGS 84 [degrees]';
comment on column mart.trips.latitude_to is 'Latitude where it ended, WGS 84 [degrees]';
comment on column mart.trips.longitude_to is 'Longitude where it ended, WGS 84 [degrees]';
comment on column mart.trips.distance_km is 'Distance; null if unknown [km]';
comment on column mart.trips.moving_seconds is 'Time on the move [s]';
comment on column mart.trips.standing_seconds is 'Time in stops of less than two minutes [s]';
comment on column mart.trips.unknown_seconds is 'Time in gaps [s]';
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
