"""Whatever a user can name is described where users look."""

import re

import click
import pytest
from cartwheel.cli import COMMANDS, main
from cartwheel.paths import NOTEBOOKS, ROOT
from cartwheel.reports import parameters

from producers.__main__ import main as producers

PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def leaves(group: click.Group, *names: str) -> list[tuple[tuple[str, ...], click.Command]]:
    """Return every command below a group, with its names."""
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        path = (*names, name)
        found += leaves(command, *path) if isinstance(command, click.Group) else [(path, command)]
    return found


EVERY = [
    pytest.param(path, command, id=" ".join(path))
    for path, command in [*leaves(main, "cartwheel"), *leaves(producers, "producers")]
]


def row(path: tuple[str, ...]) -> str:
    """Return the line of the page that describes a command."""
    found = [line for line in PAGE.splitlines() if line.startswith(f"| `{' '.join(path)}")]
    assert len(found) == 1, f"{' '.join(path)} stands in {len(found)} lines of docs/commands.md"
    return found[0]


@pytest.mark.parametrize(("path", "command"), EVERY)
def test_every_command_and_option_is_on_the_page_of_the_commands(
    path: tuple[str, ...], command: click.Command
) -> None:
    """Its line names each option, and no option that there is not."""
    options = {
        max(each.opts, key=len) for each in command.params if isinstance(each, click.Option)
    } - {"--help"}
    assert set(re.findall(r"--[a-z-]+", row(path))) == options


@pytest.mark.parametrize(("path", "command"), EVERY)
def test_every_command_and_option_has_its_help(
    path: tuple[str, ...], command: click.Command
) -> None:
    """A sentence a command, a text an option."""
    assert command.help
    for each in command.params:
        if isinstance(each, click.Option):
            assert each.help, f"{path} {each.name}"


def test_help_is_never_cut_off() -> None:
    """The list of commands holds each first sentence whole."""
    for group in (main, producers):
        text = " ".join(group.get_help(click.Context(group)).split())
        assert "..." not in text.replace("[ARGS]...", "")
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None and command.help
            sentence = command.help.split("\n\n")[0].split(". ")[0].rstrip(".")
            plain = text.replace("- ", "-")
            assert " ".join(sentence.split()).replace("- ", "-") in plain, name


def test_a_command_is_loaded_from_the_file_of_its_name() -> None:
    """Each of the commands has a file, and there is no other."""
    files = {path.stem for path in (ROOT / "lib" / "cartwheel" / "cli").glob("*.py")}
    assert files - {"__init__", "groups"} == set(COMMANDS)


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("[0-9]*.ipynb")), ids=lambda path: path.stem)
def test_every_parameter_of_a_notebook_is_on_the_page(path) -> None:
    """It stands in the table under its notebook's name, or under all of them."""
    lines = [
        line
        for line in PAGE.splitlines()
        if line.startswith("| ") and (path.stem in line.split("|")[1] or line[2:5] == "all")
    ]
    described = set(re.findall(r"`(\w+)`", " ".join(line.split("|")[2] for line in lines)))
    for name in parameters.declared(path):
        assert name in described, name
