"""The access map as a tree: a person, their accounts, what these hold, and what that leads to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ostiary.server.access.store.listed_accounts import ListedAccount
from ostiary.server.access.views.accounts import account_path
from ostiary.server.explore.store.reach import MOST_BELOW, Reached

_ICONS: Final = {"group": "users-group", "role": "shield-lock", "app": "app-window"}


@dataclass(frozen=True)
class Node:
    """`href`: its own page. `below`: where what is under it comes from; empty for a leaf."""

    title: str
    kind: str
    icon: str
    href: str
    below: str


@dataclass(frozen=True)
class Branch:
    """`more`: where those are that do not fit; empty when all are here."""

    nodes: Sequence[Node]
    empty: str
    more: str = ""


def accounts(found: Sequence[ListedAccount]) -> Branch:
    nodes = [
        Node(
            each.display_name or each.login or each.external_id,
            f"account in {each.app_name}",
            "user",
            account_path(each),
            f"/explore/map/accounts/{each.id}?app={each.app_id}",
        )
        for each in found
    ]
    return Branch(nodes, "No account belongs to them.")


def entitlements(found: Sequence[Reached], *, indirectly: bool, more: str, empty: str) -> Branch:
    """`indirectly`: they are had through another group."""
    shown = [_entitlement(each, indirectly=indirectly) for each in found[:MOST_BELOW]]
    return Branch(shown, empty, more if len(found) > MOST_BELOW else "")


def _entitlement(each: Reached, *, indirectly: bool) -> Node:
    path = f"/explore/map/entitlements/{each.id}"
    href = f"/apps/{each.app_id}/entitlements/{each.id}"
    below = (f"{path}?indirectly=1" if indirectly else path) if each.leads_on else ""
    if each.is_access:
        return Node(f"Access to {each.app_name}", "as an app", "app-window", href, below)
    icon = next((icon for trait, icon in _ICONS.items() if trait in each.traits), "key")
    named = f"{each.name} in " if each.name != each.of_name else "in "
    return Node(each.of_name, f"{named}{each.app_name}", icon, href, below)
