"""Sign-in for programs without a browser of their own (RFC 8628), as `cone login` does it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from ostiary.server.kernel.auth.clients import Client, ClientKey
from ostiary.server.kernel.auth.digests import digest, new_token
from ostiary.server.kernel.auth.model import device_authorizations as devices
from ostiary.server.kernel.auth.model import platform_users
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.work import UnitOfWork

KIND = "device"
LIFE = timedelta(minutes=10)
POLL_SECONDS = 2
CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"

PROGRAMS = {
    "2RGdOS94VDferT9e80mdgntl36K": "cone",
    "2RCzHlak5q7CY14SdBc8HoZEJRf": "a program using the ConductorOne SDK",
}
"""Client ids that are built into C1's clients (c1-api reference 1.3)."""

State = Literal["pending", "approved", "denied", "redeemed"]


@dataclass(frozen=True)
class Device:
    id: int
    public_id: str
    user_code: str
    client_id: str
    state: State
    user_id: int | None
    expires_at: datetime

    @property
    def program(self) -> str:
        return PROGRAMS.get(self.client_id, f"the program {self.client_id}")


@dataclass(frozen=True)
class NewDevice:
    device_code: str
    user_code: str


def begin(unit: UnitOfWork, client_id: str) -> NewDevice:
    """The program keeps the device code, the person sees the user code."""
    device_code = new_token()
    letters = [secrets.choice(CODE_LETTERS) for _ in range(8)]
    user_code = f"{''.join(letters[:4])}-{''.join(letters[4:])}"
    unit.connection.execute(
        devices.insert().values(
            public_id=unit.new_id(),
            device_digest=digest(device_code),
            user_code=user_code,
            client_id=client_id,
            state="pending",
            expires_at=unit.now + LIFE,
        )
    )
    return NewDevice(device_code, user_code)


def find_pending(connection: sa.Connection, user_code: str, now: datetime) -> Device | None:
    return _one(
        connection,
        devices.c.user_code == user_code.strip().upper(),
        devices.c.state == "pending",
        devices.c.expires_at > now,
    )


def find_by_device_code(connection: sa.Connection, device_code: str) -> Device | None:
    return _one(connection, devices.c.device_digest == digest(device_code))


def decide(unit: UnitOfWork, device: Device, user: User, *, approve: bool) -> bool:
    """False when somebody decided before."""
    state = "approved" if approve else "denied"
    return _move(unit, device, "pending", state=state, user_id=user.id if approve else None)


def redeem(unit: UnitOfWork, device: Device) -> bool:
    """False when the code was redeemed before."""
    return _move(unit, device, "approved", state="redeemed")


class DeviceDirectory:
    """Holders of tokens from a redeemed device code. They have no secret, so only this token."""

    kind = KIND

    def find(self, connection: sa.Connection, name: str) -> Client | None:
        user = connection.scalar(
            sa.select(devices.c.user_id)
            .join(platform_users, platform_users.c.id == devices.c.user_id)
            .where(
                devices.c.public_id == name,
                devices.c.state == "redeemed",
                platform_users.c.status == "enabled",
            )
        )
        return None if user is None else client_of(name, user)

    def used(self, unit: UnitOfWork, client: Client, key: ClientKey, address: str) -> None:
        """The state of the authorization says it."""


def client_of(name: str, user: int) -> Client:
    return Client(name, KIND, keys=(ClientKey(name, b""),), user=user)


def _one(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> Device | None:
    columns = (devices.c[name] for name in Device.__annotations__)
    row = connection.execute(sa.select(*columns).where(*conditions)).one_or_none()
    return Device(**row._asdict()) if row else None


def _move(unit: UnitOfWork, device: Device, expected: State, **values: object) -> bool:
    result = unit.connection.execute(
        devices.update()
        .where(devices.c.id == device.id, devices.c.state == expected)
        .values(**values)
    )
    return result.rowcount == 1
