"""What can be allowed, and how far an allowance reaches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Permission(StrEnum):
    """`<object>:<verb>`. Policies include groups and conflicts; settings vaults and forms."""

    SELF = "self:use"
    WORK = "work:use"
    REQUEST_FOR_OTHERS = "requests:create_for_others"
    REVOKE_FOR_OTHERS = "revocations:create_for_others"
    CAMPAIGNS_VIEW = "campaigns:view"
    CAMPAIGNS_CREATE = "campaigns:create"
    CAMPAIGNS_MANAGE = "campaigns:manage"
    CAMPAIGN_REPORTS = "campaigns:report"
    APPS_VIEW = "apps:view"
    APPS_CREATE = "apps:create"
    APPS_MANAGE = "apps:manage"
    APPS_ADOPT = "apps:adopt"
    CONNECTORS_VIEW = "connectors:view"
    CONNECTORS_CREATE = "connectors:create"
    CONNECTORS_MANAGE = "connectors:manage"
    PROFILES_VIEW = "access_profiles:view"
    PROFILES_CREATE = "access_profiles:create"
    PROFILES_MANAGE = "access_profiles:manage"
    POLICIES_VIEW = "policies:view"
    POLICIES_CREATE = "policies:create"
    POLICIES_MANAGE = "policies:manage"
    AUTOMATIONS_VIEW = "automations:view"
    AUTOMATIONS_CREATE = "automations:create"
    AUTOMATIONS_MANAGE = "automations:manage"
    TASK_LOG_VIEW = "task_log:view"
    TASK_LOG_MANAGE = "task_log:manage"
    USERS_VIEW = "users:view"
    USERS_MANAGE = "users:manage"
    SETTINGS_VIEW = "settings:view"
    SETTINGS_CREATE = "settings:create"
    SETTINGS_MANAGE = "settings:manage"
    SYSTEM_LOG_VIEW = "system_log:view"
    EXPLORE = "explore:view"


class Reach(StrEnum):
    """Which objects an allowance covers."""

    ALL = "all"
    OWN = "own"
    REPORTS = "reports"
    """People whose manager the caller is."""


Allowances = Mapping[Permission, frozenset[Reach]]


def united(many: Iterable[Allowances]) -> dict[Permission, frozenset[Reach]]:
    """A person with several roles has what any of them gives."""
    together: dict[Permission, frozenset[Reach]] = {}
    for allowances in many:
        for permission, reach in allowances.items():
            together[permission] = _wider(together.get(permission, frozenset()), reach)
    return together


def reduced(allowances: Allowances, limit: Allowances) -> dict[Permission, frozenset[Reach]]:
    """What both give: a credential limited to some roles never exceeds its owner."""
    return {
        permission: reach
        for permission in allowances.keys() & limit.keys()
        if (reach := _narrower(allowances[permission], limit[permission]))
    }


def _wider(one: frozenset[Reach], other: frozenset[Reach]) -> frozenset[Reach]:
    both = one | other
    return frozenset({Reach.ALL}) if Reach.ALL in both else both


def _narrower(one: frozenset[Reach], other: frozenset[Reach]) -> frozenset[Reach]:
    if Reach.ALL in one:
        return other
    if Reach.ALL in other:
        return one
    return one & other


def named(allowances: Allowances) -> list[str]:
    """As clients see them: `apps:view` over everything, `apps:view:own` over a part."""
    return sorted(
        str(permission) if part is Reach.ALL else f"{permission}:{part}"
        for permission, reach in allowances.items()
        for part in reach
    )
