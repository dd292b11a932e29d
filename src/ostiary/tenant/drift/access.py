"""App roles, directory roles, licences and credentials are given and taken."""

from datetime import timedelta

from ostiary.tenant.clock import graph_time
from ostiary.tenant.directory import (
    DEFAULT_ACCESS,
    AlreadyExistsError,
    AppRoleAssignment,
    DirectoryObject,
    Kind,
)
from ostiary.tenant.directory.ids import stable_id
from ostiary.tenant.drift.scene import Happening, Scene

_MICROSOFT_TENANT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"


def assign_app(scene: Scene) -> str | None:
    app, principal = _app(scene), scene.any(scene.rng.choice((Kind.USER, Kind.USER, Kind.GROUP)))
    if app is None or principal is None:
        return None
    roles = [role["id"] for role in app.props.get("appRoles") or () if _for_people(role)]
    role_id = scene.rng.choice(roles) if roles else DEFAULT_ACCESS
    if scene.directory.app_role_assignment(principal.id, app.id, role_id):
        return None
    scene.directory.assign_app_role(principal.id, app.id, role_id)
    return f"{principal.display_name} is assigned to {app.display_name}"


def unassign_app(scene: Scene) -> str | None:
    app = _app(scene)
    held = scene.directory.app_role_assignments.get(app.id, {}) if app else {}
    assignment_id = scene.one_of(held)
    if app is None or assignment_id is None:
        return None
    name = scene.name(held[assignment_id].principal_id)
    scene.directory.remove_app_role(app.id, assignment_id)
    return f"{name} is no longer assigned to {app.display_name}"


def delete_app(scene: Scene) -> str | None:
    app = _app(scene)
    if app is None or app.props.get("servicePrincipalType") != "Application":
        return None
    if any(one.principal_id == app.id for one in _all_assignments(scene)):
        return None
    scene.directory.soft_delete(app.id)
    return f"app {app.display_name} is deleted"


def rotate_secret(scene: Scene) -> str | None:
    """A new secret joins the others; the oldest goes when there are more than two."""
    holder = scene.any(Kind.APPLICATION)
    if holder is None:
        return None
    now = scene.directory.clock.now()
    fresh = {
        "displayName": f"secret {scene.number()}",
        "endDateTime": graph_time(now + timedelta(days=180)),
        "hint": "q~8",
        "keyId": stable_id(holder.id, "secret", str(scene.number())),
        "startDateTime": graph_time(now),
    }
    kept = (holder.props.get("passwordCredentials") or [])[-2:]
    scene.directory.update(holder.id, {"passwordCredentials": [*kept, fresh]})
    return f"{holder.display_name} gets a new secret"


def appoint(scene: Scene) -> str | None:
    user, role_id = scene.any(Kind.USER), scene.one_of(scene.directory.role_definitions)
    if user is None or role_id is None:
        return None
    try:
        if scene.rng.random() < 0.5:
            scene.directory.assign_role(user.id, role_id)
            how = "is"
        else:
            scene.directory.make_eligible(user.id, role_id)
            how = "is eligible to be"
    except AlreadyExistsError:
        return None
    return f"{user.display_name} {how} {scene.directory.role_definitions[role_id].display_name}"


def activate(scene: Scene) -> str | None:
    eligible = [
        one
        for one in scene.directory.eligibility_instances.values()
        if scene.directory.get(one.principal_id).kind is Kind.USER
    ]
    if not eligible:
        return None
    one = scene.rng.choice(eligible)
    try:
        scene.directory.activate_role(
            one.principal_id, one.role_definition_id, one.directory_scope_id
        )
    except AlreadyExistsError:
        return None
    return f"{scene.name(one.principal_id)} activates a role"


def dismiss(scene: Scene) -> str | None:
    if scene.rng.random() < 0.5:
        instance_id = scene.one_of(scene.directory.eligibility_instances)
        removed = instance_id is not None and scene.directory.remove_eligibility(instance_id)
    else:
        assignment_id = scene.one_of(scene.directory.role_assignments)
        removed = assignment_id is not None and scene.directory.remove_role(assignment_id)
    return "somebody loses a role" if removed else None


def license_user(scene: Scene) -> str | None:
    user, sku_id = scene.any(Kind.USER), scene.one_of(scene.directory.skus)
    if user is None or sku_id is None or not user.props.get("usageLocation"):
        return None
    sku = scene.directory.skus[sku_id]
    held = {one["skuId"] for one in user.props.get("assignedLicenses") or ()}
    if sku.consumed >= sku.enabled_units or held & ({sku_id} | sku.excludes):
        return None
    scene.directory.assign_license(user.id, sku_id)
    return f"{user.display_name} is licensed for {sku.sku_part_number}"


def unlicense_user(scene: Scene) -> str | None:
    user, sku_id = scene.any(Kind.USER), scene.one_of(scene.directory.skus)
    if user is None or sku_id is None or not scene.directory.remove_license(user.id, sku_id):
        return None
    return f"{user.display_name} loses {scene.directory.skus[sku_id].sku_part_number}"


def license_group(scene: Scene) -> str | None:
    group, sku_id = scene.any(Kind.GROUP), scene.one_of(scene.directory.skus)
    if group is None or sku_id is None or not group.props.get("securityEnabled"):
        return None
    name = scene.directory.skus[sku_id].sku_part_number
    if scene.directory.remove_license(group.id, sku_id):
        return f"{group.display_name} passes on {name} no more"
    scene.directory.assign_license(group.id, sku_id)
    return f"{group.display_name} passes on {name}"


def _app(scene: Scene) -> DirectoryObject | None:
    app = scene.any(Kind.SERVICE_PRINCIPAL)
    if app is None or app.props.get("appOwnerOrganizationId") == _MICROSOFT_TENANT:
        return None
    return app


def _for_people(role: dict[str, object]) -> bool:
    return bool(role.get("isEnabled")) and "User" in str(role.get("allowedMemberTypes"))


def _all_assignments(scene: Scene) -> list[AppRoleAssignment]:
    return [one for held in scene.directory.app_role_assignments.values() for one in held.values()]


HAPPENINGS: list[tuple[int, Happening]] = [
    (6, assign_app),
    (4, unassign_app),
    (1, delete_app),
    (2, rotate_secret),
    (3, appoint),
    (1, activate),
    (2, dismiss),
    (3, license_user),
    (2, unlicense_user),
    (1, license_group),
]
