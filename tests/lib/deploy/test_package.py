"""The functions' packages hold what they import and nothing else."""

import sys
import zipfile
from io import BytesIO

import pytest
from cartwheel.deploy import package, rehearsal
from cartwheel.errors import CartwheelError, UsageError


@pytest.mark.parametrize("name", package.FUNCTIONS)
def test_a_package_is_imported_in_isolation(name: str) -> None:
    """With nothing on the path but the package and Lambda's runtime, the handler is there."""
    (built,) = [p for p in package.build(package.here(), downloaded=False) if p.name == name]
    rehearsal.import_alone(built)


def test_a_package_that_lacks_a_library_is_told() -> None:
    """What Python says of an import that fails is the message."""
    (built, *_) = package.build(package.here(), downloaded=False)
    archive, stripped = zipfile.ZipFile(BytesIO(built.content)), BytesIO()
    with zipfile.ZipFile(stripped, "w") as poor:
        for name in archive.namelist():
            if not name.startswith("msgspec/"):
                poor.writestr(name, archive.read(name))
    with pytest.raises(CartwheelError, match="No module named 'msgspec'"):
        rehearsal.import_alone(package.Package(built.name, stripped.getvalue()))


def test_a_package_holds_only_what_it_imports() -> None:
    """No test, no cache, no library but the one that decodes."""
    for built in package.build(package.here(), downloaded=False):
        names = zipfile.ZipFile(BytesIO(built.content)).namelist()
        tops = {name.split("/")[0] for name in names}
        own = "api" if built.name == "api" else f"{built.name}.py"
        assert tops == {"cartwheel", "msgspec", own, *package.FUNCTIONS[built.name]}
        assert {n for n in names if n.startswith("cartwheel/")} == {
            "cartwheel/__init__.py",
            "cartwheel/events/__init__.py",
            "cartwheel/events/kinds.py",
            "cartwheel/events/records.py",
            "cartwheel/events/rules.py",
            "cartwheel/events/shapes.py",
            "cartwheel/events/signals.py",
            "cartwheel/events/tolerance.py",
        }
        assert len(built.content) < 1_000_000


def test_equal_content_has_an_equal_key() -> None:
    """A package's key is made of its content alone."""
    first, again = (
        package.build(package.here(), downloaded=False),
        package.build(package.here(), downloaded=False),
    )
    assert [p.key for p in first] == [p.key for p in again]
    changed = package.Package(first[0].name, first[0].content + b"x")
    assert changed.key != first[0].key


def test_another_runtime_gets_its_own_wheel() -> None:
    """For another Python and processor the compiled library is that one's, by the lock's hash."""
    other = "python3.13" if sys.version_info.minor != 13 else "python3.12"
    files = package.downloaded_files(package.Target(other, "arm64"))
    compiled = [name for name in files if name.endswith(".so")]
    assert compiled
    tag = "cpython-" + other.removeprefix("python").replace(".", "")
    assert all(tag in name and "aarch64" in name for name in compiled)


def test_outside_of_this_machine_the_wheels_are_the_targets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A package for AWS holds Linux wheels, also if this machine's Python is that of the target."""
    monkeypatch.setattr(package, "installed_files", lambda: {"msgspec/darwin.so": b""})
    (built, *_) = package.build(package.Target("python3.11", "x86_64"), downloaded=True)
    names = zipfile.ZipFile(BytesIO(built.content)).namelist()
    assert any(name.endswith("x86_64-linux-gnu.so") for name in names)
    assert "msgspec/darwin.so" not in names


@pytest.mark.parametrize(
    ("runtime", "architecture", "said"),
    [("python2.7", "x86_64", "python3.11"), ("python3.12", "mips", "arm64")],
)
def test_an_unknown_target_is_refused(runtime: str, architecture: str, said: str) -> None:
    """A runtime or processor that Lambda does not have is named with what is allowed."""
    with pytest.raises(UsageError, match=said):
        package.Target(runtime, architecture)
