"""
Where compiled code is kept: a folder for each state of the simulation's sources.

numba looks at the file of a function, not at those of the functions that it calls: a world would
go on with what an older version of them did.
"""

import hashlib
import shutil
from pathlib import Path

import numba

SOURCES = Path(__file__).parents[1]


def keep_apart(sources: Path = SOURCES) -> Path:
    """Let numba keep what it compiles apart from what other sources gave; return the folder."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(sources.rglob("*.py")):
        digest.update(path.read_bytes())
    place = sources / "__pycache__" / f"compiled-{digest.hexdigest()}"
    for old in place.parent.glob("compiled-*"):
        if old != place:
            shutil.rmtree(old, ignore_errors=True)  # another process may be removing it
    numba.config.CACHE_DIR = str(place)  # type: ignore[attr-defined]
    return place
