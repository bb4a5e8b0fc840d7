"""The people who may call the API: made, listed, disabled, given a new password, signed in."""

import secrets
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cartwheel.aws.api.address import Api
from cartwheel.errors import CartwheelError, UsageError, unknown

ROLES = ("engineer", "analyst", "customer")
PASSWORD_LENGTH = 20
_LONGEST = {"name": 128, "email": 256, "customer_id": 256}


@dataclass(frozen=True)
class Person:
    """Somebody who may sign in; a customer has the id that the invoices know."""

    name: str
    role: str
    email: str = ""
    customer_id: str = ""

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise unknown("role", self.role, ROLES)
        for field, longest in _LONGEST.items():
            value = getattr(self, field)
            if len(value) > longest or any(
                each.isspace() or not each.isprintable() for each in value
            ):
                raise UsageError(
                    f"{field} = {value!r}: at most {longest} characters, none of them a space."
                )
        if not self.name:
            raise UsageError("A person needs a name.")
        if self.email and "@" not in self.email[1:-1]:
            raise UsageError(f"email = {self.email!r} is no address of mail.")
        if (self.role == "customer") != bool(self.customer_id):
            raise UsageError(
                f"{self.name}: a customer needs a customer id, and nobody else has one."
            )


@dataclass(frozen=True)
class User:
    """A person as the user pool knows them; ``state`` is Cognito's word in lower case."""

    name: str
    role: str
    state: str
    email: str
    customer_id: str


def password() -> str:
    """Return a random password that the pool's policy takes."""
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
    letters = [secrets.choice(kind) for kind in kinds]
    letters += [secrets.choice("".join(kinds)) for _ in range(PASSWORD_LENGTH - len(letters))]
    secrets.SystemRandom().shuffle(letters)
    return "".join(letters)


def add(api: Api, person: Person, temporary: str) -> bool:
    """
    Make a user with a password for the first sign-in; return whether there was none before.

    Whoever is there already stays as they are, but gets the role if that is still missing: the
    same again completes what was interrupted.
    """
    attributes = {"email": person.email, "custom:customer_id": person.customer_id}
    if person.email:
        attributes["email_verified"] = "true"
    try:
        api.pool.admin_create_user(
            UserPoolId=api.pool_id,
            Username=person.name,
            TemporaryPassword=temporary,
            MessageAction="SUPPRESS",
            UserAttributes=[{"Name": n, "Value": v} for n, v in attributes.items() if v],
        )
        is_new = True
    except api.pool.exceptions.UsernameExistsException:
        is_new = False
        roles = _roles(api, person.name)
        if roles and roles != [person.role]:
            raise UsageError(
                f"{person.name} is there already, as {', '.join(roles)}. Choose another name."
            ) from None
    api.pool.admin_add_user_to_group(
        UserPoolId=api.pool_id, Username=person.name, GroupName=person.role
    )
    return is_new


def _roles(api: Api, name: str) -> list[str]:
    answer = api.pool.admin_list_groups_for_user(UserPoolId=api.pool_id, Username=name)
    return [group["GroupName"] for group in answer["Groups"]]


def listed(api: Api) -> list[User]:
    """Return everybody, by name."""
    roles: dict[str, str] = {}
    for role in ROLES:
        for user in _pages(api, "list_users_in_group", "Users", GroupName=role):
            roles[user["Username"]] = role
    found = []
    for user in _pages(api, "list_users", "Users"):
        told = {each["Name"]: each["Value"] for each in user.get("Attributes", [])}
        state = user["UserStatus"].lower().replace("_", " ") if user["Enabled"] else "disabled"
        found.append(
            User(
                user["Username"],
                roles.get(user["Username"], ""),
                state,
                told.get("email", ""),
                told.get("custom:customer_id", ""),
            )
        )
    return sorted(found, key=lambda user: user.name)


def _pages(api: Api, question: str, key: str, **words: str) -> Iterator[dict[str, Any]]:
    pages = api.pool.get_paginator(question).paginate(UserPoolId=api.pool_id, **words)
    for page in pages:
        yield from page[key]


def disable(api: Api, name: str) -> None:
    """Let somebody sign in no more; a token that they hold is good until it expires."""
    _told(api, "admin_disable_user", name)
    _told(api, "admin_user_global_sign_out", name)


def enable(api: Api, name: str) -> None:
    """Let somebody who was disabled sign in again."""
    _told(api, "admin_enable_user", name)


def reset(api: Api, name: str) -> str:
    """Return a new password for the next sign-in, which asks for another; the old one is void."""
    temporary = password()
    _told(api, "admin_set_user_password", name, Password=temporary, Permanent=False)
    return temporary


def _told(api: Api, what: str, name: str, **words: Any) -> None:
    try:
        getattr(api.pool, what)(UserPoolId=api.pool_id, Username=name, **words)
    except api.pool.exceptions.UserNotFoundException:
        raise UsageError(
            f"There is no user {name!r}; 'cartwheel users list' shows who there is."
        ) from None


def sign_in(api: Api, name: str, secret: str, chosen: Callable[[], str]) -> str:
    """
    Return the ID token of somebody, which the API takes as ``Authorization: Bearer``.

    Parameters
    ----------
    secret
        The password.
    chosen
        Asked for a new one, if the password is good for the first sign-in only.

    Raises
    ------
    CartwheelError
        If name and password do not fit, or the new password is none that the pool takes.
    """
    errors = api.pool.exceptions
    try:
        answer = api.pool.initiate_auth(
            ClientId=api.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": secret},
        )
        if answer.get("ChallengeName") == "NEW_PASSWORD_REQUIRED":
            answer = api.pool.respond_to_auth_challenge(
                ClientId=api.client_id,
                ChallengeName="NEW_PASSWORD_REQUIRED",
                Session=answer["Session"],
                ChallengeResponses={"USERNAME": name, "NEW_PASSWORD": chosen()},
            )
    except (errors.NotAuthorizedException, errors.UserNotFoundException):
        raise CartwheelError(
            f"{name!r} and the password do not fit, or the user is disabled. "
            "'cartwheel users reset' gives a new password."
        ) from None
    except errors.InvalidPasswordException as error:
        raise CartwheelError(error.response["Error"]["Message"]) from None
    if "AuthenticationResult" not in answer:
        raise CartwheelError(f"The user pool asks for {answer.get('ChallengeName')}, unknown here.")
    return str(answer["AuthenticationResult"]["IdToken"])
