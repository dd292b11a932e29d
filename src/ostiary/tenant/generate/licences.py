"""Licences through a handful of groups, and some held directly."""

from random import Random

from ostiary.tenant.directory import Directory, Kind
from ostiary.tenant.directory.licensing import in_force
from ostiary.tenant.stories.builder import day
from ostiary.tenant.stories.foundation import E5, ENTRA_P2, FLOW_FREE

_Paths = tuple[tuple[str, str | None], ...]
_LICENSED_GROUPS = 6


def add_licences(directory: Directory, rng: Random) -> None:
    """E5 and Flow through groups, P2 directly. Users with the same paths share the same values."""
    paths: dict[str, list[tuple[str, str | None]]] = {}
    for number, group_id in enumerate(_licensed_groups(directory)):
        sku_id = E5 if number % 3 else FLOW_FREE
        directory.get(group_id).props |= {
            "assignedLicenses": [{"disabledPlans": [], "skuId": sku_id}],
            "licenseProcessingState": {"state": "ProcessingComplete"},
        }
        for member in directory.members[group_id]:
            if member in directory.objects[Kind.USER]:
                paths.setdefault(member, []).append((sku_id, group_id))
    for user_id in directory.objects[Kind.USER]:
        if rng.random() < 0.05:
            paths.setdefault(user_id, []).append((ENTRA_P2, None))
    _write(directory, paths)


def _licensed_groups(directory: Directory) -> list[str]:
    """The largest ones."""
    by_size = sorted(directory.members, key=lambda one: len(directory.members[one]), reverse=True)
    return by_size[:_LICENSED_GROUPS]


def _write(directory: Directory, paths: dict[str, list[tuple[str, str | None]]]) -> None:
    seen: dict[_Paths, tuple[list[dict[str, object]], list[dict[str, object]]]] = {}
    for user_id, held in paths.items():
        key = tuple(held)
        if key not in seen:
            states = [_active(sku_id, through) for sku_id, through in key]
            seen[key] = (in_force(states), states)
        assigned, states = seen[key]
        props = directory.objects[Kind.USER][user_id].props
        props["assignedLicenses"], props["licenseAssignmentStates"] = assigned, states
        for licence in assigned:
            directory.skus[str(licence["skuId"])].consumed += 1


def _active(sku_id: str, through: str | None) -> dict[str, object]:
    return {
        "skuId": sku_id,
        "disabledPlans": [],
        "assignedByGroup": through,
        "state": "Active",
        "error": "None",
        "lastUpdatedDateTime": day(-40),
    }
