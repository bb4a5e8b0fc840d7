"""The functions' packages hold what they import and nothing else."""

import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import boto3
import pytest
from cartwheel.deploy import package
from cartwheel.errors import UsageError

# What Lambda's own runtime brings along.
RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py")


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    """A folder with the runtime's libraries and no other."""
    folder = tmp_path / "runtime"
    folder.mkdir()
    site = Path(boto3.__file__).parents[1]
    for name in RUNTIME:
        (folder / name).symlink_to(site / name)
    return folder


@pytest.mark.parametrize("name", package.FUNCTIONS)
def test_a_package_is_imported_in_isolation(name: str, runtime: Path, tmp_path: Path) -> None:
    """With nothing on the path but the package and Lambda's runtime, the handler is there."""
    (built,) = [p for p in package.build(package.here(), downloaded=False) if p.name == name]
    folder = tmp_path / "code"
    zipfile.ZipFile(BytesIO(built.content)).extractall(folder)
    code = (
        f"import sys; sys.path[:0] = [{str(folder)!r}, {str(runtime)!r}];"
        f"import {name}, cartwheel.events, msgspec;"
        f"assert callable({name}.handle);"
        f"assert all(m.__file__.startswith({str(folder)!r}) for m in"
        f" ({name}, cartwheel.events, msgspec)), sys.path"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code],
        capture_output=True,
        text=True,
        env={"AWS_DEFAULT_REGION": "eu-central-1"},
    )
    assert done.returncode == 0, done.stderr


def test_a_package_holds_only_what_it_imports() -> None:
    """No test, no cache, no library but the one that decodes."""
    for built in package.build(package.here(), downloaded=False):
        names = zipfile.ZipFile(BytesIO(built.content)).namelist()
        tops = {name.split("/")[0] for name in names}
        assert tops == {"cartwheel", "msgspec", "records.py", f"{built.name}.py"}
        assert {n for n in names if n.startswith("cartwheel/")} == {
            "cartwheel/__init__.py",
            "cartwheel/events/__init__.py",
            "cartwheel/events/kinds.py",
            "cartwheel/events/records.py",
            "cartwheel/events/rules.py",
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
