"""The dimensions that ship, and finding one by its name."""

from cartwheel.errors import unknown
from cartwheel.history.declaration import Band, Dimension, Equals, Same, Source

# Of a cold tyre's 760 kPa: a quarter below is where a warning light must come on
# (49 CFR 571.138), a tenth below is what fleets call underinflated; a hot tyre stays
# below 900.
TYRE_EDGES, TYRE_BANDS = (570, 690, 900), ("flat", "low", "normal", "high")
WHEELS = ("front_left", "front_right", "rear_left", "rear_right")

TRUCK_TELEMETRY_DATA = Dimension(
    name="TRUCK_TELEMETRY_DATA",
    title="Every reading of a truck that differs from the one before",
    key=("truck_id",),
    sources=(
        Source(
            table="raw.truck_telemetry",
            columns={
                name: Same(name)
                for name in (
                    "gps_latitude", "gps_longitude", "gps_altitude", "gps_speed", "vehicle_speed",
                    "engine_rpm", "fuel_level", "engine_temperature", "oil_pressure",
                    "battery_voltage", "odometer_reading", "fuel_consumption", "brake_status",
                    *(f"tire_pressure_{wheel}" for wheel in WHEELS), "transmission_status",
                    "environment_temperature", "environment_humidity", "environment_pressure",
                )
            },
        ),
    ),
)  # fmt: skip

TRUCK_STATUS = Dimension(
    name="TRUCK_STATUS",
    title="The state of a truck: brakes, transmission, tyres, engine, whether it is in service",
    key=("truck_id",),
    sources=(
        Source(
            table="raw.truck_telemetry",
            columns={
                "brake_status": Same("brake_status"),
                "transmission_status": Same("transmission_status"),
                **{
                    f"tire_band_{wheel}": Band(f"tire_pressure_{wheel}", TYRE_EDGES, TYRE_BANDS)
                    for wheel in WHEELS
                },
                "engine_state": Band("engine_rpm", (1,), ("off", "running")),
            },
        ),
        Source(
            table="raw.operations",
            only={
                "operation": ("truck_service",),
                "service": ("in_service", "out_of_service"),
            },
            columns={"in_service": Equals("service", "in_service")},
        ),
    ),
)

PRODUCT = Dimension(
    name="PRODUCT",
    title="A product's name, price, stock and category, until it was withdrawn",
    key=("product_id",),
    sources=(
        Source(
            table="raw.operations",
            only={"operation": ("product_change",)},
            columns={
                name: Same(name) for name in ("product_name", "price", "stock_band", "category")
            },
            deleted_when="withdrawn",
        ),
    ),
)

DEPOT = Dimension(
    name="DEPOT",
    title="A depot's name, place and hours, until it was given up",
    key=("depot_id",),
    sources=(
        Source(
            table="raw.operations",
            only={"operation": ("depot",)},
            columns={
                name: Same(name)
                for name in ("depot_name", "latitude", "longitude", "opens", "closes")
            },
            deleted_when="withdrawn",
        ),
    ),
)

TRUCK = Dimension(
    name="TRUCK",
    title="A truck's depot, class, capacity and tank, until it was sold",
    key=("truck_id",),
    sources=(
        Source(
            table="raw.operations",
            only={"operation": ("truck",)},
            columns={
                name: Same(name)
                for name in ("depot_id", "truck_class", "capacity_kg", "tank_litres")
            },
            deleted_when="withdrawn",
        ),
    ),
)

DIMENSIONS = {d.name: d for d in (TRUCK_TELEMETRY_DATA, TRUCK_STATUS, PRODUCT, DEPOT, TRUCK)}


def resolve(name: str | Dimension) -> Dimension:
    """
    Return the dimension of a name, in upper or lower case; a declaration is its own.

    Raises
    ------
    UsageError
        If there is none.
    """
    if isinstance(name, Dimension):
        return name
    if not isinstance(name, str) or name.upper() not in DIMENSIONS:
        raise unknown("history", name, DIMENSIONS)
    return DIMENSIONS[name.upper()]
