"""
The cases are sharp: a fault put into a view or a query changes what one of them expects.

The faults are made by rule (``mutants.py``), so that a query that comes later has its own;
those that no case may catch stand in ``ALIKE`` with the reason. Of a file with many faults
the tests take some, always the same; ``make prove`` takes all.
"""

import os
import zlib

import pytest
from cartwheel.paths import SQL
from cartwheel.warehouse import Warehouse, bindable, refreshing, sqlfiles
from cartwheel.warehouse.connection import query_text
from snowflake.connector.errors import Error as SnowflakeError

from . import mutants
from .conftest import REFRESHED
from .rows import Case, fill
from .test_queries import QUERIES, VIEWS, equal, rows

MANY = 8  # faults of a file, above which the tests take a part of them
PASSES_OVER_NULL = (
    "the embedded warehouse's max_by passes over null by itself, Snowflake's does not"
)
ONE_OF_A_STEP = "a step ends with the only one it holds"
NUMBERS_GROW = "the numbers of a truck's steps need only grow"
BY_CHANCE = "the order is then left to chance"
# Queries that include the same part: its faults are tried in the second.
SHARES = (
    dict.fromkeys(
        (
            "clicks/visits",
            *(
                f"clicks/overview/{n}"
                for n in ("devices", "funnel", "products", "trend", "visitors")
            ),
        ),
        "clicks/overview/summary",
    )
    | dict.fromkeys(
        ("clicks/recommend/people", "clicks/recommend/replayed"), "clicks/recommend/request"
    )
    | {
        "clicks/experiment/days": "clicks/experiment/persons",
        "clicks/attribution/credits": "clicks/attribution/steps",
    }
)
INCLUDED = "it makes no difference here, but where the part is included too"
NEVER_EXACTLY = "nothing is exactly so large"
SPARES_WORK = "which trucks are looked at closely only spares work"
ALIKE: dict[str, dict[str, str]] = {
    "core/truck_fixes": dict.fromkeys(
        (
            "1000 * HAVERSINE(latitude_before, longitude_before, latit… -> gte",
            "1000 * HAVERSINE(latitude_earlier, longitude_earlier, lat… -> gte",
        ),
        NEVER_EXACTLY,
    ),
    "core/misdated_readings": {
        **dict.fromkeys(
            (
                "INNER JOIN spans ON readings.truck_id = spans.truck_id AN… -> left join",
                "readings.truck_id = spans.truck_id -> neq",
                "readings.truck_id = spans.truck_id AND spans.first_at < D… -> only the left",
                "readings.truck_id = spans.truck_id AND spans.first_at < D… -> only the right",
                "spans.first_at < DATEADD(YEAR, -5, spans.last_at) -> lte",
            ),
            SPARES_WORK,
        ),
        "INNER JOIN eras ON landed.truck_id = eras.truck_id -> left join":
        "before no era lies nothing",
    },
    "mart/workshop_visits": {
        "3 -> one more": "it is the last of three places",
        **{
            f"ORDER BY event_timestamp, place -> without key 2{which}":
            "steps of one moment may keep their order by chance"
            for which in ("", *(f" ({n})" for n in range(2, 8)))
        },
    },
    "lookups/readings": {
        "INNER JOIN latest ON ordered.truck_id = latest.truck_id -> left join": "each has one",
    },
    "fleet/emissions/deliveries": {
        "tonnes * distance_km -> div": "whether it is known does not hang on it",
    },
    "fleet/maintenance/days": {
        "SELECT truck_id, PERCENTILE_CONT(0.1) WITHIN GROUP (ORDER… -> without where":
        "a percentile passes over null",
        "ORDER BY truck_id, day -> without key 2": "days may keep their order by chance",
    },
    "mart/trucks": {
        f"IFF({name} IS NULL, NULL, event_timestamp) -> always the second": PASSES_OVER_NULL
        for name in (
            "brake_status", "engine_temperature", "fuel_level", "lowest_tire_kpa", "odometer_km",
            "speed_kmh",
        )
    },
    "core/truck_moments": {
        **{
            f"IFF({name} IS NULL, NULL, sequence_number) -> always the second": PASSES_OVER_NULL
            for name in (
                "battery_voltage", "brake_status", "engine_rpm", "engine_runs",
                "engine_temperature", "environment_temperature", "fuel_consumption", "fuel_level",
                "fuel_rate", "fuel_used", "known_speed", "odometer_km", "oil_pressure",
                "tire_pressure_rear_left", "transmission_status",
                "vehicle_speed",
            )
        },
        **dict.fromkeys(
            (
                "IFF(tire_pressure_front_left IS NULL, NULL, sequence_numb… -> always the second",
                "IFF(tire_pressure_front_right IS NULL, NULL, sequence_num… -> always the second",
                "IFF(tire_pressure_rear_right IS NULL, NULL, sequence_numb… -> always the second",
            ),
            PASSES_OVER_NULL,
        ),
    },
    "core/measured_moments": {
        "COUNT(fuel_measure) OVER (PARTITION BY moments.truck_id O… -> without partition":
        NUMBERS_GROW,
        "INNER JOIN trucks ON moments.truck_id = trucks.truck_id -> left join":
        "a truck is made of its moments",
    },
    "core/movements": {
        **dict.fromkeys(
            ("3600 -> one more", "3600 -> one more (2)"),
            "of a way of a minute a second in an hour is less than what is rounded",
        ),
        **dict.fromkeys((
            "1000 * odometer_step_km <= 50 -> lt",
            "1000 * step_km <= 50 -> lt",
            "step_km < seconds / 1800 -> lte",
            "step_km > 1 + seconds / 18 -> gte",
        ),
        "no step is exactly so long",
    )},
    "mart/truck_depots": dict.fromkeys(
        (
            "SELECT truck_id, MAX_BY(capacity_kg, event_timestamp) AS … -> without where",
            "SELECT truck_id, MAX_BY(depot_id, event_timestamp) AS dep… -> without where",
        ),
        "the embedded max_by passes over null by itself",
    ),
    "fleet/routes/drives": {
        "ORDER BY truck_id, began_at -> without key 2": "the order is then left to chance",
        **dict.fromkeys(
            (
                "unknown_seconds = 0 AND NOT latitude_from IS NULL -> only the left",
                "unknown_seconds = 0 AND NOT latitude_from IS NULL AND NOT… -> only the left (3)",
            ),
            "the embedded min_by passes over null by itself: both ends are unknown together",
        ),
    },
    "fleet/routes/orders": {
        **dict.fromkeys(
            (
                f"MAX({name}) -> min"
                for name in (
                    "latitude", "longitude", "weight_kg", "promised_from", "promised_until"
                )
            ),
            "of one order",
        ),
        "INNER JOIN mart.stops AS stops ON carried.truck_id = stop… -> left join":
        "without a stop nobody knows when it came, either way",
    },
    "core/tank_plateaus": {"MIN(stand_number) -> max": "a stand has one number"},
    "core/tank_changes": {
        "INNER JOIN receipts ON events.truck_id = receipts.truck_i… -> left join":
        "a rise without a receipt has none either way",
        "ROW_NUMBER() OVER (PARTITION BY truck_id ORDER BY happene… -> without partition":
        "a number need only tell the changes of a truck apart",
    },
    "fleet/fuel/ledger": {
        "INNER JOIN changes ON ends.truck_id = changes.truck_id -> left join":
        "both hold the same trucks",
        "MAX(IFF(place = 1, level_first, NULL)) -> min": "of one stretch",
        "MAX(IFF(place_from_end = 1, level_last, NULL)) -> min": "of one stretch",
    },
    "fleet/fuel/events": {
        **dict.fromkeys(
            (f"ORDER BY happened_at, truck_id, kind -> without key {n}" for n in (1, 2, 3)),
            "the order is then left to chance",
        ),
        "kind -> the other way round": "a truck has one event of a moment",
    },
    "mart/driver_log": dict.fromkeys(
        (
            "ORDER BY happened_at, kind -> without key 2",
            "ORDER BY happened_at, kind -> without key 2 (2)",
            "ORDER BY happened_at, kind -> without key 2 (3)",
        ),
        "what is first of a moment is then left to chance",
    ),
    "mart/shifts": {
        "MIN(shifts.driver_id) -> max": "of one driver",
        **dict.fromkeys(
            (
                "ORDER BY event_timestamp, duty -> without key 2",
                "ORDER BY event_timestamp, duty -> without key 2 (2)",
                "ORDER BY event_timestamp, truck_id -> without key 2",
            ),
            "what is first of a moment is then left to chance",
        ),
    },
    "fleet/drivers/places": {
        "ORDER BY happened_at, event_type -> without key 2": "the order is then left to chance",
    },
    "fleet/drivers/days": {
        "MIN(driver_id) -> max": "of one driver",
        **dict.fromkeys(
            (f"ORDER BY truck_id, day, driver_id -> without key {n}" for n in (1, 2, 3)),
            "the order is then left to chance",
        ),
    },
    "clicks/recommend/buyers": {
        "ORDER BY count_bought DESC, lists.user_id ASC -> without key 2": BY_CHANCE,
    },
    "clicks/recommend/steps": {
        **dict.fromkeys(
            (
                "ORDER BY clicks.event_timestamp, clicks.event_id -> without key 2",
                "ORDER BY event_timestamp, event_id -> without key 2",
                "SELECT clicks.session_id, clicks.user_id, clicks.product_… -> event_id is null",
                "ORDER BY session_id, step_number -> without key 2",
            ),
            BY_CHANCE,
        ),
        "COALESCE(visits.is_bot, FALSE) -> without its default":
        "every visit is in the table, which is refreshed before",
    },
    "clicks/recommend/popular": {
        "ORDER BY count_steps DESC, product_id ASC -> without key 2": BY_CHANCE,
    },
    "clicks/recommend/pairs": {
        "INNER JOIN steps AS later ON steps.session_id = later.ses… -> left join":
        "a step with none behind it leads to nothing",
        "ORDER BY product_id ASC, weight DESC, next_id ASC -> without key 3": BY_CHANCE,
        "ORDER BY weight DESC, next_id ASC -> without key 2": BY_CHANCE,
    },
    "clicks/recommend/companions": {
        "COALESCE(order_id, event_id) -> without its default":
        "a purchase without an order has one product",
        **dict.fromkeys(
            (
                "INNER JOIN orders AS others ON orders.bought_in = others.… -> left join",
                "SELECT DISTINCT COALESCE(order_id, event_id) AS bought_in… -> without where",
                "orders.bought_in = others.bought_in AND orders.product_id… -> only the left",
            ),
            "no product, or the same, is nothing's companion",
        ),
        "INNER JOIN popularity ON pairs.companion_id = popularity.… -> left join":
        "a companion was viewed",
        "compared.count_views > compared.expected_views -> gte": "there is then no surprise",
        "surprise >= CAST(:least_surprise AS DOUBLE) -> gt": NEVER_EXACTLY,
        **dict.fromkeys(
            (
                "ORDER BY event_timestamp, event_id -> without key 2",
                "ORDER BY product_id ASC, surprise DESC, companion_id ASC -> without key 3",
                "ORDER BY surprise DESC, companion_id ASC -> without key 2",
            ),
            BY_CHANCE,
        ),
    },
    "clicks/recommend/request": {
        "1000000000 -> one more": "a share changes by less than a billionth",
        "IFF(because_id IS NULL, NULL, score) -> always the second": PASSES_OVER_NULL,
        "INNER JOIN requests AS earlier ON latest.request_id = ear… -> left join":
        "nothing comes behind nothing",
        "ORDER BY summed.score DESC, summed.product_id ASC -> without key 2": BY_CHANCE,
        "SELECT asked.request_id, popular.product_id, CAST(NULL AS… -> because_id is null":
        "it is null",
        **dict.fromkeys(
            (
                "ROW_NUMBER() OVER (PARTITION BY summed.request_id ORDER B… -> without partition",
                "latest.request_id = earlier.request_id AND earlier.back = 2 -> only the right",
                "summed.request_id = excluded.request_id AND summed.produc… -> only the right",
            ),
            INCLUDED,
        ),
    },
    "clicks/recommend/people": {
        "COUNT(DISTINCT COALESCE(order_id, event_id)) -> not distinct":
        "an order has a product once",
        "ORDER BY user_id, final.place -> without key 2": BY_CHANCE,
        "SELECT user_id AS request_id, product_id FROM core.kept_p… -> without where":
        "no product is recommended as none",
    },
    "clicks/recommend/replayed": {
        "INNER JOIN steps AS earlier ON steps.session_id = earlier… -> left join (2)":
        "no product is recommended as none",
        "ORDER BY request_id, place -> without key 2": BY_CHANCE,
    },
    "clicks/experiment/days": {"ORDER BY user_id, day -> without key 2": BY_CHANCE},
    "clicks/experiment/persons": {"MAX(paid.revenue) -> min": "a person has one"},
    "clicks/carts/bought": {
        "INNER JOIN remembered ON carts.session_id = remembered.se… -> left join":
        "every cart is remembered",
        **dict.fromkeys(
            (
                "INNER JOIN buyers ON steps.order_id = buyers.order_id -> left join",
                "NOT order_id IS NULL AND NOT user_id IS NULL -> only the left",
                "NOT order_id IS NULL AND NOT user_id IS NULL -> only the right",
                "NOT session_id IS NULL AND NOT user_id IS NULL -> only the right",
                "NOT session_id IS NULL AND NOT user_id IS NULL AND NOT pr… -> only the left (3)",
                "SELECT DISTINCT order_id, user_id FROM core.kept_purchase… -> without where",
            ),
            "what has no name finds nothing to be joined with; the condition spares reading all",
        ),
    },
    "clicks/recommend/names": {"ORDER BY place, product_id -> without key 2": BY_CHANCE},
    "clicks/recommend/products": {"ORDER BY product_id, place -> without key 2": BY_CHANCE},
    "mart/trips": {
        "began_at -> the other way round (2)": "the stops before and those behind part alike",
    },
    "core/distance_steps": {
        "MAX(IFF(IFF(has_odometer, odometer_km, latitude) IS NULL,… -> min": ONE_OF_A_STEP,
        "MAX(latitude) -> min": ONE_OF_A_STEP,
        "MAX(longitude) -> min": ONE_OF_A_STEP,
        "MAX(odometer_km) -> min": ONE_OF_A_STEP,
        "step_km < 2 * hours -> lte": NEVER_EXACTLY,
    },
    "core/fuelled_distances": {
        "INNER JOIN core.distance_steps AS driven ON moments.truck… -> left join":
        "without a step there are no kilometres",
        "3600000000 -> one more": "a share of an hour changes by less than a billionth",
    },
    "core/fuel_spans": {
        "MAX(fuel_measure) -> min": ONE_OF_A_STEP,
        "SELECT truck_id, fuel_source, fuel_number, MAX(event_time… -> without where":
        "without a measure there are no litres; the condition spares reading all",
    },
    "mart/truck_days": {
        "INNER JOIN trucks ON days.truck_id = trucks.truck_id -> left join":
        "a truck of a day has moments",
        "MAX(fuel_source) -> min": "a truck has one source of its fuel",
    },
    "delivery/more_clicks": dict.fromkeys(
        (
            "SELECT DISTINCT shard_id, sequence_number, click_count FR… -> without where",
            "click_count > 1 -> gte",
        ),
        "a record of one click adds nothing; the condition spares reading all",
    ),
    "core/purchases": {
        "ORDER BY event_timestamp, sequence_number, event_id -> without key 3":
        "two of one number come in this order here, which nothing promises",
    },
    "mart/session_products": {
        "MAX(category) -> min": "a product has one category",
        "MAX(user_id) -> min": "a visit has one person",
    },
    "clicks/audiences/persons": {
        "MAX(price_now) -> min": "a product has one price",
        "ORDER BY COUNT(*) DESC, of_category ASC -> without key 2": BY_CHANCE,
        **dict.fromkeys(
            ("MAX(bought_at) -> min (3)", "MAX(carted_at) -> min (4)"),
            "either is null if the other is",
        ),
        "NOT touches.user_id IS NULL AND touches.seen_at < asked.u… -> only the right":
        "who has no name is joined with nobody",
    },
    "clicks/intent/visits": {
        "INNER JOIN visits ON known.session_id = visits.session_id -> left join":
        "every visit is in the table",
        **dict.fromkeys(
            (
                "ORDER BY started_at, session_id -> without key 2",
                *(f"ORDER BY started_at, session_id -> without key 2 ({n})" for n in (2, 3, 4)),
            ),
            BY_CHANCE,
        ),
    },
    "clicks/retention/cohorts": {
        "INNER JOIN visits ON people.user_id = visits.user_id AND … -> left join":
        "who never came back has no period either way",
        "MAX(sizes.count_people) -> min": "a cohort has one size",
        "ORDER BY cohort_at, period_at -> without key 2": BY_CHANCE,
    },
    "clicks/retention/active": {
        "INNER JOIN came ON days.day >= came.day AND days.day < DA… -> left join":
        "somebody came on each day",
    },
    "clicks/attribution/steps": {
        **dict.fromkeys(
            (
                "NOT user_id IS NULL AND NOT is_bot AND started_at >= DATE… -> only the left (2)",
                "started_at >= DATEADD(DAY, -asked.lookback_days, asked.si… -> gt",
            ),
            "the condition spares reading all",
        ),
        **dict.fromkeys(
            (
                "ORDER BY started_at DESC, session_id DESC -> without key 2",
                "ORDER BY ways.started_at, ways.session_id -> without key 2",
                "SELECT user_id, session_id, started_at, has_purchase, rev… -> session_id is null",
                "SELECT visits.user_id, visits.ways_left, visits.session_i… -> session_id is null",
                "session_id DESC -> the other way round",
                "ways.session_id -> the other way round",
            ),
            BY_CHANCE,
        ),
        **dict.fromkeys(
            (
                "SUM(IFF(visits.has_purchase, visits.revenue, NULL)) -> avg",
                "SUM(IFF(visits.has_purchase, visits.revenue, NULL)) -> max",
            ),
            "a way has one purchase",
        ),
        "IFF(visits.has_purchase, visits.revenue, NULL) -> always the first":
        "a visit that does not buy brings nothing",
        **dict.fromkeys(
            (
                "COUNT(*) OVER (PARTITION BY ways.user_id, ways.ways_left) -> without partition",
                "IFF(visits.has_purchase, visits.revenue, NULL) -> always the second",
                "SELECT user_id, session_id, started_at, has_purchase, rev… -> revenue is null",
                "SELECT visits.user_id, visits.ways_left, visits.session_i… -> revenue is null",
                "SELECT ways.*, ROW_NUMBER() OVER (PARTITION BY ways.user_… "
                "-> count_touches is null",
                "SUM(IFF(visits.has_purchase, visits.revenue, NULL)) OVER … -> without partition",
            ),
            INCLUDED,
        ),
    },
    "clicks/products/performance": {
        "COALESCE(visits.is_bot, FALSE) -> without its default":
        "every visit is in the table, which is refreshed before",
        "INNER JOIN prices ON visits.product_id = prices.product_id -> left join":
        "both hold the same products",
        "NOT clicks.product_id IS NULL AND NOT clicks.session_id I… -> only the right (4)":
        "no product is joined with none",
        **{
            f"MAX({name}) -> min": "a product has one"
            for name in (
                "category", "prices.count_prices", "prices.highest_price", "prices.lowest_price",
                "product_name", "visits.category", "visits.product_name",
            )
        },
        "ORDER BY count_seen DESC, product_id ASC -> without key 2": BY_CHANCE,
    },
    "clicks/overview/funnel": {
        "has_purchase AND NOT (has_view OR has_click OR has_add_to… -> only the right":
        "a visit that took no step before took this one",
    },
    "mart/sessions": {
        "bot_probability > 0.5 -> gte": NEVER_EXACTLY,
        **dict.fromkeys(
            (
                "50 -> one more", "50 -> one more (2)", "LEAST(log_odds, 50) -> without argument 2",
            ),
            "so far out nothing changes",
        ),
        **dict.fromkeys(
            (
                "ORDER BY clicks.event_timestamp, clicks.event_id -> without key 2",
                "clicks.event_id -> the other way round",
            ),
            "between two of one time there is no pause either way",
        ),
        **dict.fromkeys(
            (
                "clicks.pause < pace.brisk_pause -> lte", "clicks.pause < pace.quick_pause -> lte",
                "clicks.pause >= pace.brisk_pause -> gt", "clicks.pause >= pace.quick_pause -> gt",
            ),
            NEVER_EXACTLY,
        ),
        **{f"MAX(clicks.{column}) -> min": "a visit tells one of it"
        for column in ("device_type", "location", "referrer_url", "user_id", "user_type")
        },
    },
    "clicks/overview/products": {
        "MAX(clicks.product_name) -> min": "a product has one name",
        "ORDER BY count_sessions DESC, product_id ASC -> without key 2":
        "the cut before it leaves the rows in this order here, which nothing promises",
        "ORDER BY count_sessions DESC, product_id ASC -> without key 2 (2)":
        "products with as many visits come in this order here, which nothing promises",
    },
    "fleet/overview/trucks": {
        "INNER JOIN days ON trucks.truck_id = days.truck_id -> left join":
        "every truck of the history has a reading",
        "MAX(distance_source) -> min": "a truck has one source of its distance",
        "MAX(fuel_source) -> min": "a truck has one source of its fuel",
    },
}  # fmt: skip


