"""One connection of a ``connections.toml``: read, and checked before anything connects."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from cartwheel.errors import CartwheelError, UsageError
from cartwheel.warehouse.names import Names

# As other tools call what the connector calls private_key_file and private_key_file_pwd.
_MISTAKEN = {
    "private_key_path": "private_key_file",
    "private_key_passphrase": "private_key_file_pwd",
    "private_key_file_passphrase": "private_key_file_pwd",
    "database_name": "database",
    "username": "user",
}
_TEXTS = (
    "account", "user", "password", "authenticator", "role", "host", "protocol", "token",
    "private_key_file", "private_key_file_pwd",
)  # fmt: skip
SECRETS = ("password", "token", "private_key", "private_key_file_pwd", "passcode")


def read(name: str, path: Path, names: Names | None) -> dict[str, Any]:
    """
    Return a connection of a file.

    Parameters
    ----------
    names
        Of the environment that it is of; None for a connection of an administrator.

    Raises
    ------
    CartwheelError
        Naming file, connection and field of what is missing or cannot be used.
    """
    if names is None:
        role, kind = 'role = "ACCOUNTADMIN"\n', f"connection {name!r}"
    else:
        kind = f"environment {name!r}"
        role = (
            f'role = "{names.engineer}"\nwarehouse = "{names.warehouse}"\n'
            f'database = "{names.database}"\n'
        )
    example = f'[{name}]\naccount = "…"\nuser = "…"\nauthenticator = "externalbrowser"\n{role}'
    if not path.is_file():
        raise UsageError(
            f"The {kind} is not in Snowflake's connections: {path} does not exist. "
            f"Create it (mode 0600) with\n{example}"
        )
    try:
        connections = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CartwheelError(f"{path} is not valid TOML: {error}. Correct it.") from None
    if not isinstance(connections.get(name), dict):
        raise UsageError(f"The {kind} is not in Snowflake's connections: add to {path}\n{example}")
    found = dict(connections[name])
    _check(found, f"{path}: the connection [{name}]")
    return found


def of_own_names(
    parameters: Mapping[str, Any], names: Names, environment: str, path: Path
) -> dict[str, Any]:
    """
    Return a connection to the environment's own database and warehouse.

    Raises
    ------
    UsageError
        If it names others: they may be those of another environment.
    """
    own = {"database": names.database, "warehouse": names.warehouse}
    for field, wanted in own.items():
        given = parameters.get(field, wanted)
        if str(given).upper() != wanted:
            raise UsageError(
                f"{path}: the connection [{environment}] has {field} = {given!r}, but that of the "
                f'environment {environment!r} is {wanted}. Write {field} = "{wanted}", or leave '
                "the line out."
            )
    return {**parameters, **own}


def readable_secrets(name: str, path: Path) -> str | None:
    """Return a warning if others on this machine can read a secret of a connection, else None."""
    others = path.stat().st_mode & 0o077
    held = [each for each in SECRETS if each in tomllib.loads(path.read_text()).get(name, {})]
    if not others or not held:
        return None
    return (
        f"{path} can be read by other users of this machine, and [{name}] holds "
        f"{', '.join(held)}. Run: chmod 600 {path}"
    )


def _check(parameters: dict[str, Any], where: str) -> None:
    for field, right in _MISTAKEN.items():
        if field in parameters:
            raise UsageError(f"{where} has {field}: Snowflake's connector calls it {right}.")
    for field in _TEXTS:
        if not isinstance(parameters.get(field, ""), str):
            raise UsageError(f"{where} has {field} = {parameters[field]!r}: put it in quotes.")
    session = parameters.get("session_parameters", {})
    if not isinstance(session, dict):
        raise UsageError(
            f"{where} has session_parameters = {session!r}: a table is needed, such as "
            '{ QUERY_TAG = "…" }.'
        )
    for field, value in session.items():
        if field.upper() == "TIMEZONE" and str(value).upper() != "UTC":
            raise UsageError(
                f"{where} sets session_parameters.{field} = {value!r}, but every statement here "
                "counts in UTC: leave it out. The clock of the pages is 'timezone' in "
                "infra/parameters."
            )
    if "private_key_file" in parameters:
        _check_key(parameters, where)
    elif "private_key_file_pwd" in parameters:
        raise UsageError(f"{where} has private_key_file_pwd, but no private_key_file.")


def _check_key(parameters: Mapping[str, Any], where: str) -> None:
    """See that the private key can be read with the passphrase that is given, or without one."""
    path = Path(str(parameters["private_key_file"])).expanduser()
    field = f"{where}: private_key_file = {str(path)!r}"
    passphrase = parameters.get("private_key_file_pwd")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{field} cannot be read: {error.strerror}.") from None
    try:
        load_pem_private_key(content, None if passphrase is None else str(passphrase).encode())
    except TypeError:
        needed = passphrase is None
        raise UsageError(
            f"{field} is encrypted: add its passphrase as private_key_file_pwd."
            if needed
            else f"{field} is not encrypted: leave private_key_file_pwd out."
        ) from None
    except ValueError:
        if passphrase is not None and b"ENCRYPTED" in content:
            raise UsageError(f"{field} cannot be opened: private_key_file_pwd is wrong.") from None
        raise UsageError(
            f"{field} is no private key in PEM: it begins with -----BEGIN PRIVATE KEY----- or "
            "-----BEGIN ENCRYPTED PRIVATE KEY-----, as 'openssl pkcs8 -topk8' writes it."
        ) from None
