"""The sources: where their file is looked for, and what it must hold."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cartwheel.errors import UsageError

from producers.message import Message
from producers.replay import drives, eshop, online_retail


@dataclass(frozen=True)
class Source:
    """A published data set: its file, and how its rows become messages."""

    name: str
    folder: str
    files: tuple[str, ...]
    origin: str
    read: Callable[[Path], Iterator[Message]]

    def find(self, path: Path) -> Path:
        """
        Return the source's file: the path itself, or the file in that folder.

        Raises
        ------
        UsageError
            If it is not there, saying what was looked for and where to get it.
        """
        if path.is_file():
            return path
        if not path.exists():
            raise UsageError(
                f"{self.name}: {path} does not exist. Get {' or '.join(self.files)} from "
                f"{self.origin}, and name it, or its folder, with --path."
            )
        for file in self.files:
            for candidate in (path / file, path / self.folder / file):
                if candidate.is_file():
                    return candidate
        raise UsageError(
            f"{self.name}: neither {path} nor {path / self.folder} holds "
            f"{' or '.join(self.files)}. Get it from {self.origin}, and name it with --path."
        )


SOURCES = {
    source.name: source
    for source in (
        Source(
            "drives", "drives", ("nds_data.csv.gz", "nds_data.csv"),
            "the R package DrivePlotR (data set nds_data, exported as CSV)", drives.read,
        ),
        Source(
            "eshop", "eshop_2008", ("uci_clickstream_553.zip", "e-shop clothing 2008.csv"),
            "the UCI Machine Learning Repository, data set 553", eshop.read,
        ),
        Source(
            "online-retail", "online_retail", ("online_retail.csv.gz", "online_retail.csv"),
            "the UCI Machine Learning Repository, data set 352 (Online Retail, as CSV)",
            online_retail.read,
        ),
    )
}  # fmt: skip
