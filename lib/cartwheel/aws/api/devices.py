"""
The devices that post a truck's readings: an app client each, by which the API knows the truck.

The table Devices says which client speaks for which truck, and until when. The API reads it at
every post, so that a device that is revoked is refused at once.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cartwheel.aws.api.address import DEVICES, SCOPE, Api
from cartwheel.errors import UsageError

LONGEST_TRUCK_ID = 256


@dataclass(frozen=True)
class Device:
    """A client of a truck; one that is being replaced has an end."""

    client_id: str
    truck_id: str
    made_at: datetime
    expires_at: datetime | None

    @property
    def is_valid(self) -> bool:
        """May it post?"""
        return self.expires_at is None or self.expires_at > datetime.now(UTC)


@dataclass(frozen=True)
class Secret:
    """What a device signs in with; the secret is told once."""

    truck_id: str
    client_id: str
    client_secret: str


def listed(api: Api) -> list[Device]:
    """Return the devices, by truck and age."""
    pages = api.environment.client("dynamodb").get_paginator("scan").paginate(TableName=DEVICES)
    found = [_device(item) for page in pages for item in page["Items"]]
    return sorted(found, key=lambda device: (device.truck_id, device.made_at, device.client_id))


def _device(item: dict[str, Any]) -> Device:
    ends = item.get("Expires_At")
    return Device(
        item["Client_ID"]["S"],
        item["Truck_ID"]["S"],
        datetime.fromtimestamp(int(item["Made_At"]["N"]), UTC),
        datetime.fromtimestamp(int(ends["N"]), UTC) if ends else None,
    )


def add(api: Api, trucks: list[str]) -> Iterator[Secret]:
    """
    Make a device for each truck that has none, and give its secret.

    Raises
    ------
    UsageError
        If a truck's id is none that a reading may have.
    """
    for truck in trucks:
        if not 0 < len(truck) <= LONGEST_TRUCK_ID:
            raise UsageError(f"Truck {truck!r}: an id has 1 to {LONGEST_TRUCK_ID} characters.")
    known = {device.truck_id for device in listed(api) if device.is_valid}
    for truck in dict.fromkeys(trucks):
        if truck not in known:
            yield _made(api, truck)


def rotate(api: Api, truck: str, overlap_hours: float) -> Secret:
    """
    Make another device for a truck; those that it has are valid for so many hours more.

    Raises
    ------
    UsageError
        If the truck has none.
    """
    old = _of_truck(api, truck)
    secret = _made(api, truck)
    ends = int(time.time() + overlap_hours * 3600)
    for device in old:
        if not device.is_valid:
            _forget(api, device)
        elif device.expires_at is None or device.expires_at.timestamp() > ends:
            api.environment.client("dynamodb").update_item(
                TableName=DEVICES,
                Key={"Client_ID": {"S": device.client_id}},
                UpdateExpression="SET Expires_At = :ends",
                ConditionExpression="attribute_exists(Client_ID)",
                ExpressionAttributeValues={":ends": {"N": str(ends)}},
            )
    return secret


def revoke(api: Api, truck: str) -> int:
    """
    Refuse a truck's devices from now on; return how many there were.

    Raises
    ------
    UsageError
        If the truck has none.
    """
    found = _of_truck(api, truck)
    for device in found:
        _forget(api, device)
    return len(found)


def _of_truck(api: Api, truck: str) -> list[Device]:
    found = [device for device in listed(api) if device.truck_id == truck]
    if not found:
        raise UsageError(
            f"The truck {truck!r} has no device; 'cartwheel devices list' shows which have one."
        )
    return found


def _made(api: Api, truck: str) -> Secret:
    """Make a client, and note whose it is; one that is not noted may do nothing."""
    name = "truck-" + re.sub(r"[^A-Za-z0-9+=,.@-]", "-", truck)[:100]
    client = api.pool.create_user_pool_client(
        UserPoolId=api.pool_id,
        ClientName=name,
        GenerateSecret=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthScopes=[SCOPE],
    )["UserPoolClient"]
    api.environment.client("dynamodb").put_item(
        TableName=DEVICES,
        Item={
            "Client_ID": {"S": client["ClientId"]},
            "Truck_ID": {"S": truck},
            "Made_At": {"N": str(int(time.time()))},
        },
    )
    return Secret(truck, client["ClientId"], client["ClientSecret"])


def _forget(api: Api, device: Device) -> None:
    """Take the device off the table first: from then on it is refused, whatever comes."""
    api.environment.client("dynamodb").delete_item(
        TableName=DEVICES, Key={"Client_ID": {"S": device.client_id}}
    )
    try:
        api.pool.delete_user_pool_client(UserPoolId=api.pool_id, ClientId=device.client_id)
    except api.pool.exceptions.ResourceNotFoundException:
        return  # it was deleted before, and that is all that is wanted
