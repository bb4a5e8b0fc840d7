"""Package the functions: content-hashed zips with only what they import."""

import hashlib
import importlib.metadata
import io
import platform
import re
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from cartwheel.errors import CartwheelError, UsageError
from cartwheel.paths import INFRA, ROOT

# A file or a folder of infra/functions each, and the files that it shares with others.
_LOOKUP = ("metrics.py", "records.py", "transactions.py", "lookups.py", "keys.py")
FUNCTIONS = {
    "live_counts": ("metrics.py", "records.py", "transactions.py"),
    "lake_writer": ("metrics.py", "records.py"),
    "invoices": _LOOKUP,
    "trucks": _LOOKUP,
    "api": ("keys.py", "metrics.py"),
}
RUNTIMES = ("python3.11", "python3.12", "python3.13")
# CloudFormation's name of a processor -> the tag of its wheels.
ARCHITECTURES = {"x86_64": "manylinux2014_x86_64", "arm64": "manylinux2014_aarch64"}
_COMPILED = "msgspec"
LIBRARY = ROOT / "lib" / "cartwheel"
_EPOCH = (2000, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Target:
    """What the functions run on: a Lambda runtime and a processor."""

    runtime: str
    architecture: str

    def __post_init__(self) -> None:
        if self.runtime not in RUNTIMES:
            raise UsageError(
                f"Runtime {self.runtime!r} is unknown; allowed: {', '.join(RUNTIMES)}."
            )
        if self.architecture not in ARCHITECTURES:
            known = ", ".join(ARCHITECTURES)
            raise UsageError(f"Architecture {self.architecture!r} is unknown; allowed: {known}.")


def here() -> Target:
    """Return the deploying Python and processor."""
    machine = {"aarch64": "arm64", "AMD64": "x86_64"}.get(platform.machine(), platform.machine())
    return Target(f"python3.{sys.version_info.minor}", machine)


@dataclass(frozen=True)
class Package:
    """A function's zip, and the key that its content gives it."""

    name: str
    content: bytes

    @property
    def key(self) -> str:
        """Its key in the artifact bucket; the same content has the same key."""
        return f"functions/{self.name}-{hashlib.sha256(self.content).hexdigest()[:20]}.zip"


def build(target: Target, *, downloaded: bool) -> list[Package]:
    """
    Build the package of each function.

    Parameters
    ----------
    downloaded
        Fetch the target's wheels, whatever machine this is; otherwise those installed here
        are packed.
    """
    wheel = downloaded_files(target) if downloaded else installed_files()
    library = {
        f"cartwheel/{path.relative_to(LIBRARY)}": path.read_bytes()
        for path in (LIBRARY / "__init__.py", *(LIBRARY / "events").glob("*.py"))
    }
    return [Package(name, _zip(_own(name) | library | wheel)) for name in FUNCTIONS]


def _own(name: str) -> dict[str, bytes]:
    """Return a function's own files and those that it shares."""
    folder = INFRA / "functions"
    own = sorted((folder / name).glob("*.py")) or [folder / f"{name}.py"]
    paths = [*own, *(folder / shared for shared in FUNCTIONS[name])]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def _zip(files: dict[str, bytes]) -> bytes:
    """Zip files so that equal content gives equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, files[name])
    return buffer.getvalue()


def _needed(name: str) -> bool:
    parts = Path(name).parts
    return parts[0] == _COMPILED and "__pycache__" not in parts and not name.endswith(".pyi")


def installed_files() -> dict[str, bytes]:
    """Return the compiled library as it is installed here."""
    distribution = importlib.metadata.distribution(_COMPILED)
    names = [str(file) for file in distribution.files or [] if _needed(str(file))]
    return {name: Path(str(distribution.locate_file(name))).read_bytes() for name in names}


def downloaded_files(target: Target) -> dict[str, bytes]:
    """
    Return the compiled library for another runtime: its wheel, by the lock file's hashes.

    Raises
    ------
    CartwheelError
        If pip cannot download the wheel.
    """
    with tempfile.TemporaryDirectory() as folder:
        requirement = Path(folder) / "requirements.txt"
        requirement.write_text(locked(_COMPILED), encoding="utf-8")
        command = [
            sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes", "--no-deps",
            "--only-binary", ":all:", "--dest", folder, "--requirement", str(requirement),
            "--platform", ARCHITECTURES[target.architecture], "--implementation", "cp",
            "--python-version", target.runtime.removeprefix("python"),
        ]  # fmt: skip
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode:
            raise CartwheelError(
                f"No wheel of {_COMPILED} for {target.runtime} on {target.architecture}: "
                f"{result.stderr.strip()}"
            )
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            return {name: archive.read(name) for name in archive.namelist() if _needed(name)}


def locked(name: str) -> str:
    """Return a package's lines of the lock file, hashes included."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    match = re.search(rf"^{name}==.*?(?=^\S)", text, re.M | re.S)
    if match is None:
        raise CartwheelError(f"requirements.lock does not name {name}.")
    return match[0]
