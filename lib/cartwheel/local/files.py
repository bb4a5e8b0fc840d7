"""The files of the embedded environment: its folders and the configuration it writes."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cartwheel.errors import CartwheelError

REGION = "eu-central-1"
DATABASE = "CARTWHEEL"


@dataclass(frozen=True)
class Files:
    """Every path under ``$CARTWHEEL_HOME``, by its purpose."""

    home: Path

    @property
    def aws_config(self) -> Path:
        """The AWS config file with the profile ``local``."""
        return self.home / "aws" / "config"

    @property
    def aws_state(self) -> Path:
        """Where MiniStack saves its state on a clean stop."""
        return self.home / "aws" / "state"

    @property
    def aws_objects(self) -> Path:
        """Where MiniStack keeps the objects of S3."""
        return self.home / "aws" / "objects"

    @property
    def journal(self) -> Path:
        """What was put on the streams since the last save."""
        return self.home / "aws" / "journal.jsonl"

    @property
    def connections(self) -> Path:
        """The ``connections.toml`` with the connection ``local``."""
        return self.home / "snowflake" / "connections.toml"

    @property
    def warehouse(self) -> Path:
        """Databases and stages of fakesnow."""
        return self.home / "snowflake" / "data"

    @property
    def run(self) -> Path:
        """Lock, process identities and heartbeat."""
        return self.home / "run"

    @property
    def logs(self) -> Path:
        """What the three processes print."""
        return self.home / "logs"

    @property
    def temporary(self) -> Path:
        """Temporary files of the three processes."""
        return self.home / "tmp"

    def make(self) -> None:
        """
        Create the folders and see that they can be written.

        Raises
        ------
        CartwheelError
            Naming the folder, if it is read-only, full or not a folder.
        """
        if "'" in str(self.home):
            raise CartwheelError(
                f"The state folder {self.home} has an apostrophe in its name, which DuckDB "
                "cannot attach. Name another folder in CARTWHEEL_HOME."
            )
        folders = (
            self.aws_state, self.aws_objects, self.warehouse,
            self.run, self.logs, self.temporary,
        )  # fmt: skip
        try:
            for folder in folders:
                folder.mkdir(parents=True, exist_ok=True)
            write_atomically(self.run / "writable", "x" * 4096)
        except OSError as error:
            raise CartwheelError(
                f"The state folder {self.home} cannot be written: {error.strerror}. Free some "
                "space, change its permissions, or name another folder in CARTWHEEL_HOME."
            ) from None

    def configure(self, aws_port: int, snowflake_port: int) -> None:
        """Write the AWS config and the connections.toml, unless they name the two ports already."""
        _write_if_different(
            self.aws_config,
            "[profile local]\n"
            f"region = {REGION}\n"
            f"endpoint_url = http://127.0.0.1:{aws_port}\n"
            "aws_access_key_id = local\n"
            "aws_secret_access_key = local\n",
        )
        _write_if_different(
            self.connections,
            "[local]\n"
            'host = "127.0.0.1"\n'
            f"port = {snowflake_port}\n"
            'protocol = "http"\n'
            'account = "fakesnow"\n'
            'user = "local"\n'
            'password = "local"\n'
            f'database = "{DATABASE}"\n'
            'schema = "PUBLIC"\n'
            "login_timeout = 15\n",
        )


def _write_if_different(path: Path, text: str) -> None:
    if not path.exists() or path.read_bytes() != text.encode():
        write_atomically(path, text)


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
