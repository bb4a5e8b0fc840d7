"""
Who asks, by the claims of a token that API Gateway has checked.

People come with the ID token of the user pool: its groups are their roles. Devices come with
the access token of an app client of their own (client credentials): the table Devices says
which truck it is, so that a device that was revoked is refused at once, whatever its token.
"""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

import boto3

from api.problems import Problem

ROLES = ("engineer", "analyst", "customer")
SCOPE = "cartwheel/telemetry"

dynamodb = boto3.client("dynamodb")


@dataclass(frozen=True)
class Caller:
    """
    Who asks.

    Parameters
    ----------
    truck_id
        Of a device: the one truck that it speaks for.
    customer_id
        Of who is a customer alone: whose invoices it may see. None: everybody's.
    """

    roles: frozenset[str]
    truck_id: str | None = None
    customer_id: str | None = None


def caller(claims: Mapping[str, str]) -> Caller:
    """
    Return who holds a token.

    Raises
    ------
    Problem
        If the token is of no use here, or its device was revoked.
    """
    if claims.get("token_use") == "id":
        roles = frozenset(ROLES).intersection(_groups(claims))
        if roles != {"customer"}:
            return Caller(roles)
        if not (own := claims.get("custom:customer_id")):
            raise Problem(403, "Not allowed", "This user has no customer id: ask an engineer.")
        return Caller(roles, customer_id=own)
    if SCOPE not in claims.get("scope", "").split():
        detail = "People send their ID token, devices an access token with the scope of telemetry."
        raise Problem(403, "Not allowed", detail)
    return Caller(frozenset({"device"}), _truck_of(claims["client_id"]))


def _groups(claims: Mapping[str, str]) -> list[str]:
    """Return the groups: API Gateway writes a list as ``[engineer analyst]``."""
    return claims.get("cognito:groups", "").strip("[]").replace(",", " ").split()


def _truck_of(client_id: str) -> str:
    answer = dynamodb.get_item(
        TableName=os.environ["DEVICES"],
        Key={"Client_ID": {"S": client_id}},
        ConsistentRead=True,
    )
    device = answer.get("Item")
    if device is None or int(device.get("Expires_At", {}).get("N", 2**62)) <= time.time():
        raise Problem(403, "Not allowed", "This device is not known, or was revoked.")
    return str(device["Truck_ID"]["S"])
