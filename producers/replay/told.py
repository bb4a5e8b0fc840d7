"""The report of a dry run: what a file would send, and which pages that fills."""

from collections.abc import Iterator

from cartwheel.events import KINDS

from producers.replay.check import MANY, Checked, Found
from producers.replay.mapping import Mapping
from producers.replay.units import unit_of

_SUBJECTS = {
    "click": "visit", "telemetry": "truck", "order_line": "invoice", "operation": "subject",
}  # fmt: skip
_FUEL = {
    "fuel_used": "a counter", "fuel_rate": "a rate", "fuel_consumption": "consumption",
    "engine.fuel_level": "the tank's level",
}  # fmt: skip
_BARE = {"event_id", "truck_id", "timestamp"}
_SIGNS = {
    "engine.temperature": "engine temperature", "engine.oil_pressure": "oil pressure",
    "engine.battery_voltage": "battery", "health.tire_pressure.front_left": "tyres",
    "health.tire_pressure.front_right": "tyres", "health.tire_pressure.rear_left": "tyres",
    "health.tire_pressure.rear_right": "tyres",
}  # fmt: skip


def report(checked: Checked, mapping: Mapping) -> str:
    """Return what a check found, as text."""
    lines = [f"{checked.rows:,} row{'' if checked.rows == 1 else 's'}"]
    for name, found in checked.kinds.items():
        events = "event" if found.count == 1 else "events"
        lines.append(
            f"  {name:<12} {found.count:>11,} {events}, {_span(found)}, {_subjects(name, found)}"
        )
        if name == "telemetry" and not _said(found) - _BARE:
            lines.append(f"  {'':<12} {'':>11} none says a signal: a truck and a time alone")
        if types := {k: n for k, n in found.types.items() if k}:
            shown = ", ".join(f"{k} {n:,}" for k, n in sorted(types.items(), key=lambda i: -i[1]))
            lines.append(f"  {'':<12} {'':>11} {shown}")
    lines += _refusals(checked)
    for name, found in checked.kinds.items():
        lines += ["", *_signals(name, found, mapping)]
    if any(_is_without_zone(mapping)):
        lines += ["", "Times without offset are taken as UTC; 'zone' in the mapping says another."]
    return "\n".join([*lines, "", "Pages", *_pages(checked)])


def _said(found: Found) -> set[str]:
    """Return the fields that an event says at least once."""
    return {path for path, values in found.fields.items() if values.count}


def _span(found: Found) -> str:
    return f"{found.first:%Y-%m-%d %H:%M} to {found.last:%Y-%m-%d %H:%M} UTC"


def _subjects(kind: str, found: Found) -> str:
    number = len(found.subjects)
    more = "more than " if number > MANY else ""
    return f"{more}{min(number, MANY):,} {_SUBJECTS[kind]}{'' if number == 1 else 's'}"


def _refusals(checked: Checked) -> Iterator[str]:
    if checked.refused:
        yield f"  {'refused':<12} {checked.count_refused:>11,}"
        for rule, reason in sorted(checked.refused.items(), key=lambda item: -item[1].count)[:20]:
            yield f"  {'':<12} {reason.count:>11,} {rule}"
            yield f"  {'':<12} {'':>11} {reason.sample}"
    if checked.skipped.count:
        yield f"  {'no event':<12} {checked.skipped.count:>11,} first {checked.skipped.sample}"


def _signals(kind: str, found: Found, mapping: Mapping) -> Iterator[str]:
    yield f"{kind:<36} {'null':>7}  values"
    named = [path for rule in mapping.events if rule.kind.name == kind for path in rule.fields]
    for path in dict.fromkeys([*named, *found.fields]):
        values = found.fields.get(path)
        if values is None or path == "event_id":
            if values is None:
                yield f"  {path:<34} {1:>7.1%}  never said"
            continue
        share = 1 - values.count / found.count
        size = f"{values.low:g} to {values.high:g} {unit_of(path)}".rstrip()
        told = [size] if values.low <= values.high else []
        yield f"  {path:<34} {share:>7.1%}  {'; '.join([*told, *values.suspicions()])}".rstrip()


def _is_without_zone(mapping: Mapping) -> Iterator[bool]:
    for rule in mapping.events:
        told = rule.fields.get("timestamp")
        if told is not None:
            yield told.zone is None and told.format not in ("s", "ms", "us", "ns")


def _pages(checked: Checked) -> Iterator[str]:
    telemetry, clicks = checked.kinds.get("telemetry"), checked.kinds.get("click")
    yield "  03_streams   what landed, was repeated, refused or set aside"
    yield f"  40_fleet     {_fleet(telemetry) if telemetry else 'empty: no telemetry'}"
    yield f"  50_clicks    {_shop(clicks) if clicks else 'empty: no clicks'}"
    for name in ("order_line", "operation"):
        if name in checked.kinds:
            table = KINDS[name].table
            yield f"  {'':<12} no page of {name}s yet: {table} and the views of CORE, by SQL"


def _fleet(found: Found) -> str:
    said = _said(found)
    odometer = found.fields.get("odometer")
    has_fix = {"gps.latitude", "gps.longitude"} <= said
    if odometer is not None and odometer.count > 1 and not (odometer.is_constant and has_fix):
        distance = "distance by odometer"
    else:
        distance = "distance by positions" if has_fix else "distance unknown"
    fuel = next((f"fuel by {told}" for path, told in _FUEL.items() if path in said), "fuel unknown")
    signs = ", ".join(dict.fromkeys(t for path, t in _SIGNS.items() if path in said)) or "none"
    moving = "time moving" if said & {"vehicle_speed", "gps.speed"} else "time moving unknown"
    places = "a map" if has_fix else "no map"
    return "; ".join([distance, fuel, moving, places, f"signs of failure from: {signs}"])


def _shop(found: Found) -> str:
    said = {path for path, values in found.fields.items() if values.count}
    visits = "visits" if "session_id" in said else "no visits: no session_id"
    products = "products" if "product_id" in said else "products unknown"
    bought = "revenue" if said & {"price", "order_total"} else "revenue unknown"
    if not found.types["purchase"]:
        bought = "no purchase"
    return "; ".join([f"a funnel of {', '.join(sorted(found.types))}", visits, products, bought])
