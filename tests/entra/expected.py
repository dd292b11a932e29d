"""What a file must hold, worked out from the simulated tenant itself, as plainly as possible.

Nothing here is shared with the connector: this is the other side of the comparison.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ostiary.tenant.directory import Directory, Kind

ALL_ZERO = "00000000-0000-0000-0000-000000000000"
P2 = "P2"


@dataclass(frozen=True)
class Shown:
    """Options, as far as they change what a file holds."""

    skip_ad_groups: bool = False
    include_on_prem_group_members: bool = False
    skip_unassigned_apps: bool = False
    pim: bool = True


@dataclass(frozen=True)
class Expected:
    """Ids: of resources ``type:id``, of entitlements, of direct grants and of all grants."""

    resources: frozenset[str]
    entitlements: frozenset[str]
    direct: frozenset[str]
    expanded: frozenset[str]
    immutable: frozenset[str]


@dataclass
class _Edge:
    """Members of ``group`` come to hold ``entitlement``."""

    entitlement: str
    group: str
    shallow: bool
    types: frozenset[str] = field(default_factory=frozenset)


def expected(directory: Directory, shown: Shown = Shown()) -> Expected:
    view = _View(directory, shown)
    direct = set(view.grants())
    edges = list(view.edges())
    return Expected(
        frozenset(view.resources()),
        frozenset(view.entitlements()),
        frozenset(f"{e}:{t}:{p}" for e, t, p in direct),
        frozenset(f"{e}:{t}:{p}" for e, t, p in _expand(direct, edges)),
        frozenset(view.immutable()),
    )


class _View:
    def __init__(self, directory: Directory, shown: Shown) -> None:
        self.d = directory
        self.shown = shown

    # who is in the file

    def on_prem(self, object_id: str) -> bool:
        found = self.d.find(object_id)
        return bool(found and found.props.get("onPremisesSyncEnabled"))

    def principal_type(self, object_id: str) -> str | None:
        found = self.d.find(object_id)
        if found is None:
            return None
        if found.kind is Kind.USER:
            return "user"
        if found.kind is Kind.GROUP:
            hidden = self.shown.skip_ad_groups and self.on_prem(object_id)
            return None if hidden else "group"
        if found.kind is Kind.SERVICE_PRINCIPAL:
            if found.props.get("servicePrincipalType") == "ManagedIdentity":
                return "managed_identity"
            unassigned = not self.d.app_role_assignments.get(object_id)
            hidden = self.shown.skip_unassigned_apps and unassigned
            return None if hidden else "enterprise_application"
        return None

    def of_type(self, wanted: str) -> Iterator[str]:
        for kind in (Kind.USER, Kind.GROUP, Kind.SERVICE_PRINCIPAL):
            for object_id in self.d.objects[kind]:
                if self.principal_type(object_id) == wanted:
                    yield object_id

    def resources(self) -> Iterator[str]:
        for type_id in ("user", "group", "enterprise_application", "managed_identity"):
            for object_id in self.of_type(type_id):
                yield f"{type_id}:{object_id}"
        for role in self.d.role_definitions:
            yield f"directory_role:{role}"
        for sku in self.d.skus:
            yield f"license:{sku}"
        for key in self.credential_keys():
            yield f"service_principal_credential:{key}"

    def credential_keys(self) -> set[str]:
        keys: set[str] = set()
        for kind in (Kind.APPLICATION, Kind.SERVICE_PRINCIPAL):
            for holder in self.d.objects[kind].values():
                for name in ("passwordCredentials", "keyCredentials"):
                    keys |= {c["keyId"] for c in holder.props.get(name) or ()}
        return keys

    # what can be held

    def roles_of(self, app: str) -> set[str]:
        declared = {r["id"] for r in self.d.get(app).props.get("appRoles") or ()}
        held = {a.app_role_id for a in self.d.app_role_assignments.get(app, {}).values()}
        return {ALL_ZERO} | declared | held

    def entitlements(self) -> Iterator[str]:
        for group in self.of_type("group"):
            yield f"group:{group}:members"
            yield f"group:{group}:owners"
        for app in self.of_type("enterprise_application"):
            yield f"enterprise_application:{app}:owners"
            for role in self.roles_of(app):
                yield f"enterprise_application:{app}:assignment:{role}"
        for role in self.d.role_definitions:
            yield f"directory_role:{role}:assigned"
            if self.shown.pim:
                yield f"directory_role:{role}:eligible"
        for entitlement, _ in self.role_holdings():
            yield entitlement
        for sku in self.d.skus:
            yield f"license:{sku}:assigned"

    def role_holdings(self) -> Iterator[tuple[str, str]]:
        for a in self.d.role_assignments.values():
            yield (
                _role_entitlement(a.role_definition_id, "assigned", a.directory_scope_id),
                (a.principal_id),
            )
        for e in self.d.eligibility_instances.values() if self.shown.pim else ():
            if e.member_type == "Direct":
                yield (
                    _role_entitlement(e.role_definition_id, "eligible", e.directory_scope_id),
                    (e.principal_id),
                )

    def immutable(self) -> Iterator[str]:
        for group in self.of_type("group"):
            props = self.d.get(group).props
            unified = "Unified" in props.get("groupTypes", ())
            exchange = bool(props.get("mailEnabled")) and not unified
            if exchange or props.get("onPremisesSyncEnabled"):
                yield f"group:{group}:owners"
                yield f"group:{group}:members"
            elif "DynamicMembership" in props.get("groupTypes", ()):
                yield f"group:{group}:members"
        for app in self.of_type("enterprise_application"):
            for role in self.fixed_roles(app):
                yield f"enterprise_application:{app}:assignment:{role}"
        for sku in self.d.skus.values():
            if sku.applies_to == "Company" or sku.capability_status not in ("Enabled", "Warning"):
                yield f"license:{sku.sku_id}:assigned"

    def fixed_roles(self, app: str) -> set[str]:
        roles = {r["id"]: r for r in self.d.get(app).props.get("appRoles") or ()}
        enabled = {i for i, r in roles.items() if r.get("isEnabled", True)}
        for_users = any("User" in roles[i]["allowedMemberTypes"] for i in enabled)
        free = enabled | (set() if for_users else {ALL_ZERO})
        return self.roles_of(app) - free

    # who holds it

    def grants(self) -> Iterator[tuple[str, str, str]]:
        for entitlement, principal in self.pairs():
            type_id = self.principal_type(principal)
            if type_id is not None:
                yield entitlement, type_id, principal

    def pairs(self) -> Iterator[tuple[str, str]]:
        hide_on_prem = self.shown.skip_ad_groups and not self.shown.include_on_prem_group_members
        for group in self.of_type("group"):
            for member in self.d.members.get(group, ()):
                found = self.d.find(member)
                is_user = found is not None and found.kind is Kind.USER
                if not (hide_on_prem and is_user and self.on_prem(member)):
                    yield f"group:{group}:members", member
            for owner in self.d.owners.get(group, ()):
                yield f"group:{group}:owners", owner
        for app in self.of_type("enterprise_application"):
            for owner in self.d.owners.get(app, ()):
                yield f"enterprise_application:{app}:owners", owner
            for a in self.d.app_role_assignments.get(app, {}).values():
                yield f"enterprise_application:{app}:assignment:{a.app_role_id}", a.principal_id
        yield from self.role_holdings()
        yield from self.licenses()

    def licenses(self) -> Iterator[tuple[str, str]]:
        for user in self.d.objects[Kind.USER].values():
            for state in user.props.get("licenseAssignmentStates") or ():
                if state.get("assignedByGroup") is None and state["state"].startswith("Active"):
                    yield f"license:{state['skuId']}:assigned", user.id
        for group in self.d.objects[Kind.GROUP].values():
            for plan in group.props.get("assignedLicenses") or ():
                yield f"license:{plan['skuId']}:assigned", group.id

    def edges(self) -> Iterator[_Edge]:
        service = frozenset({"user", "enterprise_application", "managed_identity"})
        for entitlement, type_id, principal in self.grants():
            if type_id != "group" or entitlement.endswith(":owners"):
                continue
            kind = entitlement.split(":", 1)[0]
            if kind == "group":
                yield _Edge(entitlement, principal, shallow=False)
            elif kind == "directory_role":
                yield _Edge(entitlement, principal, shallow=True, types=service)
            else:
                yield _Edge(entitlement, principal, shallow=True, types=frozenset({"user"}))


def _role_entitlement(role: str, way: str, scope: str) -> str:
    suffix = "" if scope == "/" else ":" + scope.removeprefix("/")
    return f"directory_role:{role}:{way}{suffix}"


def _expand(direct: set[tuple[str, str, str]], edges: list[_Edge]) -> set[tuple[str, str, str]]:
    """Until nothing is added: the members of a group hold what the group holds."""
    held: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for entitlement, type_id, principal in direct:
        held[entitlement].add((type_id, principal))
    first_hand: dict[str, set[tuple[str, str]]] = {e: set(h) for e, h in held.items()}
    grew = True
    while grew:
        grew = False
        for edge in edges:
            source = f"group:{edge.group}:members"
            reach = (first_hand if edge.shallow else held).get(source, set())
            itself = ("group", edge.entitlement.split(":")[1])
            new = {p for p in reach if not edge.types or p[0] in edge.types} - {itself}
            if not new <= held[edge.entitlement]:
                held[edge.entitlement] |= new
                grew = True
    return {(e, t, p) for e, holders in held.items() for t, p in holders}


def differences(found: Any, wanted: Expected) -> str:
    """A readable account of what is missing and what is too much; "" when they agree."""
    lines = []
    for name in ("resources", "entitlements", "direct", "expanded", "immutable"):
        have, want = getattr(found, name), getattr(wanted, name)
        for label, ids in (("missing", want - have), ("too much", have - want)):
            lines += [f"{name} {label}: {id_}" for id_ in sorted(ids)[:8]]
            if len(ids) > 8:
                lines.append(f"{name} {label}: {len(ids)} in all")
    return "\n".join(lines)
