"""The files of the embedded environment: its folders, its keys, the configuration it writes."""

import fcntl
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from cartwheel.errors import CartwheelError
from cartwheel.files import unwritable, write_atomically

REGION = "eu-central-1"
DATABASE = "CARTWHEEL"


class Credentials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The keys of one home: random, made once, so that an open notebook stays connected."""

    access_key_id: str
    secret: str
    password: str


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
        """Where MiniStack's states are saved."""
        return self.home / "aws" / "state"

    @property
    def aws_objects(self) -> Path:
        """Where MiniStack keeps the objects of S3."""
        return self.home / "aws" / "objects"

    @property
    def streams(self) -> Path:
        """The logs with the records of the streams."""
        return self.home / "aws" / "streams"

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

    @property
    def notices(self) -> Path:
        """What a process has to tell whoever starts or stops the stack next."""
        return self.run / "notices.txt"

    def heartbeat(self, service: str) -> Path:
        """Return the file that a service touches while it is at work; it is made."""
        path = self.run / f"{service}.beat"
        path.touch()
        return path

    def tell(self, notice: str) -> None:
        """Leave a line for whoever starts or stops the stack next, and in the log."""
        print(notice, flush=True)
        with self.notices.open("a", encoding="utf-8") as file:
            file.write(notice + "\n")

    def told(self) -> list[str]:
        """Return what was left by ``tell``, once."""
        if not self.notices.exists():
            return []
        lines = self.notices.read_text(encoding="utf-8").splitlines()
        self.notices.unlink()
        return lines

    def credentials(self) -> Credentials:
        """Return the keys of this home; without a file of them, or with a broken one, new ones."""
        path = self.home / "credentials.json"
        try:
            return msgspec.json.decode(path.read_bytes(), type=Credentials)
        except (FileNotFoundError, msgspec.DecodeError):
            made = Credentials(
                "LOCAL" + secrets.token_hex(8).upper(),
                secrets.token_urlsafe(30),
                secrets.token_urlsafe(30),
            )
            write_atomically(path, msgspec.json.encode(made).decode())
            return made

    def make(self) -> None:
        """
        Create the folders, for their owner alone, and see that they can be written.

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
            self.home / "aws", self.home / "snowflake", self.aws_state, self.aws_objects,
            self.streams, self.warehouse, self.run, self.logs, self.temporary,
        )  # fmt: skip
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.home.chmod(0o700)
            for folder in folders:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(self.run / "writable", "x" * 4096)
        except OSError as error:
            raise CartwheelError(str(unwritable(error, self.home))) from None

    def configure(self, aws_port: int, snowflake_port: int) -> None:
        """Write the AWS config and the connections.toml, unless they say the same already."""
        keys = self.credentials()
        _write_if_different(
            self.aws_config,
            "[profile local]\n"
            f"region = {REGION}\n"
            f"endpoint_url = http://127.0.0.1:{aws_port}\n"
            f"aws_access_key_id = {keys.access_key_id}\n"
            f"aws_secret_access_key = {keys.secret}\n",
        )
        _write_if_different(
            self.connections,
            "[local]\n"
            'host = "127.0.0.1"\n'
            f"port = {snowflake_port}\n"
            'protocol = "http"\n'
            'account = "fakesnow"\n'
            'user = "local"\n'
            f'password = "{keys.password}"\n'
            f'database = "{DATABASE}"\n'
            'schema = "PUBLIC"\n'
            "login_timeout = 15\n",
        )


@contextmanager
def held(
    path: Path, whose: str, seconds: float, waiting: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """
    Hold a file that one process at a time may hold; it is let go however the process ends.

    Parameters
    ----------
    whose
        What holds it, for the message.
    seconds
        How long to wait for it.
    waiting
        Called once, if it has to be waited for.

    Raises
    ------
    CartwheelError
        If it is still held then.
    """
    deadline, is_told = time.monotonic() + seconds, False
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise CartwheelError(
                        f"Another {whose} has held {path} for {seconds:.0f} s. "
                        "Wait for it, or end it, and try again."
                    ) from None
            if not is_told:
                waiting()
                is_told = True
            time.sleep(0.05)
        yield


def _write_if_different(path: Path, text: str) -> None:
    if not path.exists() or path.read_bytes() != text.encode():
        write_atomically(path, text)
