"""
Saved states of the embedded AWS: whole or not at all, checked, the one before kept.

A state is a folder with one JSON file a service and a manifest of their SHA-256. It is
written beside the others and renamed when it is complete, so that a kill at any moment
leaves the last one as it was.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

KEPT = 2
_MANIFEST = "manifest.json"


class SavedStates:
    """
    The states in a folder, numbered; the newest that is whole counts.

    Parameters
    ----------
    folder
        Where they are.
    say
        Told of damage.
    sync
        Also wait until the disk has what is saved.
    """

    def __init__(self, folder: Path, say: Callable[[str], None], *, sync: bool = False) -> None:
        self._folder, self._say, self._sync = folder, say, sync
        folder.mkdir(parents=True, exist_ok=True)

    def load(self) -> dict[str, bytes]:
        """
        Return the newest whole state by service; empty if none was ever saved.

        A damaged state is kept aside under another name, and named.

        Raises
        ------
        SystemExit
            If there are states, but every one of them is damaged.
        """
        numbers = self._numbers()
        for number in reversed(numbers):
            folder = self._folder / str(number)
            found, damage = _read(folder)
            if found is not None:
                return found
            aside = self._folder / f"damaged-{number}"
            shutil.rmtree(aside, ignore_errors=True)
            folder.rename(aside)
            self._say(
                f"{damage}; it is kept in {aside}. The state saved before it and the records "
                "that came since are used."
            )
        if numbers or any(self._folder.glob("damaged-*")):
            raise SystemExit(
                f"No saved state in {self._folder} is whole. Put a copy of one back, or start over "
                f"by removing {self._folder.parent.parent}; the records that came are in "
                f"{self._folder.parent / 'streams'}."
            )
        return _read_unnumbered(self._folder)

    def save(self, contents: Iterable[tuple[str, bytes]]) -> None:
        """
        Save a state, and remove those before the last two.

        Raises
        ------
        OSError
            If the disk does not take it; the states before it stay.
        """
        number = max(self._numbers(), default=0) + 1
        folder = self._folder / f"{number}.unfinished"
        try:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            checksums = {}
            for service, content in contents:
                self._write(folder / f"{service}.json", content)
                checksums[service] = hashlib.sha256(content).hexdigest()
            self._write(folder / _MANIFEST, json.dumps(checksums).encode())
            folder.rename(self._folder / str(number))
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        for old in self._numbers()[:-KEPT]:
            shutil.rmtree(self._folder / str(old), ignore_errors=True)
        for path in self._folder.glob("*.json"):  # of the layout before states had numbers
            path.unlink()

    def _numbers(self) -> list[int]:
        return sorted(int(path.name) for path in self._folder.iterdir() if path.name.isdecimal())

    def _write(self, path: Path, content: bytes) -> None:
        with path.open("wb") as file:
            file.write(content)
            if self._sync:
                file.flush()
                os.fsync(file.fileno())


def _read(folder: Path) -> tuple[dict[str, bytes] | None, str]:
    """Return a state, or None and what is damaged."""
    try:
        checksums: Mapping[str, str] = json.loads((folder / _MANIFEST).read_bytes())
        found = {service: (folder / f"{service}.json").read_bytes() for service in checksums}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        return None, f"{folder} is damaged ({error})"
    for service, content in found.items():
        if hashlib.sha256(content).hexdigest() != checksums[service]:
            return None, f"{folder / f'{service}.json'} is damaged"
    return found, ""


def _read_unnumbered(folder: Path) -> dict[str, bytes]:
    """Read a state of the layout before states had numbers: MiniStack's own files."""
    return {path.stem: path.read_bytes() for path in folder.glob("*.json")}
