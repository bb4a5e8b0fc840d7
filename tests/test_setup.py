"""The set-up refuses what it cannot use, by name, before it makes anything."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def setup(tmp_path: Path, answers: str) -> subprocess.CompletedProcess[str]:
    """Run the set-up with an interpreter that answers as told."""
    python = tmp_path / "python-stub"
    python.write_text(f"#!/bin/sh\n{answers}\n")
    python.chmod(0o755)
    return subprocess.run(
        ["sh", str(ROOT / "tools" / "setup.sh"), str(tmp_path / "venv")],
        env={"PYTHON": str(python), "PATH": "/usr/bin:/bin"},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("version", ["3.10", "3.14", "2.7"])
def test_another_python_is_refused_by_name(tmp_path: Path, version: str) -> None:
    """Only Python 3.11 to 3.13 is taken; the message says how to name another one."""
    done = setup(tmp_path, f"echo {version}")
    assert done.returncode == 1
    assert f"is Python {version}; 3.11, 3.12 or 3.13 is needed" in done.stderr
    assert "PYTHON=" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_a_missing_ensurepip_names_the_package(tmp_path: Path) -> None:
    """Debian keeps ensurepip in a package of its own, which the message names."""
    done = setup(tmp_path, 'case "$2" in *ensurepip*) exit 1;; *) echo 3.11;; esac')
    assert done.returncode == 1
    assert "install python3.11-venv" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_no_python_at_all_is_told() -> None:
    """A name that is no program is named."""
    done = subprocess.run(
        ["sh", str(ROOT / "tools" / "setup.sh"), "/nowhere/venv"],
        env={"PYTHON": "no-such-python", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1 and "no-such-python" in done.stderr


def test_the_lock_is_exact_hashed_and_names_no_host() -> None:
    """Every package has one version and hashes; no address stands in the lock."""
    text = (ROOT / "requirements.lock").read_text()
    assert "://" not in text and "--index-url" not in text and "--find-links" not in text
    blocks = re.split(r"\n(?=[a-z0-9])", text)
    packages = [block for block in blocks if re.match(r"[a-z0-9]", block)]
    assert len(packages) > 100
    for block in packages:
        assert re.match(r"[a-z0-9._-]+==[^ ]+( ;| \\)", block), block.splitlines()[0]
        assert "--hash=sha256:" in block


def test_make_alone_lists_the_targets() -> None:
    """Whoever types make learns what there is."""
    make = shutil.which("make")
    assert make is not None
    done = subprocess.run([make], cwd=ROOT, capture_output=True, text=True, check=True)
    for target in ("demo", "test", "lab", "bench", "clean"):
        assert f"make {target}" in done.stdout


def test_no_module_is_longer_than_400_lines() -> None:
    """Small modules can be read."""
    for folder in ("lib", "producers", "infra", "benchmarks"):
        for path in (ROOT / folder).rglob("*.py"):
            assert len(path.read_text().splitlines()) <= 400, path
