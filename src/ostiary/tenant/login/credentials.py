"""The app registration that a simulated tenant hands to whoever connects to it."""

from __future__ import annotations

import hashlib
import json
import os
import secrets as randomness
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ostiary.tenant.directory.directory import Directory
from ostiary.tenant.directory.ids import stable_id
from ostiary.tenant.directory.objects import Kind
from ostiary.tenant.login.registrations import AppRegistration, Secret

INTEGRATION_NAME = "OurIntegration"
SECRET_LIFETIME = timedelta(days=730)

READ_ROLES = frozenset(
    {
        "AdministrativeUnit.Read.All",
        "Application.Read.All",
        "AuditLog.Read.All",
        "Directory.Read.All",
        "Domain.Read.All",
        "Group.Read.All",
        "GroupMember.Read.All",
        "LicenseAssignment.Read.All",
        "MailboxSettings.Read",
        "Member.Read.Hidden",
        "Organization.Read.All",
        "RoleAssignmentSchedule.Read.Directory",
        "RoleEligibilitySchedule.Read.Directory",
        "RoleManagement.Read.Directory",
        "Synchronization.Read.All",
        "User.Read.All",
    }
)
"""What a connector needs to read everything."""

WRITE_ROLES = frozenset(
    {
        "AppRoleAssignment.ReadWrite.All",
        "Application.ReadWrite.All",
        "Group.ReadWrite.All",
        "GroupMember.ReadWrite.All",
        "LicenseAssignment.ReadWrite.All",
        "RoleAssignmentSchedule.ReadWrite.Directory",
        "RoleEligibilitySchedule.ReadWrite.Directory",
        "RoleManagement.ReadWrite.Directory",
        "Synchronization.ReadWrite.All",
        "User-PasswordProfile.ReadWrite.All",
        "User.DeleteRestore.All",
        "User.EnableDisableAccount.All",
        "User.ReadWrite.All",
        "User.RevokeSessions.All",
        "UserAuthenticationMethod.ReadWrite.All",
    }
)
"""What provisioning needs on top."""


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """`id` is the secret's id in the portal; `value` is what signs in."""

    id: str
    value: str


def derived_secret(directory: Directory) -> ClientSecret:
    """The same for every start of the same tenant: for tests."""
    digest = hashlib.sha256(f"client secret of {directory.tenant_id}".encode()).digest()
    value = f"sim8Q~{urlsafe_b64encode(digest).decode()[:34]}"
    return ClientSecret(stable_id("client secret", directory.tenant_id), value)


def stored_secret(path: Path, *, fresh: bool = False) -> ClientSecret:
    """The random secret kept in a file, made on first use or when a `fresh` one is asked for.

    Raises ValueError for a file that holds something else.
    """
    if path.exists() and not fresh:
        return _read(path)
    secret = random_secret()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"secret_id": secret.id, "client_secret": secret.value}, file)
    return secret


def _read(path: Path) -> ClientSecret:
    try:
        kept = json.loads(path.read_text())
        return ClientSecret(str(kept["secret_id"]), str(kept["client_secret"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} holds no credentials; delete it to get new ones") from error


def random_secret() -> ClientSecret:
    value = randomness.token_urlsafe(26)[:34]
    return ClientSecret(stable_id("client secret", value), f"sim8Q~{value}")


def integration(directory: Directory, secret: ClientSecret | None = None) -> AppRegistration:
    """The tenant's `OurIntegration` app, or one derived from the tenant id, with every role.

    Its secret is good for as long as the tenant shows.
    """
    held = secret or derived_secret(directory)
    app_id = _integration_app_id(directory)
    return AppRegistration(
        app_id=app_id,
        display_name=INTEGRATION_NAME,
        secrets=[Secret(held.id, held.value, _end_of_secret(directory, app_id))],
        roles=set(READ_ROLES | WRITE_ROLES),
        requested_roles=set(READ_ROLES | WRITE_ROLES),
        loopback_redirects=True,
        multi_tenant=True,
    )


def _integration_app_id(directory: Directory) -> str:
    for candidate in directory.objects[Kind.SERVICE_PRINCIPAL].values():
        if candidate.display_name == INTEGRATION_NAME and candidate.props.get("appId"):
            return str(candidate.props["appId"])
    return stable_id("integration app of", directory.tenant_id)


def _end_of_secret(directory: Directory, app_id: str) -> datetime:
    """Of the last one of the application; a generated tenant has no application of ours."""
    ends = [
        datetime.fromisoformat(shown["endDateTime"])
        for application in directory.objects[Kind.APPLICATION].values()
        if application.props.get("appId") == app_id
        for shown in application.props["passwordCredentials"]
    ]
    return max(ends, default=directory.clock.now() + SECRET_LIFETIME)
