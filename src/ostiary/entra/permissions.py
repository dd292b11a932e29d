"""Which Graph permissions and licences each feature needs, in words an administrator can act on.

Source: Graph permissions reference; the least privileged come first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from ostiary.connector.connector import Finding, MissingPermission
from ostiary.connector.status import Status
from ostiary.entra.types import (
    CREDENTIAL,
    DIRECTORY_ROLE,
    ENTERPRISE_APPLICATION,
    GROUP,
    LICENSE,
    MANAGED_IDENTITY,
    USER,
)

PERMISSION_MISSING = "permission_missing"
CONSENT_MISSING = "consent_missing"

_DIRECTORY = ("Directory.Read.All", "Directory.ReadWrite.All")
_APPLICATIONS = ("Application.Read.All", "Application.ReadWrite.All", *_DIRECTORY)
_ROLES = ("RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory")
CONSENT = (
    "In the Entra admin center open the app registration, API permissions, add it as an "
    "application permission of Microsoft Graph and press Grant admin consent."
)


class Feature(NamedTuple):
    """Something that is read, and the permissions of which any one suffices."""

    name: str
    path: str
    """The beginning of the Graph paths it is read from."""
    any_of: tuple[str, ...]

    @property
    def least(self) -> str:
        return self.any_of[0]


ACCOUNTS = Feature(
    "Accounts", "/users", ("User.Read.All", "User.ReadWrite.All", *_DIRECTORY)
)  # fmt: skip
GROUPS = Feature(
    "Groups",
    "/groups",
    (
        "GroupMember.Read.All",
        "GroupMember.ReadWrite.All",
        "Group.Read.All",
        "Group.ReadWrite.All",
        *_DIRECTORY,
    ),
)
ASSIGNMENT_FEED = Feature("App role assignments", "/directoryObjects", ACCOUNTS.any_of)
APPLICATIONS = Feature("Enterprise applications", "/servicePrincipals", _APPLICATIONS)
CREDENTIALS = Feature("Service principal credentials", "/applications", _APPLICATIONS)
ELIGIBLE = Feature(
    "Eligible directory roles",
    "/roleManagement/directory/roleEligibilityScheduleInstances",
    (
        *_ROLES,
        "RoleManagement.Read.All",
        "RoleEligibilitySchedule.Read.Directory",
        "RoleEligibilitySchedule.ReadWrite.Directory",
    ),
)
ACTIVE = Feature(
    "Active directory roles",
    "/roleManagement/directory/roleAssignmentScheduleInstances",
    (
        *_ROLES,
        "RoleManagement.Read.All",
        "RoleAssignmentSchedule.Read.Directory",
        "RoleAssignmentSchedule.ReadWrite.Directory",
    ),
)
ROLES = Feature("Directory roles", "/roleManagement", (*_ROLES, *_DIRECTORY))
LICENSES = Feature(
    "Licenses",
    "/subscribedSkus",
    (
        "LicenseAssignment.Read.All",
        "LicenseAssignment.ReadWrite.All",
        "Organization.Read.All",
        "Organization.ReadWrite.All",
        *_DIRECTORY,
    ),
)
BY_PATH = (
    ACCOUNTS, GROUPS, ASSIGNMENT_FEED, APPLICATIONS, CREDENTIALS, ELIGIBLE, ACTIVE, ROLES, LICENSES,
)  # fmt: skip
NEEDED = {
    USER: (ACCOUNTS,),
    GROUP: (GROUPS,),
    ENTERPRISE_APPLICATION: (APPLICATIONS,),
    MANAGED_IDENTITY: (APPLICATIONS,),
    DIRECTORY_ROLE: (ROLES,),
    LICENSE: (LICENSES,),
    CREDENTIAL: (CREDENTIALS,),
}


def feature_of(path: str) -> Feature | None:
    """The feature that a Graph path (without the version) serves."""
    return next((feature for feature in BY_PATH if path.startswith(feature.path)), None)


def needed(types: Collection[str]) -> list[Feature]:
    """What has to be readable for these resource types."""
    features = [feature for type_id in NEEDED if type_id in types for feature in NEEDED[type_id]]
    return list(dict.fromkeys(features))


def check(roles: frozenset[str], types: Collection[str]) -> Iterator[Finding]:
    """Whether the token's roles suffice to read each feature."""
    features = needed(types)
    yield from shortfall([f for f in features if roles.isdisjoint(f.any_of)])
    for feature in features:
        if not roles.isdisjoint(feature.any_of):
            yield readable(feature)


def shortfall(unreadable: Collection[Feature]) -> Iterator[Finding]:
    """One finding for all that the same permission would open."""
    alike: dict[tuple[str, ...], list[Feature]] = {}
    for feature in unreadable:
        alike.setdefault(feature.any_of, []).append(feature)
    for features in alike.values():
        yield missing(*features)


def missing(first: Feature, *others: Feature) -> Finding:
    """A permission is missing: for which features, what to add, and where."""
    name = " and ".join([first.name, *(f.name[0].lower() + f.name[1:] for f in others)])
    alternatives = ", ".join(first.any_of[1:])
    return Finding(
        "error",
        name,
        f"{name} cannot be read: the application lacks the permission {first.least} "
        f"(any of these would do as well: {alternatives}).",
        CONSENT + " To leave it out instead, name the other types in --sync-resource-types.",
        Status.PERMISSION_DENIED,
        PERMISSION_MISSING,
        tuple(map(_lacks, (first, *others))),
    )


def readable(feature: Feature) -> Finding:
    return Finding("ok", feature.name, "The permissions suffice")


def no_consent(unreadable: Collection[Feature]) -> Finding:
    """Nothing at all can be read."""
    least = ", ".join(dict.fromkeys(feature.least for feature in unreadable))
    return Finding(
        "error",
        "Permissions",
        "Microsoft Graph lets the application read nothing of what this sync needs: it has no "
        "permissions, or no administrator has consented to them.",
        "In the Entra admin center open the app registration, API permissions, add these "
        f"application permissions of Microsoft Graph and press Grant admin consent: {least}.",
        Status.PERMISSION_DENIED,
        CONSENT_MISSING,
        tuple(map(_lacks, unreadable)),
    )


def _lacks(feature: Feature) -> MissingPermission:
    return MissingPermission(feature.name, feature.least, feature.any_of[1:])
