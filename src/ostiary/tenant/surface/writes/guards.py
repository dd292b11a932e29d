"""What no permission opens: synced objects, dynamic groups, administrators."""

from ostiary.tenant.directory import Directory, DirectoryObject
from ostiary.tenant.surface.backend import Call
from ostiary.tenant.surface.errors import RefusalError, bad_request, forbidden

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
PRIVILEGED_AUTHENTICATION_ADMINISTRATOR = "7be44c8a-adaf-4e2a-84d6-ab2649e08a13"
USER_ADMINISTRATOR = "fe930be7-5e62-47db-91af-98c3a49a38b1"
HELPDESK_ADMINISTRATOR = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
PASSWORD_ADMINISTRATOR = "966707d0-3269-4727-9be2-8c3a10f19b9d"  # noqa: S105

OVER_ADMINISTRATORS = frozenset({GLOBAL_ADMINISTRATOR, PRIVILEGED_AUTHENTICATION_ADMINISTRATOR})
OVER_PASSWORDS = OVER_ADMINISTRATORS | {
    USER_ADMINISTRATOR,
    HELPDESK_ADMINISTRATOR,
    PASSWORD_ADMINISTRATOR,
}
ROLE_WRITE = "RoleManagement.ReadWrite.Directory"


def refuse_synced(held: DirectoryObject) -> None:
    if held.props.get("onPremisesSyncEnabled"):
        raise bad_request(
            "Unable to update the specified properties for on-premises mastered Directory Sync "
            "objects or objects currently undergoing migration."
        )


def refuse_fixed_membership(call: Call, group: DirectoryObject) -> None:
    """Members and owners of some groups are not Graph's to change."""
    refuse_synced(group)
    types = group.props.get("groupTypes") or ()
    if group.props.get("mailEnabled") and "Unified" not in types:
        raise bad_request("Cannot Update a mail-enabled security groups and or distribution list.")
    require_for_role_groups(call, group)


def refuse_dynamic(group: DirectoryObject) -> None:
    if "DynamicMembership" in (group.props.get("groupTypes") or ()):
        raise forbidden()


def require_for_role_groups(call: Call, group: DirectoryObject) -> None:
    if group.props.get("isAssignableToRole") and ROLE_WRITE not in call.caller.roles:
        raise forbidden()


def require_any(call: Call, *permissions: str) -> None:
    if call.caller.roles.isdisjoint(permissions):
        raise forbidden()


def require_power_over(call: Call, user: DirectoryObject) -> None:
    """Sensitive actions on an administrator ask the app to hold a privileged role itself."""
    if is_administrator(call.directory, user.id):
        _require_role(call, OVER_ADMINISTRATORS)


def require_power_over_password(call: Call, user: DirectoryObject) -> None:
    administrator = is_administrator(call.directory, user.id)
    _require_role(call, OVER_ADMINISTRATORS if administrator else OVER_PASSWORDS)


def is_administrator(directory: Directory, principal_id: str) -> bool:
    """By a role of its own or through a group that holds one."""
    holders = {held.principal_id for held in directory.role_assignments.values()}
    return principal_id in holders or any(
        principal_id in directory.members.get(holder, ()) for holder in holders
    )


def _require_role(call: Call, templates: frozenset[str]) -> None:
    held = {
        each.role_definition_id
        for each in call.directory.role_assignments.values()
        if call.caller.sp_id and each.principal_id == call.caller.sp_id
    }
    if templates.isdisjoint(held | call.caller.directory_roles):
        raise forbidden()


def quota_exceeded(would_be: int, most: int, link: str) -> RefusalError:
    return RefusalError(
        403,
        "Directory_QuotaExceeded",
        f"Unable to perform operation as '{would_be}' would exceed the maximum quota count "
        f"'{most}' for forward-link '{link}'.",
    )
