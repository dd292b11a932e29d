"""What happens in the tenant between the two syncs, and how each change must show in the file."""

from __future__ import annotations

from dataclasses import dataclass

from ostiary.baton.ids import entitlement_id
from ostiary.cli.demo.contents import Contents, called, held_by, members, resource
from ostiary.tenant.clock import graph_time
from ostiary.tenant.directory import Directory, Kind
from ostiary.tenant.stories.foundation import E5

RENAMED = "SG-Month-End"
"""What SG-Nested, the group around SG-Finance, is called in the end."""
MOVED = "quentin@corp.example"
"""Who comes into SG-Finance."""


@dataclass(frozen=True)
class Change:
    """A change that was made, in plain words and as facts that come into or leave the file."""

    mark: str
    words: str
    appears: frozenset[str] = frozenset()
    disappears: frozenset[str] = frozenset()

    def shows(self, before: Contents, after: Contents) -> bool:
        """Whether exactly between these two syncs it came to be so."""
        came = self.appears <= after.facts - before.facts
        return came and self.disappears <= before.facts - after.facts


def make(directory: Directory) -> list[Change]:
    """Makes all of them, in this order."""
    return [change(directory) for change in (_join, _leave, _move, _assign, _rename)]


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
    everyone = members(directory.id_of("SG-All"))
    return Change(
        "+",
        "Nadia Benali joins Legal, and so by its rule the dynamic group SG-All.",
        appears=frozenset({resource("user", nadia), held_by(nadia, everyone)}),
    )


def _leave(directory: Directory) -> Change:
    dave, finance = directory.id_of("dave"), directory.id_of("SG-Finance")
    directory.soft_delete(dave)
    gone = {resource("user", dave), held_by(dave, members(finance))}
    return Change(
        "-", "Dave Quinn, who left twelve days ago, is deleted.", disappears=frozenset(gone)
    )


def _move(directory: Directory) -> Change:
    quentin, finance = directory.id_of(MOVED), directory.id_of("SG-Finance")
    directory.update(quentin, {"department": "Finance"})
    directory.add_member(finance, quentin)
    through_it = members(directory.id_of("SG-Nested")), entitlement_id("license", E5, "assigned")
    return Change(
        ">",
        "Quentin Leroy moves from Operations to Finance, into SG-Finance.",
        appears=frozenset(held_by(quentin, one) for one in (members(finance), *through_it)),
    )


def _assign(directory: Directory) -> Change:
    kira, expenses = directory.id_of("kira"), directory.id_of("Expenses", Kind.SERVICE_PRINCIPAL)
    roles = directory.get(expenses).props["appRoles"]
    approver = next(role["id"] for role in roles if role["value"] == "Approver")
    directory.assign_app_role(kira, expenses, approver)
    role = entitlement_id("enterprise_application", expenses, f"assignment:{approver}")
    return Change(
        "+",
        "Kira Novak is assigned the role Approver of the application Expenses.",
        appears=frozenset({held_by(kira, role)}),
    )


def _rename(directory: Directory) -> Change:
    group = directory.id_of("SG-Nested")
    old = directory.get(group).display_name or ""
    directory.update(group, {"displayName": RENAMED})
    return Change(
        "~",
        f"The group {old}, which SG-Finance is inside of, is renamed {RENAMED}.",
        appears=frozenset({called("group", group, RENAMED)}),
        disappears=frozenset({called("group", group, old)}),
    )
