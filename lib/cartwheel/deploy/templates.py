"""The CloudFormation templates, in the order of the data's road."""

from dataclasses import dataclass
from pathlib import Path

import yaml
from cfnlint.api import lint
from cfnlint.config import ManualArgs
from cfnlint.decode.cfn_yaml import loads

from cartwheel.errors import CartwheelError
from cartwheel.paths import INFRA


@dataclass(frozen=True)
class Template:
    """One template: the stack it makes and the parameters it takes."""

    path: Path

    @property
    def stack(self) -> str:
        """Name of the stack: ``cartwheel-`` and the file's name without its number."""
        return "cartwheel-" + self.path.stem.partition("-")[2]

    @property
    def body(self) -> str:
        """The template's text."""
        return self.path.read_text(encoding="utf-8")

    @property
    def parameters(self) -> dict[str, object]:
        """The parameters' declarations by name."""
        return dict(loads(self.body).get("Parameters", {}))


STREAMS = Template(INFRA / "01-streams.yaml")
STORAGE = Template(INFRA / "02-storage.yaml")
DELIVERY = Template(INFRA / "03-delivery.yaml")
FUNCTIONS = Template(INFRA / "04-functions.yaml")
OPERATIONS = Template(INFRA / "05-operations.yaml")
TEMPLATES = (STREAMS, STORAGE, DELIVERY, FUNCTIONS, OPERATIONS)


def check(templates: tuple[Template, ...] = TEMPLATES, region: str = "us-east-1") -> None:
    """
    Lint the templates, since a wrong name in them would be found late or never.

    Raises
    ------
    CartwheelError
        With file, line and rule of each finding.
    """
    findings = []
    for template in templates:
        try:
            matches = lint(template.body, config=ManualArgs(regions=[region]))
        except yaml.YAMLError as error:
            raise CartwheelError(f"{template.path.name} is not YAML: {error}") from None
        findings += [
            f"{template.path.name}:{match.linenumber}: {match.rule.id} {match.message}"
            for match in matches
        ]
    if findings:
        raise CartwheelError("The templates have faults:\n" + "\n".join(findings))
