"""Users as accounts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ostiary.baton.pb import connector_v2 as pb
from ostiary.connector.resources import user_resource
from ostiary.entra.image import Image, Kind
from ostiary.entra.project.links import portal_user
from ostiary.entra.project.times import parse
from ostiary.entra.records import SignInActivity, User
from ostiary.entra.types import USER


def resources(image: Image) -> Iterator[pb.Resource]:
    """Every user, with its manager's details where the manager is known."""
    managers = _managers(image)
    sign_ins = image.sign_ins.all(SignInActivity)
    for _, user in image.objects.all(Kind.USER, User):
        yield _resource(user, managers.get(user.manager or ""), sign_ins.get(user.id))


def _managers(image: Image) -> dict[str, User]:
    """Users who manage someone; a small share of all, so that memory stays small."""
    everyone = image.objects.all(Kind.USER, User)
    wanted = {user.manager for _, user in everyone if user.manager}
    found = ((id_, image.objects.get(id_, User)) for id_ in wanted)
    return {id_: manager for id_, manager in found if manager is not None}


def _resource(user: User, manager: User | None, activity: SignInActivity | None) -> pb.Resource:
    upn = user.userPrincipalName or ""
    return user_resource(
        USER,
        user.id,
        user.displayName or upn or user.id,
        emails=[address for address in (user.mail, upn, *(user.otherMails or ())) if address],
        login=upn,
        login_aliases=[name for name in (user.onPremisesSamAccountName,) if name],
        enabled=user.accountEnabled is not False,
        given_name=user.givenName or "",
        family_name=user.surname or "",
        employee_ids=[user.employeeId] if user.employeeId else (),
        last_login=_last_login(activity),
        profile=_profile(user, manager),
        external_url=portal_user(user.id),
        created_at=parse(user.createdDateTime),
    )


def _profile(user: User, manager: User | None) -> dict[str, str | bool]:
    """Attribute names as the public connector writes them, then Graph's own."""
    profile: dict[str, str | bool | None] = {
        "id": user.id,
        "mail": user.mail or user.userPrincipalName,
        "displayName": user.displayName,
        "title": user.jobTitle,
        "jobTitle": user.jobTitle,
        "userPrincipalName": user.userPrincipalName,
        "accountEnabled": user.accountEnabled,
        "employeeId": user.employeeId,
        "employeeNumber": user.employeeId,
        "employeeType": user.employeeType,
        "department": user.department,
        "companyName": user.companyName,
        "officeLocation": user.officeLocation,
        "usageLocation": user.usageLocation,
        "userType": user.userType,
        "externalUserState": user.externalUserState,
        "onPremisesSyncEnabled": user.onPremisesSyncEnabled,
        "onPremisesImmutableId": user.onPremisesImmutableId,
        "managerId": user.manager,
        **_manager_profile(manager),
        **(user.onPremisesExtensionAttributes or {}),
    }
    return {name: value for name, value in profile.items() if value is not None}


def _manager_profile(manager: User | None) -> dict[str, str | bool | None]:
    if manager is None:
        return {}
    mail = manager.mail or manager.userPrincipalName
    return {
        "managerEmail": mail,
        "supervisorEmail": mail,
        "supervisorEId": manager.employeeId,
        "supervisor": manager.displayName,
    }


def _last_login(activity: SignInActivity | None) -> datetime | None:
    """The latest sign-in of either kind; None is unknown, which is not never."""
    if activity is None:
        return None
    times = (activity.lastSignInDateTime, activity.lastNonInteractiveSignInDateTime)
    return max((time for time in map(parse, times) if time is not None), default=None)
