"""The alarms' drill finds an alarm that stays silent, and leaves nothing broken."""

import subprocess
import sys

import pytest
from cartwheel.aws.alarms import alarms as deployed
from cartwheel.drills import alarms
from cartwheel.drills.alarms import Drilled
from cartwheel.drills.causes import Broken, Cause
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError


def test_every_alarm_has_one_drill(environment: Environment) -> None:
    """The causes name all alarms of a deployed environment, each once."""
    causes = Broken(environment, lambda: None, lambda: None).causes()
    found = [each.name for each in deployed(environment)]
    alarms._require_causes(found, causes)
    assert len(found) == 26
    with pytest.raises(CartwheelError, match="Every alarm needs one drill"):
        alarms._require_causes(found, causes[1:])
    with pytest.raises(CartwheelError, match="Every alarm needs one drill"):
        alarms._require_causes(found, [*causes, causes[0]])


class Silent:
    """Stands for the notices of an environment: those that it is given."""

    def __init__(self, *seen: tuple[str, str]) -> None:
        self.seen = list(seen)

    def receive(self) -> None:
        """Nothing more comes."""


def test_a_silent_alarm_is_told_and_its_cause_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """What fired and cleared has seconds, what did not has none; every cause is ended once."""
    ended: list[str] = []
    causes = [
        Cause(name, (name,), lambda: None, lambda name=name: ended.append(name))  # type: ignore[misc]
        for name in ("loud", "silent")
    ]
    drilled = {name: Drilled(name, name) for name in ("loud", "silent")}
    monkeypatch.setattr(alarms, "LONGEST_SECONDS", 0.2)
    notices = Silent(("loud", "OK"), ("other", "ALARM"), ("loud", "ALARM"), ("loud", "OK"))
    alarms._drill(notices, causes, drilled, lambda _: None)  # type: ignore[arg-type]
    assert drilled["loud"].fired is not None and drilled["loud"].cleared is not None
    assert drilled["silent"].fired is None
    assert sorted(ended) == ["loud", "silent"]
    table = alarms.as_table(list(drilled.values())).splitlines()
    assert table[2].split() == ["silent", "silent", "NEVER", "NEVER"]


def test_an_alarm_that_comes_back_has_not_cleared() -> None:
    """The last of its notices counts, and the first of its beginnings."""
    drilled = {"a": Drilled("a", "cause", fired=3.0)}
    for state, cleared in (("OK", True), ("ALARM", False), ("OK", True)):
        notices = Silent(("a", state))
        alarms._note(notices, drilled, {"cause": 0.0}, {})  # type: ignore[arg-type]
        assert (drilled["a"].cleared is not None) is cleared
    assert drilled["a"].fired == 3.0


def test_a_drill_that_cannot_go_on_ends_what_it_began() -> None:
    """A cause that cannot begin leaves those before it mended, and is told."""
    ended: list[str] = []

    def fails() -> None:
        raise CartwheelError("cannot begin")

    causes = [
        Cause("first", ("a",), lambda: None, lambda: ended.append("first")),
        Cause("second", ("b",), fails, lambda: ended.append("second")),
        Cause("third", ("c",), lambda: None, lambda: ended.append("third")),
    ]
    drilled = {name: Drilled(name, name) for name in "abc"}
    with pytest.raises(CartwheelError, match="cannot begin"):
        alarms._drill(Silent(), causes, drilled, lambda _: None)  # type: ignore[arg-type]
    assert ended == ["first", "second"]


@pytest.mark.proof
def test_every_alarm_fires_by_its_cause_and_clears() -> None:
    """The whole drill, in an environment of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "cartwheel", "drill", "alarms"],
        capture_output=True, text=True, timeout=1500, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.stdout.splitlines()) == 27
    assert "NEVER" not in done.stdout
