"""Service principals and API keys as lists, facts and forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from ostiary.server.kernel.auth.api_clients import ApiClient
from ostiary.server.kernel.auth.keys import LONGEST_LIFE, Wish, check_networks
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.auth.users import check_name, check_roles
from ostiary.server.kernel.authz.permissions import Allowances, reduced
from ostiary.server.kernel.authz.roles import ROLES
from ostiary.server.kernel.errors import invalid
from ostiary.server.settings.views.users import STATES, roles
from ostiary.server.web.components.cells import (
    Cell,
    Chip,
    Fact,
    Identifier,
    Link,
    Moment,
    Text,
)
from ostiary.server.web.components.forms import Confirmation, Field, Form, problems

REVOKE: Final = "REVOKE"
EVERYTHING: Final = "All that its owner may"
_DAYS: Final = f"1 to {LONGEST_LIFE.days}."


def service_form() -> Form:
    field = Field("display_name", "Name", help="Of the program that uses the API.", required=True)
    return Form("/settings/keys", [field], "Add service principal")


@dataclass(frozen=True)
class WishedKey:
    """A key as its form asks for it."""

    display_name: str = ""
    days: str = "180"
    role: str = ""
    networks: str = ""

    def wrong(self) -> dict[str, str]:
        """By field, why its value cannot be used."""
        return problems(
            display_name=lambda: self.display_name and check_name(self.display_name),
            days=self._life,
            role=lambda: check_roles(self._roles),
            networks=lambda: check_networks(self.networks.split()),
        )

    def wish(self) -> Wish:
        return Wish(self.display_name, self._roles, self.networks.split(), self._life())

    @property
    def _roles(self) -> list[str]:
        return [self.role] if self.role else []

    def _life(self) -> timedelta:
        days = self.days
        number = int(days) if days.isascii() and days.isdigit() and len(days) < 6 else 0
        if not 0 < number <= LONGEST_LIFE.days:
            raise invalid(f"Write a number from 1 to {LONGEST_LIFE.days}.")
        return timedelta(days=number)


def key_form(action: str, verb: str, given: Allowances) -> Form:
    """`given`: what its owner may, which is the most that it may."""
    usual = WishedKey()
    narrower = [role for role in ROLES if reduced(given, role.allowances) == role.allowances]
    fields = [
        Field("display_name", "Name", help="Where it is used, to tell it from others."),
        Field("days", "Days until it ends", "number", usual.days, _DAYS, required=True),
        Field(
            "role",
            "What it may do",
            "select",
            required=True,
            options=[("", EVERYTHING), *((role.id, role.display_name) for role in narrower)],
            help="A narrower role limits what a lost key can be used for.",
        ),
        Field(
            "networks",
            "Only from these networks",
            placeholder="10.0.0.0/8 2001:db8::/32",
            help="Networks or addresses with spaces between them. Empty: from anywhere.",
        ),
    ]
    return Form(action, fields, verb)


def revoking(action: str, client: ApiClient, key: str) -> Confirmation:
    return Confirmation(
        key=key,
        title=f"Revoke {client.display_name}",
        text="It stops working at once, with every token it was given, and cannot be brought back.",
        verb="Revoke",
        action=action,
        word=REVOKE,
    )


@dataclass(frozen=True)
class ListedKey:
    client: ApiClient
    owner: str
    roles: Cell
    revoking: Confirmation


def listed_keys(
    found: Sequence[ApiClient], path: str, owners: Mapping[int, str] | None = None
) -> list[ListedKey]:
    """`owners`: names by internal id, where they are shown."""
    return [
        ListedKey(
            client,
            (owners or {}).get(client.user_id, ""),
            roles(client.scoped_roles) if client.scoped_roles else Text(EVERYTHING),
            revoking(f"{path}/{client.public_id}/revoke", client, f"revoke-{client.public_id}"),
        )
        for client in found
    ]


def listed_services(found: Sequence[User]) -> list[tuple[Link, Cell, Chip, Moment]]:
    return [
        (
            Link(each.display_name, f"/settings/keys/{each.public_id}"),
            roles(each.role_ids),
            STATES[each.status],
            Moment(each.created_at),
        )
        for each in found
    ]


def service_facts(service: User) -> list[Fact]:
    return [
        Fact("Roles", roles(service.role_ids), "Without any it may do nothing."),
        Fact("Added", Moment(service.created_at)),
        Fact("Id", Identifier(service.public_id)),
    ]


def deleting(service: User, credentials: int) -> Confirmation:
    return Confirmation(
        key="delete-service",
        title=f"Delete {service.display_name}",
        text=f"Its {credentials} credential{'s' * (credentials != 1)} and all of its tokens stop "
        "working at once. It cannot be brought back.",
        verb="Delete",
        action=f"/settings/keys/{service.public_id}/delete",
        word="DELETE",
    )
