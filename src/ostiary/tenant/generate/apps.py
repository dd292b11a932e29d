"""Applications, service principals, managed identities, and who is assigned to them."""

from random import Random

from ostiary.tenant.directory import (
    DEFAULT_ACCESS,
    AppRoleAssignment,
    Directory,
    DirectoryObject,
    Kind,
    Properties,
)
from ostiary.tenant.directory.ids import app_role_assignment_id
from ostiary.tenant.directory.objects import PRINCIPAL_TYPES
from ostiary.tenant.generate.names import APP_KINDS, APP_NAMES
from ostiary.tenant.generate.sampling import random_id
from ostiary.tenant.stories.app_builder import ENTERPRISE_APP_TAG, MICROSOFT_TENANT
from ostiary.tenant.stories.builder import day

_EXPANDED_AT_MOST = 20


def add_apps(directory: Directory, rng: Random, count: int) -> None:
    """Of five: one busy app, two quiet ones, one first-party app, one identity or foreign app."""
    users = list(directory.objects[Kind.USER])
    groups = list(directory.objects[Kind.GROUP])
    for number in range(count):
        principal = _service_principal(directory, rng, number)
        directory.objects[Kind.SERVICE_PRINCIPAL][principal.id] = principal
        directory.index[principal.id] = principal
        if number % 5 in (0, 1, 2):
            _register(directory, rng, principal)
            directory.owners[principal.id] = {rng.choice(users): None}
        _assign(directory, rng, principal, _wanted(rng, number), users, groups)


def _wanted(rng: Random, number: int) -> int:
    """How many assignments the app gets; a busy one has at least as many as $expand shows."""
    if number % 5 == 0:
        return _EXPANDED_AT_MOST + int(rng.expovariate(1 / 60))
    return rng.randrange(_EXPANDED_AT_MOST) if number % 5 in (1, 2) else 0


def _service_principal(directory: Directory, rng: Random, number: int) -> DirectoryObject:
    app_id = random_id(rng)
    name = f"{rng.choice(APP_NAMES)} {rng.choice(APP_KINDS)} {number}"
    props: Properties = {
        "accountEnabled": number % 40 != 6,
        "appDisplayName": name,
        "appId": app_id,
        "appOwnerOrganizationId": directory.tenant_id,
        "appRoleAssignmentRequired": number % 3 == 0,
        "appRoles": [],
        "createdDateTime": day(-rng.randrange(5, 2000)),
        "displayName": name,
        "keyCredentials": [],
        "passwordCredentials": [],
        "servicePrincipalNames": [app_id],
        "servicePrincipalType": "Application",
        "signInAudience": "AzureADMyOrg",
        "tags": [ENTERPRISE_APP_TAG],
    }
    return DirectoryObject(random_id(rng), Kind.SERVICE_PRINCIPAL, props | _nature(rng, number))


def _nature(rng: Random, number: int) -> Properties:
    if number % 5 == 3:
        return {"appOwnerOrganizationId": MICROSOFT_TENANT, "tags": []}
    if number % 10 == 4:
        resource = f"/subscriptions/{random_id(rng)}/resourcegroups/rg/providers/x/y/{number}"
        return {
            "alternativeNames": [f"isExplicit={number % 20 == 4}", resource],
            "appOwnerOrganizationId": None,
            "servicePrincipalType": "ManagedIdentity",
            "tags": [],
        }
    if number % 10 == 9:
        return {"appOwnerOrganizationId": random_id(rng), "signInAudience": "AzureADMultipleOrgs"}
    roles = [_app_role(rng, value) for value in ("User", "Approver", "Admin")]
    return {"appRoles": roles if number % 2 else []}


def _app_role(rng: Random, value: str) -> Properties:
    return {
        "allowedMemberTypes": ["User"],
        "description": value,
        "displayName": value,
        "id": random_id(rng),
        "isEnabled": True,
        "origin": "Application",
        "value": value,
    }


def _register(directory: Directory, rng: Random, principal: DirectoryObject) -> None:
    shared = ("appId", "appRoles", "createdDateTime", "displayName", "signInAudience")
    props = {name: principal.props[name] for name in shared}
    props["passwordCredentials"] = [_secret(rng) for _ in range(rng.randrange(3))]
    props["keyCredentials"] = []
    application = DirectoryObject(random_id(rng), Kind.APPLICATION, props)
    directory.objects[Kind.APPLICATION][application.id] = application
    directory.index[application.id] = application


def _secret(rng: Random) -> Properties:
    ends = rng.randrange(-300, 700)
    return {
        "displayName": "secret",
        "endDateTime": day(ends),
        "hint": "q~8",
        "keyId": random_id(rng),
        "startDateTime": day(ends - 730),
    }


def _assign(
    directory: Directory,
    rng: Random,
    app: DirectoryObject,
    wanted: int,
    users: list[str],
    groups: list[str],
) -> None:
    roles = [role["id"] for role in app.props["appRoles"]] or [DEFAULT_ACCESS]
    from_groups = min(len(groups), wanted // 10)
    principals = rng.sample(groups, from_groups)
    principals += rng.sample(users, min(len(users), wanted - from_groups))
    made = [
        AppRoleAssignment(
            id=app_role_assignment_id(principal_id, app.id),
            app_role_id=rng.choice(roles),
            principal_id=principal_id,
            principal_type=PRINCIPAL_TYPES[directory.index[principal_id].kind],
            resource_id=app.id,
            created=app.props["createdDateTime"],
        )
        for principal_id in principals
    ]
    if made:
        directory.app_role_assignments[app.id] = {one.id: one for one in made}
