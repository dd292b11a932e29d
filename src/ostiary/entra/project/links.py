"""Where an administrator finds an object in the Entra admin center."""

from __future__ import annotations

_PORTAL = "https://entra.microsoft.com/#view"


def portal_user(object_id: str) -> str:
    blade = "Microsoft_AAD_UsersAndTenants/UserProfileMenuBlade/~/overview"
    return f"{_PORTAL}/{blade}/userId/{object_id}"


def portal_group(object_id: str) -> str:
    return f"{_PORTAL}/Microsoft_AAD_IAM/GroupDetailsMenuBlade/~/Overview/groupId/{object_id}"


def portal_application(object_id: str, app_id: str) -> str:
    blade = "Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Overview"
    return f"{_PORTAL}/{blade}/objectId/{object_id}/appId/{app_id}"
