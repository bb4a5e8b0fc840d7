"""Compiled code of other sources is not used."""

from pathlib import Path

import numba

from producers.simulate.ground import caching


def test_other_sources_have_another_folder(tmp_path: Path) -> None:
    """A changed source changes the folder, and removes that of before; the same one keeps it."""
    kept = numba.config.CACHE_DIR
    try:
        (tmp_path / "deep").mkdir()
        source = tmp_path / "deep" / "one.py"
        source.write_text("a = 1")
        first = caching.keep_apart(tmp_path)
        first.mkdir(parents=True)
        assert caching.keep_apart(tmp_path) == first == Path(numba.config.CACHE_DIR)
        source.write_text("a = 2")
        second = caching.keep_apart(tmp_path)
        assert second != first and not first.exists()
    finally:
        numba.config.CACHE_DIR = kept
