"""Groups are made and unmade; members and owners come and go."""

from ostiary.tenant.clock import graph_time
from ostiary.tenant.directory import Kind
from ostiary.tenant.drift.scene import Happening, Scene

_MEMBER_KINDS = (Kind.USER,) * 8 + (Kind.GROUP, Kind.SERVICE_PRINCIPAL, Kind.DEVICE)


def form(scene: Scene) -> str:
    name = f"SG-New-{scene.number()}"
    scene.directory.create(
        Kind.GROUP,
        {
            "createdDateTime": graph_time(scene.directory.clock.now()),
            "displayName": name,
            "groupTypes": [],
            "mailEnabled": False,
            "mailNickname": name,
            "securityEnabled": True,
        },
    )
    return f"group {name} is made"


def rename(scene: Scene) -> str | None:
    group = scene.any(Kind.GROUP)
    if group is None:
        return None
    old, new = group.display_name, f"SG-Renamed-{scene.number()}"
    scene.directory.update(group.id, {"displayName": new})
    return f"group {old} is now called {new}"


def dissolve(scene: Scene) -> str | None:
    group = scene.any(Kind.GROUP)
    if group is None:
        return None
    scene.directory.soft_delete(group.id)
    return f"group {group.display_name} is deleted"


def join(scene: Scene) -> str | None:
    group, member = scene.assigned_group(), scene.any(scene.rng.choice(_MEMBER_KINDS))
    if group is None or member is None or group.id == member.id:
        return None
    if not scene.directory.add_member(group.id, member.id):
        return None
    return f"{member.display_name} joins {group.display_name}"


def depart(scene: Scene) -> str | None:
    group = scene.assigned_group()
    member_id = scene.one_of(scene.directory.members.get(group.id, ())) if group else None
    if group is None or member_id is None:
        return None
    name = scene.name(member_id)
    scene.directory.remove_member(group.id, member_id)
    return f"{name} leaves {group.display_name}"


def own(scene: Scene) -> str | None:
    group, owner = scene.assigned_group(), scene.any(Kind.USER)
    if group is None or owner is None or not scene.directory.add_owner(group.id, owner.id):
        return None
    return f"{owner.display_name} owns {group.display_name}"


def disown(scene: Scene) -> str | None:
    owned_id = scene.one_of(owned for owned, held in scene.directory.owners.items() if held)
    owner_id = scene.one_of(scene.directory.owners[owned_id]) if owned_id else None
    if owned_id is None or owner_id is None:
        return None
    scene.directory.remove_owner(owned_id, owner_id)
    return f"{scene.name(owner_id)} no longer owns {scene.name(owned_id)}"


HAPPENINGS: list[tuple[int, Happening]] = [
    (3, form),
    (2, rename),
    (1, dissolve),
    (14, join),
    (10, depart),
    (3, own),
    (2, disown),
]
