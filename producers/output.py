"""Streams as files: newline-delimited JSON, one file a stream."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from cartwheel.errors import CartwheelError
from tqdm import tqdm

from producers.message import Message

_PART = ".part"


def write(messages: Iterable[Message], folder: Path, *, progress: bool) -> Counter[str]:
    """
    Write messages, in their order, to ``<stream>.ndjson`` in an empty folder.

    The files take their names when all of them are complete; before, or if that fails, there
    is none.

    Returns
    -------
    Counter[str]
        Records per stream.

    Raises
    ------
    CartwheelError
        If the disk refuses.
    """
    written: Counter[str] = Counter()
    files: dict[str, BinaryIO] = {}
    try:
        for message in tqdm(messages, unit=" records", unit_scale=True, disable=not progress):
            file = files.get(message.stream)
            if file is None:
                path = folder / f"{message.stream}.ndjson{_PART}"
                file = files[message.stream] = path.open("wb")
            file.write(message.data + b"\n")
            written[message.stream] += 1
        for file in files.values():
            file.close()
        for stream in files:
            part = folder / f"{stream}.ndjson{_PART}"
            part.rename(folder / f"{stream}.ndjson")
    except OSError as error:
        raise CartwheelError(f"{folder} cannot be written: {error.strerror}.") from error
    finally:
        for stream, file in files.items():
            file.close()
            (folder / f"{stream}.ndjson{_PART}").unlink(missing_ok=True)
    return written