def _statement(name: str) -> str:
    if name in QUERIES:
        (statement,) = sqlfiles.statements(query_text(name))
    elif (table := name.replace("/", ".")) in REFRESHED:
        statement = f"create or replace view {table} as {refreshing.query(table)}"
    else:
        (statement,) = sqlfiles.statements((SQL / f"{name}.sql").read_text(encoding="utf-8"))
    return statement


def _is_told_apart(warehouse: Warehouse, name: str, case: Case, mutant: str) -> bool:
    """Does the case, whose rows are there, get another answer, or an error?"""
    try:
        if name in VIEWS:
            warehouse.execute(mutant)
            found = rows(warehouse.query(case.select))
        else:
            sql, names = sqlfiles.positional(mutant)
            found = rows(warehouse.query(sql, [bindable(case.parameters[n]) for n in names]))
    except (SnowflakeError, ValueError):
        return True
    return not equal(found, case.expected)


def _faults(name: str) -> dict[str, str]:
    """Return the faults of a file, without those of an included part that are tried elsewhere."""
    faults = mutants.of(_statement(name))
    if shared := SHARES.get(name):
        open_there = {what for what, why in ALIKE.get(shared, {}).items() if why == INCLUDED}
        tried = set(mutants.of(_statement(shared))) - open_there
        return {what: sql for what, sql in faults.items() if what not in tried}
    return faults


