"""The CloudFormation stacks and their templates, in the order of the data's road."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from cartwheel.errors import CartwheelError
from cartwheel.events import CLICK, OPERATION, ORDER_LINE, TELEMETRY, Kind
from cartwheel.paths import INFRA


@dataclass(frozen=True)
class Template:
    """
    A stack: its template, and what the template is given for this one.

    Parameters
    ----------
    path
        Of the template.
    part
        Tells the stacks of one template apart.
    function
        Name of the stack's function, if it has one.
    values
        Parameters that are the same in every environment.
    """

    path: Path
    part: str = ""
    function: str = ""
    values: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def stack(self) -> str:
        """Name of the stack: ``cartwheel-``, the file's name without its number, the part."""
        name = "cartwheel-" + self.path.stem.partition("-")[2]
        return f"{name}-{self.part}" if self.part else name

    @property
    def body(self) -> str:
        """The template's text."""
        return self.path.read_text(encoding="utf-8")

    @property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """The parameters' declarations by name: type, default, what is allowed."""
        return _parameters(self.body)

    @property
    def defaults(self) -> dict[str, str]:
        """The defaults of the parameters that have one."""
        return {
            name: str(entry["Default"])
            for name, entry in self.parameters.items()
            if "Default" in entry
        }


@cache
def _parameters(body: str) -> dict[str, dict[str, Any]]:
    """Return a template's declarations; once a text, since to parse one takes its time."""
    from cfnlint.decode.cfn_yaml import loads

    return dict(loads(body).get("Parameters", {}))


def _landing(kind: Kind, part: str, function: str, batch_size: int) -> Template:
    values = {
        "Kind": kind.name,
        "FunctionName": function,
        "StreamName": kind.stream,
        "Prefix": kind.prefix.rstrip("/"),
        "BatchSize": str(batch_size),
    }
    return Template(INFRA / "04-landing.yaml", part, function, values)


STREAMS = Template(INFRA / "01-streams.yaml")
STORAGE = Template(INFRA / "02-storage.yaml")
LIVE_COUNTS = Template(INFRA / "03-live-counts.yaml", function="KinesisToDynamoDBProcessor")
# The larger an event, the fewer at a time: a function has 6 MB for its request.
LANDING = (
    _landing(CLICK, "clicks", "ClickDataProcessor", 4000),
    _landing(TELEMETRY, "telemetry", "TruckDataProcessor", 4000),
    _landing(ORDER_LINE, "orders", "OrderDataProcessor", 5000),
    _landing(OPERATION, "operations", "OperationDataProcessor", 5000),
)
INVOICES = Template(INFRA / "05-invoices.yaml", function="OrdersToDynamoDBProcessor")
TRUCKS = Template(INFRA / "06-trucks.yaml", function="TelemetryToDynamoDBProcessor")
API = Template(INFRA / "07-api.yaml", function="CartwheelApi")
# In the order of their deployment, each with a function of its own, after streams and storage.
WITH_FUNCTIONS = (LIVE_COUNTS, *LANDING, INVOICES, TRUCKS, API)
ALARMS = Template(INFRA / "08-alarms.yaml")
TEMPLATES = (STREAMS, STORAGE, *WITH_FUNCTIONS, ALARMS)


def check(templates: tuple[Template, ...] = TEMPLATES, region: str = "us-east-1") -> None:
    """
    Lint the templates, since a wrong name in them would be found late or never.

    Raises
    ------
    CartwheelError
        With file, line and rule of each finding.
    """
    # The linter takes seconds to import, and most who name a stack never lint it.
    from cfnlint.api import lint
    from cfnlint.config import ManualArgs
    from cfnlint.exceptions import InvalidRegionException

    findings = []
    for path in dict.fromkeys(template.path for template in templates):
        try:
            matches = lint(path.read_text(encoding="utf-8"), config=ManualArgs(regions=[region]))
        except yaml.YAMLError as error:
            raise CartwheelError(f"{path.name} is not YAML: {error}") from None
        except InvalidRegionException as error:
            raise CartwheelError(f"The profile's region is none that is known: {error}") from None
        findings += [
            f"{path.name}:{match.linenumber}: {match.rule.id} {match.message}" for match in matches
        ]
    if findings:
        raise CartwheelError("The templates have faults:\n" + "\n".join(findings))
