"""The roles, all of them built in: the roles matrix of the feature reference (2.11) as one table.

A limited cell of that matrix (view, create, manage own objects only) limits viewing and managing;
whoever creates an object owns it. The matrix has no row for the system log: it is read by those who
read settings. Every role can see and manage its own sign-in (`SELF`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ostiary.server.kernel.authz.permissions import Allowances, Permission, Reach, reduced, united

P = Permission

ALL = frozenset({Reach.ALL})
OWN = frozenset({Reach.OWN})
REPORTS = frozenset({Reach.REPORTS})


@dataclass(frozen=True)
class Role:
    id: str
    """A KSUID that is the same in every installation."""
    name: str
    display_name: str
    allowances: Allowances


def _role(identity: str, name: str, display_name: str, allowances: Allowances) -> Role:
    return Role(identity, name, display_name, {P.SELF: ALL, **allowances})


def _each(reach: frozenset[Reach], *permissions: Permission) -> dict[Permission, frozenset[Reach]]:
    return dict.fromkeys(permissions, reach)


BASIC_USER = _role(
    "1hSMNaSGaHNU0UjmzFuKEgH2W6W",
    "basic_user",
    "Basic User",
    {P.WORK: ALL, P.REQUEST_FOR_OTHERS: REPORTS, P.REVOKE_FOR_OTHERS: REPORTS},
)
REQUEST_HELPDESK = _role(
    "1hSMNlK2dmX1QAnqOLUYxFVo5au",
    "access_request_helpdesk",
    "Access Request Helpdesk",
    _each(ALL, P.WORK, P.REQUEST_FOR_OTHERS, P.REVOKE_FOR_OTHERS),
)
REQUEST_ADMINISTRATOR = _role(
    "1hSMNrdRLavo7ynR4vbPzarrCSf",
    "access_request_admin",
    "Access Request Administrator",
    _each(
        ALL,
        P.WORK,
        P.REQUEST_FOR_OTHERS,
        P.PROFILES_VIEW,
        P.PROFILES_CREATE,
        P.PROFILES_MANAGE,
    ),
)
APPLICATION_ADMINISTRATOR = _role(
    "1hSMNywmNmDu4hGi68YEohStm3i",
    "application_admin",
    "Application Administrator",
    {
        **_each(ALL, P.WORK, P.APPS_CREATE, P.AUTOMATIONS_CREATE),
        P.REQUEST_FOR_OTHERS: REPORTS,
        **_each(OWN, P.REVOKE_FOR_OTHERS, P.APPS_VIEW, P.APPS_MANAGE),
        **_each(OWN, P.CONNECTORS_VIEW, P.CONNECTORS_MANAGE),
        **_each(OWN, P.AUTOMATIONS_VIEW, P.AUTOMATIONS_MANAGE),
    },
)
CAMPAIGN_ADMINISTRATOR = _role(
    "1hSMO3B2GNkmq1lDocMkCbkbXtH",
    "campaign_admin",
    "Campaign Administrator",
    {
        **_each(ALL, P.WORK, P.CAMPAIGNS_CREATE),
        P.REQUEST_FOR_OTHERS: REPORTS,
        **_each(OWN, P.CAMPAIGNS_VIEW, P.CAMPAIGNS_MANAGE, P.CAMPAIGN_REPORTS),
    },
)
CONNECTOR_ADMINISTRATOR = _role(
    "1hSMOES8C5059LHG3OvuXO77y93",
    "connector_admin",
    "Connector Administrator",
    {
        **_each(ALL, P.WORK, P.CONNECTORS_VIEW, P.CONNECTORS_CREATE, P.CONNECTORS_MANAGE),
        P.REQUEST_FOR_OTHERS: REPORTS,
    },
)
READ_ONLY_ADMINISTRATOR = _role(
    "1hSMOMkV15jlJZP8BWiPCH7e4eJ",
    "read_only_admin",
    "Read-Only Administrator",
    _each(
        ALL,
        P.CAMPAIGNS_VIEW,
        P.CAMPAIGN_REPORTS,
        P.APPS_VIEW,
        P.CONNECTORS_VIEW,
        P.PROFILES_VIEW,
        P.POLICIES_VIEW,
        P.TASK_LOG_VIEW,
        P.USERS_VIEW,
        P.SETTINGS_VIEW,
        P.SYSTEM_LOG_VIEW,
        P.EXPLORE,
    ),
)
SUPER_ADMINISTRATOR = _role(
    "1hSMORFslKxchOZELFoemodQd9D",
    "super_admin",
    "Super Administrator",
    _each(ALL, *Permission),
)

ROLES = (
    BASIC_USER,
    REQUEST_HELPDESK,
    REQUEST_ADMINISTRATOR,
    APPLICATION_ADMINISTRATOR,
    CAMPAIGN_ADMINISTRATOR,
    CONNECTOR_ADMINISTRATOR,
    READ_ONLY_ADMINISTRATOR,
    SUPER_ADMINISTRATOR,
)

_BY_KEY = {key: role for role in ROLES for key in (role.id, role.name)}


def find_role(key: str) -> Role | None:
    """By id or by name."""
    return _BY_KEY.get(key)


def roles_of(keys: Iterable[str]) -> list[Role]:
    """By id or by name; what names none is left out."""
    return [role for key in keys if (role := find_role(key))]


def allowances_of(roles: Iterable[Role], scoped_to: Iterable[Role] = ()) -> Allowances:
    """What the roles give together, reduced to what the credential is scoped to, if it is."""
    given = united(role.allowances for role in roles)
    limit = [role.allowances for role in scoped_to]
    return reduced(given, united(limit)) if limit else given
