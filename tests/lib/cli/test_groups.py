"""The errors that the command line tells are named, not imported: the names are right."""

from importlib import import_module

from cartwheel.cli import groups


def test_the_named_errors_are_there_and_are_known() -> None:
    """Each name is a class of its client, and an error of it is recognised."""
    for names in (groups.OF_SERVICES, groups.UNREACHABLE):
        for module, name in names:
            kind = getattr(import_module(module), name)
            assert kind.__module__ == module and issubclass(kind, Exception)
            assert groups.is_one(kind.__new__(kind), names)
    assert not groups.is_one(OSError(), groups.OF_SERVICES)
