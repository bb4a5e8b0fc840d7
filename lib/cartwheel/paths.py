"""Where things lie: the project's root and the folder of the embedded environment."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SQL = ROOT / "sql"
INFRA = ROOT / "infra"
NOTEBOOKS = ROOT / "notebooks"


def home() -> Path:
    """
    Return the folder that holds all state of the embedded environment.

    ``CARTWHEEL_HOME`` names it; without it the folder is ``.cartwheel`` at the
    project's root, also when a notebook runs elsewhere.
    """
    return Path(os.environ.get("CARTWHEEL_HOME") or ROOT / ".cartwheel").expanduser().resolve()
