"""What happens in the tenant between the two syncs, and how each change must show in access."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ostiary.baton.ids import entitlement_id
from ostiary.tenant.clock import graph_time
from ostiary.tenant.directory import Directory, Kind
from ostiary.tenant.stories.foundation import E5

RENAMED = "SG-Month-End"
"""What SG-Nested, the group around SG-Finance, is called in the end."""
MOVED = "quentin@corp.example"
"""Who comes into SG-Finance."""


class Access(NamedTuple):
    """Names are those at the time."""

    person: str
    entitlement: str
    resource: str


@dataclass(frozen=True)
class Change:
    """A change that was made, in plain words and as access that comes or goes with it."""

    mark: str
    words: str
    comes: frozenset[Access] = frozenset()
    goes: frozenset[Access] = frozenset()

    def shows(self, difference: Iterable[Mapping[str, Any]]) -> bool:
        """`difference`: rows of `ostiary access diff`."""
        told = {(row["change"], _access(row)) for row in difference}
        expected = {("added", each) for each in self.comes}
        return expected | {("removed", each) for each in self.goes} <= told


def make(directory: Directory) -> list[Change]:
    """Makes all of them, in this order."""
    return [change(directory) for change in (_join, _leave, _rename, _move, _assign)]


def members(directory: Directory, group: str) -> str:
    return entitlement_id("group", directory.id_of(group), "members")


def approving(directory: Directory) -> str:
    """The role Approver of the application Expenses."""
    expenses = directory.id_of("Expenses", Kind.SERVICE_PRINCIPAL)
    return entitlement_id(
        "enterprise_application", expenses, f"assignment:{_approver(directory, expenses)}"
    )


def _join(directory: Directory) -> Change:
    login, address = "nadia.benali", "nadia.benali@corp.example"
    nadia = directory.create(
        Kind.USER,
        {
            "accountEnabled": True,
            "createdDateTime": graph_time(directory.clock.now()),
            "department": "Legal",
            "displayName": "Nadia Benali",
            "givenName": "Nadia",
            "jobTitle": "Paralegal",
            "mail": address,
            "mailNickname": login,
            "surname": "Benali",
            "usageLocation": "CH",
            "userPrincipalName": address,
            "userType": "Member",
        },
    ).id
    directory.set_manager(nadia, directory.id_of("bela"))
    everyone = Access("Nadia Benali", members(directory, "SG-All"), "SG-All")
    return Change(
        "+",
        "Nadia Benali joins Legal, and so by its rule the dynamic group SG-All.",
        comes=frozenset({everyone}),
    )


def _leave(directory: Directory) -> Change:
    directory.soft_delete(directory.id_of("dave"))
    return Change(
        "-",
        "Dave Quinn, who left twelve days ago, is deleted.",
        goes=frozenset(
            Access("Dave Quinn", members(directory, group), group)
            for group in ("SG-Finance", "SG-Nested")
        ),
    )


def _rename(directory: Directory) -> Change:
    """Shows in what `_move` brings: its name is the new one, and of what `_leave` ends the old."""
    group = directory.id_of("SG-Nested")
    quentin = Access("Quentin Leroy", members(directory, "SG-Nested"), RENAMED)
    directory.update(group, {"displayName": RENAMED})
    return Change(
        "~",
        f"The group SG-Nested, which SG-Finance is inside of, is renamed {RENAMED}.",
        comes=frozenset({quentin}),
    )


def _move(directory: Directory) -> Change:
    quentin, finance = directory.id_of(MOVED), directory.id_of("SG-Finance")
    directory.update(quentin, {"department": "Finance"})
    directory.add_member(finance, quentin)
    license_name = "SPE_E5"
    return Change(
        ">",
        "Quentin Leroy moves from Operations to Finance, into SG-Finance.",
        comes=frozenset(
            {
                Access("Quentin Leroy", members(directory, "SG-Finance"), "SG-Finance"),
                Access("Quentin Leroy", entitlement_id("license", E5, "assigned"), license_name),
            }
        ),
    )


def _assign(directory: Directory) -> Change:
    kira, expenses = directory.id_of("kira"), directory.id_of("Expenses", Kind.SERVICE_PRINCIPAL)
    directory.assign_app_role(kira, expenses, _approver(directory, expenses))
    return Change(
        "+",
        "Kira Novak is assigned the role Approver of the application Expenses.",
        comes=frozenset({Access("Kira Novak", approving(directory), "Expenses")}),
    )


def _approver(directory: Directory, application: str) -> str:
    roles = directory.get(application).props["appRoles"]
    return next(str(role["id"]) for role in roles if role["value"] == "Approver")


def _access(row: Mapping[str, Any]) -> Access:
    return Access(row["principal"], row["entitlement"], row["resource"])