def _taken(faults: dict[str, str]) -> dict[str, str]:
    """Return the faults to be tried: of many a part, unless all are to be proven."""
    parts = -(-len(faults) // MANY)
    if os.environ.get("CARTWHEEL_PROVE"):
        return faults
    return {what: sql for what, sql in faults.items() if zlib.crc32(what.encode()) % parts == 0}


def survivors(warehouse: Warehouse, name: str) -> set[str]:
    """Return the mutants of a file that no case tells from the original, but should."""
    original = _statement(name)
    alike = ALIKE.get(name, {})
    faults = _taken(_faults(name))
    living = {what: text for what, text in faults.items() if what not in alike}
    try:
        for case in (VIEWS | QUERIES)[name]:
            if living and not case.wrong_because:
                fill(warehouse, case.rows)
                living = {
                    what: text
                    for what, text in living.items()
                    if not _is_told_apart(warehouse, name, case, text)
                }
    finally:
        if name in VIEWS:
            warehouse.execute(original)
    return set(living)


@pytest.mark.parametrize("name", VIEWS | QUERIES)
def test_every_fault_is_caught(warehouse: Warehouse, name: str) -> None:
    """No case is blind to a fault, but for those of which the list says why."""
    missed = survivors(warehouse, name)
    assert not missed, "\n".join(sorted(missed))


def test_the_list_of_what_no_case_may_catch_is_not_out_of_date() -> None:
    """Each entry is a fault that the rules make of that file."""
    for name, alike in ALIKE.items():
        assert set(alike) <= set(_faults(name)), name
