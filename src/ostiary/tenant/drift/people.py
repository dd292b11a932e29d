"""People come, change, leave and return."""

from ostiary.tenant.clock import graph_time
from ostiary.tenant.directory import Kind
from ostiary.tenant.drift.scene import Happening, Scene

_DEPARTMENTS = ("Finance", "IT", "Legal", "Operations", "People", "Sales")


def hire(scene: Scene) -> str:
    number = scene.number()
    address = f"new.hire{number}@{_domain(scene)}"
    user = scene.directory.create(
        Kind.USER,
        {
            "accountEnabled": True,
            "createdDateTime": graph_time(scene.directory.clock.now()),
            "department": scene.rng.choice(_DEPARTMENTS),
            "displayName": f"New Hire {number}",
            "mail": address,
            "mailNickname": f"new.hire{number}",
            "usageLocation": "CH",
            "userPrincipalName": address,
            "userType": "Member",
        },
    )
    return f"{user.display_name} is hired"


def rename(scene: Scene) -> str | None:
    user = scene.any(Kind.USER)
    if user is None:
        return None
    old, new = user.display_name, f"Renamed {scene.number()}"
    scene.directory.update(user.id, {"displayName": new})
    return f"{old} is now called {new}"


def move(scene: Scene) -> str | None:
    user = scene.any(Kind.USER)
    department = scene.rng.choice(_DEPARTMENTS)
    if user is None or not scene.directory.update(user.id, {"department": department}):
        return None
    return f"{user.display_name} moves to {department}"


def switch(scene: Scene) -> str | None:
    user = scene.any(Kind.USER)
    if user is None:
        return None
    enabled = not user.props.get("accountEnabled")
    scene.directory.update(user.id, {"accountEnabled": enabled})
    return f"{user.display_name} is {'enabled' if enabled else 'disabled'}"


def leave(scene: Scene) -> str | None:
    user = scene.any(Kind.USER)
    if user is None or len(scene.directory.objects[Kind.USER]) < 3:
        return None
    scene.directory.soft_delete(user.id)
    return f"{user.display_name} is deleted"


def come_back(scene: Scene) -> str | None:
    object_id = scene.one_of(scene.directory.deleted)
    if object_id is None:
        return None
    return f"{scene.directory.restore(object_id).display_name} is restored"


def vanish(scene: Scene) -> str | None:
    object_id = scene.one_of(scene.directory.deleted)
    if object_id is None:
        return None
    name = scene.directory.deleted[object_id].display_name
    scene.directory.purge(object_id)
    return f"{name} is purged"


def report_to(scene: Scene) -> str | None:
    user, manager = scene.any(Kind.USER), scene.any(Kind.USER)
    if user is None or manager is None or _reports_to(scene, manager.id, user.id):
        return None
    if not scene.directory.set_manager(user.id, manager.id):
        return None
    return f"{user.display_name} reports to {manager.display_name}"


def report_to_nobody(scene: Scene) -> str | None:
    user_id = scene.one_of(scene.directory.managers)
    if user_id is None or not scene.directory.clear_manager(user_id):
        return None
    return f"{scene.name(user_id)} has no manager"


def sign_in(scene: Scene) -> str | None:
    """Seen by a listing of signInActivity only: the directory's journal knows nothing of it."""
    user = scene.any(Kind.USER)
    if user is None:
        return None
    now = graph_time(scene.directory.clock.now())
    known = scene.directory.sign_ins.get(user.id, {})
    latest = {"lastSignInDateTime": now, "lastSuccessfulSignInDateTime": now}
    scene.directory.sign_ins[user.id] = known | latest
    return f"{user.display_name} signs in"


def _reports_to(scene: Scene, start: str, boss: str) -> bool:
    at: str | None = start
    while at is not None:
        if at == boss:
            return True
        at = scene.directory.managers.get(at)
    return False


def _domain(scene: Scene) -> str:
    domains = scene.directory.organization.get("verifiedDomains") or [{"name": "corp.example"}]
    return str(next((one["name"] for one in domains if one.get("isDefault")), domains[0]["name"]))


HAPPENINGS: list[tuple[int, Happening]] = [
    (4, hire),
    (2, rename),
    (4, move),
    (3, switch),
    (3, leave),
    (2, come_back),
    (1, vanish),
    (3, report_to),
    (1, report_to_nobody),
    (2, sign_in),
]
