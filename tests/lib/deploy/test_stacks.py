"""What CloudFormation does on AWS and the embedded one does not: throttling, half-done states."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cartwheel.deploy import stacks
from cartwheel.deploy.templates import Template
from cartwheel.errors import CartwheelError

TEMPLATE = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n"


class Formation:
    """
    A CloudFormation of one stack.

    Its statuses follow each other, the last one for good; each call is noted.
    """

    def __init__(self, *statuses: str, resources: int = 1) -> None:
        self.statuses, self.resources = list(statuses), resources
        self.change_set: dict[str, Any] = {"Status": "CREATE_COMPLETE", "Changes": []}
        self.calls: list[str] = []
        self.throttled = 0
        self.after: dict[str, list[str]] = {}

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        def call(**_: Any) -> dict[str, Any]:
            self.calls.append(name)
            if self.throttled:
                self.throttled -= 1
                error = {"Code": "Throttling", "Message": "Rate exceeded"}
                raise ClientError({"Error": error}, name)
            self.statuses = self.after.pop(name, self.statuses)
            answer = type(self).__dict__.get(f"on_{name}")
            return dict(answer(self)) if answer else {}

        return call

    def on_describe_stacks(self) -> dict[str, Any]:
        status = self.statuses[0] if len(self.statuses) == 1 else self.statuses.pop(0)
        if not status:
            error = {"Code": "ValidationError", "Message": "Stack x does not exist"}
            raise ClientError({"Error": error}, "DescribeStacks")
        return {"Stacks": [{"StackStatus": status, "Outputs": [], "Parameters": [], "Tags": []}]}

    def on_describe_change_set(self) -> dict[str, Any]:
        return self.change_set

    def on_list_stack_resources(self) -> dict[str, Any]:
        found = [{"ResourceStatus": "CREATE_COMPLETE", "ResourceType": "AWS::SNS::Topic"}]
        return {"StackResourceSummaries": found * self.resources}

    def on_describe_stack_events(self) -> dict[str, Any]:
        event = {"ResourceStatus": "UPDATE_FAILED", "LogicalResourceId": "Topic"}
        return {"StackEvents": [event | {"ResourceStatusReason": "a reason"}]}

    def get_paginator(self, _: str) -> "Formation":
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        return [self.on_list_stack_resources()]


class Cloud:
    name = "dev"

    def __init__(self, formation: Formation) -> None:
        self._formation = formation

    def client(self, _: str) -> Formation:
        return self._formation


@pytest.fixture
def template(tmp_path: Path) -> Template:
    path = tmp_path / "01-x.yaml"
    path.write_text(TEMPLATE)
    return Template(path)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made, none of which takes time."""
    made: list[float] = []
    monkeypatch.setattr(stacks.time, "sleep", made.append)
    return made


def apply(formation: Formation, template: Template) -> list[stacks.Change]:
    return stacks.apply(Cloud(formation), template, {})  # type: ignore[arg-type]


def test_waiting_backs_off(template: Template, pauses: list[float]) -> None:
    """A stack that takes long is looked at ever less often, at most every ten seconds."""
    formation = Formation("UPDATE_COMPLETE")
    formation.after = {"execute_change_set": ["UPDATE_IN_PROGRESS"] * 40 + ["UPDATE_COMPLETE"]}
    apply(formation, template)
    assert pauses[:3] == pytest.approx([0.2, 0.3, 0.45])
    assert pauses == sorted(pauses) and pauses[-1] == stacks.LONGEST_PAUSE
    assert formation.calls.count("describe_stacks") < 50


def test_a_throttled_question_is_asked_again(template: Template, pauses: list[float]) -> None:
    """CloudFormation's 'Rate exceeded' ends no deployment."""
    formation = Formation("UPDATE_COMPLETE")
    formation.throttled = 5
    assert stacks.describe(Cloud(formation), template.stack) is not None  # type: ignore[arg-type]
    assert len(pauses) == 5


def test_new_outputs_alone_are_applied(template: Template, pauses: list[float]) -> None:
    """A change set without a resource, but with another output, is executed."""
    formation = Formation("UPDATE_COMPLETE")
    (change,) = apply(formation, template)
    assert "execute_change_set" in formation.calls
    assert str(change) == "Modify outputs or tags of cartwheel-x"


@pytest.mark.parametrize(
    "reason",
    [
        "The submitted information didn't contain changes. Submit different information to "
        "create a change set.",
        "No updates are to be performed.",
    ],
)
def test_nothing_to_change_is_nothing(template: Template, pauses: list[float], reason: str) -> None:
    """Both texts by which CloudFormation says that there is no change lead to none."""
    formation = Formation("UPDATE_COMPLETE", resources=0)
    formation.change_set = {"Status": "FAILED", "StatusReason": reason}
    assert apply(formation, template) == []
    assert "execute_change_set" not in formation.calls


def test_an_update_half_undone_is_undone_and_then_made(
    template: Template, pauses: list[float]
) -> None:
    """After UPDATE_ROLLBACK_FAILED the undoing is continued, and the update made."""
    formation = Formation("UPDATE_ROLLBACK_FAILED")
    undone = ["UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"]
    formation.after = {
        "continue_update_rollback": undone,
        "execute_change_set": ["UPDATE_COMPLETE"],
    }
    assert apply(formation, template)
    wanted = ["continue_update_rollback", "create_change_set", "execute_change_set"]
    assert [call for call in formation.calls if call in wanted] == wanted


def test_an_update_that_cannot_be_undone_is_told_with_its_reason(
    template: Template, pauses: list[float]
) -> None:
    """What CloudFormation said, and the command that skips what cannot be undone."""
    formation = Formation("UPDATE_ROLLBACK_FAILED")
    with pytest.raises(CartwheelError, match=r"(?s)Topic: a reason.*continue-update-rollback"):
        apply(formation, template)


def test_a_new_stack_whose_import_failed_is_made(template: Template, pauses: list[float]) -> None:
    """IMPORT_ROLLBACK_COMPLETE without a resource is a stack that never came to be."""
    formation = Formation("IMPORT_ROLLBACK_COMPLETE", resources=0)
    formation.after = {"delete_stack": [""], "execute_change_set": ["CREATE_COMPLETE"]}
    assert apply(formation, template)
    assert formation.calls.index("delete_stack") < formation.calls.index("create_change_set")


def test_a_stack_that_lives_on_after_a_failed_import_is_updated(
    template: Template, pauses: list[float]
) -> None:
    """IMPORT_ROLLBACK_COMPLETE with resources is a stack like any other."""
    formation = Formation("IMPORT_ROLLBACK_COMPLETE")
    formation.after = {"execute_change_set": ["UPDATE_COMPLETE"]}
    assert apply(formation, template)
    assert "delete_stack" not in formation.calls


def test_an_import_that_cannot_be_undone_is_told(template: Template, pauses: list[float]) -> None:
    """IMPORT_ROLLBACK_FAILED needs a person, who is told what to keep."""
    with pytest.raises(CartwheelError, match="retain"):
        apply(Formation("IMPORT_ROLLBACK_FAILED"), template)
