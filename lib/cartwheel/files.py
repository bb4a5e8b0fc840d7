"""Files: written as a whole or not at all, and what to say when they cannot be."""

import errno
import os
import tempfile
from pathlib import Path

_UNWRITABLE = (
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR,
)  # fmt: skip


def write_atomically(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a file as a whole or not at all; by default its owner alone may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def unwritable(error: OSError, folder: Path | None = None) -> str | None:
    """
    Return what to tell a user whose disk is full or read-only; None if it is something else.

    Parameters
    ----------
    folder
        What could not be written, whatever the reason; by default what the error names.
    """
    if error.errno not in _UNWRITABLE and folder is None:
        return None
    where = folder or error.filename or "A file"
    return (
        f"{where} cannot be written: {error.strerror}. Free some space, change its permissions, "
        "or name another folder (CARTWHEEL_HOME for the state, --output for reports)."
    )
