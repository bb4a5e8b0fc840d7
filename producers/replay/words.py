"""The words by which columns, kinds, units, actions and times are recognised in files."""

# Words of a column's name, as they are written without signs; the first field that fits wins.
FIELDS: dict[str, list[tuple[str, str]]] = {
    "telemetry": [
        (
            "truck_id",
            "truckid|truck|vehicleid|vehicle|vin|deviceid|device|unitid|plate|drive|asset|unit",
        ),
        ("timestamp", "timestamp|datetime|timeutc|gpstime|fixtime|devicetime|time|when|date|ts"),
        ("gps.latitude", "latitude|gpslatitude|gpslat|lat|positionlat"),
        ("gps.longitude", "longitude|gpslongitude|gpslong|gpslon|long|lon|lng|positionlong"),
        ("gps.altitude", "altitude|gpsaltitude|gpselevation|elevation|ele|alt"),
        ("gps.heading", "heading|gpsheading|course|bearing|direction"),
        ("gps.satellites", "satellites|sats|gpssats|sat"),
        ("gps.hdop", "hdop|gpshdop"),
        ("vehicle_speed", "vehiclespeed|wheelbasedvehiclespeed|speed|velocity|canspeed|obdspeed"),
        ("gps.speed", "gpsspeed|groundspeed"),
        ("engine.rpm", "enginerpm|enginespeed|rpm|revs"),
        ("engine.fuel_level", "fuellevel|fuellevel1|fueltank|tanklevel|tank"),
        ("engine.temperature", "coolanttemperature|enginecoolanttemperature|coolanttemp"),
        ("engine.oil_pressure", "oilpressure|engineoilpressure"),
        ("engine.battery_voltage", "batteryvoltage|controlmodulevoltage|battery|voltage"),
        ("odometer", "odometer|odo|totaldistance|totalvehicledistance|mileage|odometerreading"),
        ("fuel_consumption", "fuelconsumption|consumption"),
        ("fuel_rate", "fuelrate|enginefuelrate"),
        ("fuel_used", "fuelused|totalfuelused|enginetotalfuelused|fuelconsumedsincerestart"),
        ("engine_hours", "enginehours|enginetotalhoursofoperation"),
        ("ignition", "ignition|ignitionstatus|ignitionon"),
        ("driver_id", "driverid|driver"),
        ("environment.temperature", "ambientairtemperature|ambienttemperature|airtemperature"),
        ("environment.pressure", "barometricpressure|absolutebarometricpressure"),
        ("environment.humidity", "humidity|relativehumidity"),
    ],
    "click": [
        ("session_id", "sessionid|session|visitid|visitorid"),
        ("event_type", "eventtype|event|eventname|action|type"),
        ("timestamp", "timestamp|eventtime|eventtimestamp|datetime|time|date|ts"),
        ("user_id", "userid|user|customerid|clientid|userpseudoid"),
        ("product_id", "productid|itemid|sku|product|item"),
        ("product_name", "productname|itemname|title"),
        ("category", "category|categorycode|categoryid|itemcategory"),
        ("page", "page|url|pageurl|path|pagelocation"),
        ("quantity", "quantity|qty"),
        ("price", "price|unitprice|amount"),
        ("order_id", "orderid|transactionid|order|transaction"),
        ("device_type", "devicetype|device|devicecategory"),
        ("referrer_url", "referrer|referer|referrerurl|pagereferrer"),
        ("location", "location|country|geo|city"),
        ("browser", "browser"),
        ("campaign", "campaign|utmcampaign"),
        ("user_agent", "useragent"),
    ],
    "order_line": [
        ("InvoiceNo", "invoiceno|invoice|invoiceid|orderid|order"),
        ("StockCode", "stockcode|sku|productid|itemid|product"),
        ("Description", "description|productname|itemname"),
        ("Quantity", "quantity|qty"),
        ("InvoiceDate", "invoicedate|date|orderdate|datetime|timestamp|eventtime"),
        ("UnitPrice", "unitprice|price"),
        ("CustomerID", "customerid|customer|userid"),
        ("Country", "country"),
    ],
}  # fmt: skip
# What tells the kinds apart.
TELLING = {
    "telemetry": {
        "gps.latitude", "gps.longitude", "vehicle_speed", "engine.rpm", "odometer", "truck_id",
        "engine.temperature", "fuel_rate", "engine.fuel_level",
    },
    "click": {"session_id", "event_type", "page", "user_id", "referrer_url", "device_type"},
    "order_line": {"InvoiceNo", "StockCode", "Quantity", "UnitPrice", "InvoiceDate"},
}  # fmt: skip
REQUIRED = {
    "telemetry": ("truck_id", "timestamp"),
    "click": ("event_type", "timestamp"),
    "order_line": ("StockCode", "Quantity", "InvoiceDate", "UnitPrice"),
}
UNITS = {
    "mph": "mph", "kmh": "km/h", "kph": "km/h", "knots": "kn", "kn": "kn", "ms": "m/s",
    "miles": "mi", "mi": "mi", "km": "km", "m": "m", "meters": "m", "ft": "ft", "psi": "psi",
    "bar": "bar", "kpa": "kPa", "f": "°F", "c": "°C", "degf": "°F", "degc": "°C", "gal": "gal",
    "gph": "gal/h", "l": "L", "lph": "L/h", "litres": "L", "mv": "mV", "v": "V", "mpg": "mpg",
}  # fmt: skip
WORDS = {
    "view": ("view", "pageview", "productview", "viewitem", "detail", "product"),
    "click": ("click", "select", "selectitem"),
    "add_to_cart": ("addtocart", "cart", "basket", "addtobasket", "add"),
    "purchase": ("purchase", "transaction", "order", "buy", "checkoutcompleted", "sale"),
}
FORMATS = (
    "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M", "%d.%m.%Y %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%d/%m/%Y",
    "%m/%d/%Y", "%d.%m.%Y", "%d-%b-%Y %H:%M:%S", "%Y%m%d%H%M%S", "%Y%m%d %H:%M:%S",
)  # fmt: skip
# Columns that name the signal of a row that says one, and those of its value.
SIGNAL_NAMES = ("name", "signal", "metric", "parameter", "tag")
SIGNAL_VALUES = ("value", "reading", "val")
