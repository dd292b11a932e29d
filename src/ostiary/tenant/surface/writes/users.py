"""Users: create, update, delete, manager, sessions."""

import re
from typing import Any

from ostiary.tenant.clock import graph_time
from ostiary.tenant.directory import DirectoryObject, Kind, Properties
from ostiary.tenant.surface.backend import Call
from ostiary.tenant.surface.errors import bad_request, forbidden, not_found
from ostiary.tenant.surface.message import GraphResponse, json_response, no_content
from ostiary.tenant.surface.reads.handlers import shown
from ostiary.tenant.surface.reads.keys import require
from ostiary.tenant.surface.reads.sets import BY_KIND
from ostiary.tenant.surface.reads.sources import entity_of
from ostiary.tenant.surface.schema.types import TYPES
from ostiary.tenant.surface.writes import guards
from ostiary.tenant.surface.writes.bodies import (
    conflict,
    invalid_value,
    json_object,
    properties,
    reference,
    referenced,
    required,
)

_USER = TYPES["user"]
_REQUIRED = ("accountEnabled", "displayName", "mailNickname", "userPrincipalName")
_BAD_NICKNAME = re.compile(r'[^\x21-\x7e]|[@()\\\[\]";:<>,]')
_LONGEST_EMPLOYEE_ID = 16
_UNIQUE = ("userPrincipalName", "mail", "onPremisesImmutableId", "proxyAddresses")
_CLOUD_MASTERED = frozenset({"usageLocation", "preferredDataLocation"})
_SENSITIVE = frozenset({"accountEnabled", "businessPhones", "mobilePhone", "otherMails"})
_FULL_WRITE = ("User.ReadWrite.All", "Directory.ReadWrite.All")
_NARROW_WRITE = {
    "User.EnableDisableAccount.All": {"accountEnabled"},
    "User-PasswordProfile.ReadWrite.All": {"passwordProfile"},
    "User-Phone.ReadWrite.All": {"businessPhones", "mobilePhone"},
    "User-Mail.ReadWrite.All": {"otherMails"},
    "User.ManageIdentities.All": {"identities"},
}
"""What each narrow permission may write; any other property asks for User.ReadWrite.All."""


def create_user(call: Call) -> GraphResponse:
    body = json_object(call)
    for name in _REQUIRED:
        required(body, name, "User")
    props = properties(body, _USER)
    check_password(_password(required(props, "passwordProfile", "User")))
    _check_values(call, props)
    _check_unique(call, props, None)
    _check_federated(call, props)
    del props["passwordProfile"]
    defaults = {"userType": "Member", "createdDateTime": graph_time(call.backend.clock.now())}
    user = call.directory.create(Kind.USER, defaults | props)
    answer = shown(call, entity_of(call.backend, user), "$metadata#users")
    location = f"{call.request.service_root}/users/{user.id}"
    return json_response(answer, 201, Location=location)


def update_user(call: Call) -> GraphResponse:
    user = user_at(call)
    props = properties(json_object(call), _USER)
    _require_property_rights(call, props)
    if set(props) - _CLOUD_MASTERED:
        guards.refuse_synced(user)
    if _SENSITIVE & set(props):
        guards.require_power_over(call, user)
    if "employeeLeaveDateTime" in props:
        guards.require_any(call, "User-LifeCycleInfo.ReadWrite.All")
    _change_password(call, user, props.pop("passwordProfile", None))
    _check_values(call, props)
    _check_unique(call, props, user.id)
    call.directory.update(user.id, _merged(user, props))
    return no_content()


def delete_user(call: Call) -> GraphResponse:
    user = user_at(call)
    guards.require_power_over(call, user)
    call.directory.soft_delete(user.id)
    return no_content()


def set_manager(call: Call) -> GraphResponse:
    user = user_at(call)
    manager = referenced(call, reference(call))
    if manager.kind not in (Kind.USER, Kind.ORG_CONTACT):
        raise bad_request("Unable to set the reference. The manager must be a user or a contact.")
    guards.refuse_synced(user)
    call.directory.set_manager(user.id, manager.id)
    return no_content()


def clear_manager(call: Call) -> GraphResponse:
    user = user_at(call)
    guards.refuse_synced(user)
    if not call.directory.clear_manager(user.id):
        raise not_found("manager")
    return no_content()


def revoke_sessions(call: Call) -> GraphResponse:
    user = user_at(call)
    now = graph_time(call.backend.clock.now())
    call.directory.update(user.id, {"signInSessionsValidFromDateTime": now})
    context = f"{call.request.service_root}/$metadata#Edm.Boolean"
    return json_response({"@odata.context": context, "value": True})


def user_at(call: Call) -> DirectoryObject:
    return call.directory.get(require(call.backend, BY_KIND[Kind.USER], call.args[0]).id)


def check_password(password: str) -> None:
    """Eight characters of three kinds out of lower, upper, digit and symbol."""
    kinds = [any(map(test, password)) for test in (str.islower, str.isupper, str.isdigit)]
    kinds.append(any(not letter.isalnum() for letter in password))
    if not 8 <= len(password) <= 256 or sum(kinds) < 3:
        raise bad_request(
            "The specified password does not comply with password complexity requirements. Please "
            "provide a different password."
        )


def _password(profile: Properties) -> str:
    password = required(profile, "password", "User")
    if not isinstance(password, str):
        raise invalid_value("password", "User")
    return password


def _change_password(call: Call, user: DirectoryObject, profile: Properties | None) -> None:
    if not profile:
        return
    guards.require_power_over_password(call, user)
    if profile.get("password"):
        check_password(_password(profile))
    now = graph_time(call.backend.clock.now())
    call.directory.update(user.id, {"lastPasswordChangeDateTime": now})


def _require_property_rights(call: Call, props: Properties) -> None:
    if not call.caller.roles.isdisjoint(_FULL_WRITE):
        return
    allowed: set[str] = set()
    for permission, names in _NARROW_WRITE.items():
        if permission in call.caller.roles:
            allowed |= names
    if not set(props) <= allowed:
        raise forbidden()


def _check_values(call: Call, props: Properties) -> None:
    nickname = props.get("mailNickname")
    if nickname is not None and (len(nickname) > 64 or _BAD_NICKNAME.search(nickname)):
        raise invalid_value("mailNickname", "User")
    if len(props.get("employeeId") or "") > _LONGEST_EMPLOYEE_ID:
        raise invalid_value("employeeId", "User")
    location = props.get("usageLocation")
    if location is not None and not re.fullmatch("[A-Z]{2}", location):
        raise invalid_value("usageLocation", "User")
    name = props.get("userPrincipalName")
    if name is not None:
        _check_principal_name(call, name)


def _check_principal_name(call: Call, name: str) -> None:
    local, _, domain = name.rpartition("@")
    if not local or re.search(r"\s", name):
        raise invalid_value("userPrincipalName", "User")
    if domain.lower() not in _domains(call):
        raise bad_request(
            "The domain portion of the userPrincipalName property is invalid. You must use one of "
            "the verified domain names in your organization."
        )


def _check_federated(call: Call, props: Properties) -> None:
    domain = _domains(call)[props["userPrincipalName"].rpartition("@")[2].lower()]
    if domain.get("type") == "Federated" and not props.get("onPremisesImmutableId"):
        raise bad_request(
            "A value is required for property 'onPremisesImmutableId' of resource 'User'."
        )


def _domains(call: Call) -> dict[str, Any]:
    verified = call.directory.organization.get("verifiedDomains") or ()
    return {domain["name"].lower(): domain for domain in verified}


def _check_unique(call: Call, props: Properties, own_id: str | None) -> None:
    given = {name: _values(props[name]) for name in _UNIQUE if props.get(name)}
    principal_name = props.get("userPrincipalName")
    if principal_name:
        taken = call.backend.principal_names.find(principal_name)
        if taken not in (None, own_id):
            raise conflict("userPrincipalName")
        del given["userPrincipalName"]
    if not given:
        return
    for other in call.directory.objects[Kind.USER].values():
        for name, values in given.items():
            if other.id != own_id and values & _values(other.props.get(name)):
                raise conflict(name)


def _values(value: Any) -> set[str]:
    if not value:
        return set()
    return {each.lower() for each in (value if isinstance(value, list) else [value])}


def _merged(user: DirectoryObject, props: Properties) -> Properties:
    """onPremisesExtensionAttributes are set one by one, not as a whole."""
    name = "onPremisesExtensionAttributes"
    if isinstance(props.get(name), dict):
        return {**props, name: {**(user.props.get(name) or {}), **props[name]}}
    return props
