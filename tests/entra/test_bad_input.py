"""What people get wrong: each with its exit code, and words that say what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ostiary.connector.status import Status
from ostiary.tenant.login.credentials import READ_ROLES
from ostiary.tenant.server import SimulatedTenant
from ostiary.tenant.stories import story

from .expected import Shown, differences, expected
from .patience import hurried
from .running import Outcome, read, sync
from .watching import refusing, watched

SOMEBODY_ELSE = "11111111-1111-1111-1111-111111111111"
LEAST = READ_ROLES - {"Directory.Read.All"}


@dataclass(frozen=True)
class Folder:
    """Where a run writes."""

    path: Path

    @property
    def file(self) -> Path:
        return self.path / "sync.c1z"

    @property
    def state(self) -> Path:
        return self.path / ".sync.c1z.state"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def tenant() -> SimulatedTenant:
    return SimulatedTenant(story("small"))


def run(
    tenant: SimulatedTenant,
    folder: Folder,
    *flags: str,
    environment: Mapping[str, str] | None = None,
) -> Outcome:
    with tenant:
        return sync(
            tenant, folder.file, *flags, environment=environment, definition=hurried(tenant)
        )


def assert_refused(
    outcome: Outcome, folder: Folder, status: Status, said: str, advice: str
) -> None:
    assert outcome.code == status, outcome.stderr
    error = outcome.error
    assert "stacktrace" not in error
    assert said in error["msg"]
    assert advice in f"{error['remedy']} {error['msg']}"
    assert outcome.stdout == ""
    assert not folder.file.exists()


# Credentials

CREDENTIALS: dict[str, tuple[dict[str, str], str, str]] = {
    "another secret": (
        {"BATON_ENTRA_CLIENT_SECRET": "wrong~secret"},
        "none of the app's secrets",
        "copy its Value column",
    ),
    "unknown tenant": (
        {"BATON_ENTRA_TENANT_ID": SOMEBODY_ELSE},
        f"no tenant {SOMEBODY_ELSE}",
        "Directory (tenant) ID",
    ),
    "malformed tenant": (
        {"BATON_ENTRA_TENANT_ID": "our tenant!"},
        "our tenant! is not a tenant",
        "Directory (tenant) ID",
    ),
    "half a tenant": (
        {"BATON_ENTRA_TENANT_ID": "11111111"},
        "neither the ID nor a domain name",
        "Directory (tenant) ID",
    ),
    "unknown app": (
        {"BATON_ENTRA_CLIENT_ID": SOMEBODY_ELSE},
        f"has no app {SOMEBODY_ELSE}",
        "Application (client) ID",
    ),
    "malformed app": (
        {"BATON_ENTRA_CLIENT_ID": "our app"},
        "our app is not the ID of an app",
        "Application (client) ID",
    ),
}


@pytest.mark.parametrize("mistake", CREDENTIALS)
def test_a_wrong_credential_is_named(mistake: str, tenant: SimulatedTenant, folder: Folder) -> None:
    environment, said, advice = CREDENTIALS[mistake]
    outcome = run(tenant, folder, environment=environment)
    assert_refused(outcome, folder, Status.UNAUTHENTICATED, said, advice)
    assert tenant.ledger.http_requests == 0


def test_the_id_of_a_secret_in_place_of_its_value_is_recognised(
    tenant: SimulatedTenant, folder: Folder
) -> None:
    pasted = {"BATON_ENTRA_CLIENT_SECRET": tenant.registration.secrets[0].id}
    outcome = run(tenant, folder, environment=pasted)
    said, advice = "looks like the secret's ID, not its value", "copy the Value column"
    assert_refused(outcome, folder, Status.UNAUTHENTICATED, said, advice)


def test_an_expired_secret_is_named(tenant: SimulatedTenant, folder: Folder) -> None:
    tenant.registration.secrets[0].expires = tenant.clock.now()
    outcome = run(tenant, folder)
    assert_refused(outcome, folder, Status.UNAUTHENTICATED, "has expired", "create a new one")


def test_the_ids_that_support_asks_for_are_in_the_log(
    tenant: SimulatedTenant, folder: Folder
) -> None:
    outcome = run(tenant, folder, environment={"BATON_ENTRA_CLIENT_SECRET": "wrong~secret"})
    told = outcome.error["details"]["graph"]
    assert "AADSTS7000215" in told
    assert "request-id=" in told


# Permissions


def granting(tenant: SimulatedTenant, *without: str) -> SimulatedTenant:
    tenant.registration.roles = set(LEAST - set(without))
    return tenant


PERMISSIONS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "accounts": (("User.Read.All",), "Accounts cannot be read", "User.Read.All"),
    "groups": (
        ("GroupMember.Read.All", "Group.Read.All"),
        "Groups cannot be read",
        "GroupMember.Read.All",
    ),
    "applications": (
        ("Application.Read.All",),
        "Enterprise applications and service principal credentials cannot be read",
        "Application.Read.All",
    ),
    "roles": (
        ("RoleManagement.Read.Directory",),
        "Directory roles cannot be read",
        "RoleManagement.Read.Directory",
    ),
    "licences": (
        ("LicenseAssignment.Read.All", "Organization.Read.All"),
        "Licenses cannot be read",
        "LicenseAssignment.Read.All",
    ),
}


@pytest.mark.parametrize("feature", PERMISSIONS)
def test_a_missing_permission_is_named_before_anything_is_read(
    feature: str, tenant: SimulatedTenant, folder: Folder
) -> None:
    without, said, permission = PERMISSIONS[feature]
    outcome = run(granting(tenant, *without), folder)
    assert_refused(outcome, folder, Status.PERMISSION_DENIED, said, "press Grant admin consent")
    assert f"lacks the permission {permission} " in outcome.error["msg"]
    assert tenant.ledger.http_requests == 0


@pytest.mark.parametrize("feature", PERMISSIONS)
def test_a_missing_permission_that_only_graph_notices_is_named_too(
    feature: str, tenant: SimulatedTenant, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    without, said, permission = PERMISSIONS[feature]
    hide_roles(monkeypatch)
    outcome = run(granting(tenant, *without), folder)
    assert_refused(outcome, folder, Status.PERMISSION_DENIED, said, "press Grant admin consent")
    assert f"lacks the permission {permission} " in outcome.error["msg"]


def test_a_token_that_names_no_permission_does_not_stop_a_sync_that_graph_allows(
    tenant: SimulatedTenant, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide_roles(monkeypatch)
    outcome = run(granting(tenant), folder)
    assert outcome.code == 0, outcome.stderr
    assert differences(read(folder.file), expected(tenant.directory)) == ""


def hide_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where an app reads by a directory role: the token names no permission."""
    from ostiary.graph import login, tokens

    def without_roles(value: str, expires_at: float) -> tokens.AccessToken:
        shown = tokens.read_token(value, expires_at)
        return tokens.AccessToken(shown.value, shown.expires_at, frozenset(), shown.tenant_id)

    monkeypatch.setattr(login, "read_token", without_roles)


def test_several_missing_permissions_are_all_named_at_once(
    tenant: SimulatedTenant, folder: Folder
) -> None:
    outcome = run(granting(tenant, "User.Read.All", "Application.Read.All"), folder)
    assert_refused(outcome, folder, Status.PERMISSION_DENIED, "User.Read.All", "")
    assert "Application.Read.All" in outcome.error["msg"]


def test_without_any_consent_the_whole_list_is_named(
    tenant: SimulatedTenant, folder: Folder
) -> None:
    tenant.registration.roles = set()
    outcome = run(tenant, folder)
    said = "no administrator has consented"
    assert_refused(outcome, folder, Status.PERMISSION_DENIED, said, "Grant admin consent")
    for permission in ("User.Read.All", "GroupMember.Read.All", "Application.Read.All"):
        assert permission in outcome.error["remedy"]


def test_what_is_not_selected_needs_no_permission(tenant: SimulatedTenant, folder: Folder) -> None:
    tenant.registration.roles = {"User.Read.All"}
    assert run(tenant, folder, "--sync-resource-types", "user").code == 0


@pytest.mark.parametrize("path", ["/users/delta", "/groups/delta", "/servicePrincipals"])
def test_a_permission_withdrawn_in_the_middle_is_named(
    path: str, tenant: SimulatedTenant, folder: Folder
) -> None:
    refused = refusing(403, "Authorization_RequestDenied", "Insufficient privileges.")
    with watched(tenant) as watch:
        watch.instead(path, refused)
        outcome = sync(tenant, folder.file, definition=hurried(tenant))
    assert_refused(outcome, folder, Status.PERMISSION_DENIED, "cannot be read", "admin consent")


# Permissions and licences of eligible roles and sign-ins

NOT_FOR_PIM = (
    "RoleManagement.Read.Directory",
    "RoleAssignmentSchedule.Read.Directory",
    "RoleEligibilitySchedule.Read.Directory",
)


def reading_roles_without_pim(tenant: SimulatedTenant) -> SimulatedTenant:
    tenant.registration.roles = set(READ_ROLES - set(NOT_FOR_PIM))
    return tenant


def test_a_missing_permission_for_eligible_roles_stops_the_sync_of_a_licensed_tenant(
    tenant: SimulatedTenant, folder: Folder
) -> None:
    outcome = run(reading_roles_without_pim(tenant), folder)
    said = "directory roles cannot be read"
    assert_refused(outcome, folder, Status.PERMISSION_DENIED, said, "RoleManagement.Read.Directory")


@pytest.mark.parametrize("prepare", [granting, reading_roles_without_pim])
def test_a_free_tenant_has_no_eligible_roles_whatever_the_permissions(
    prepare: Callable[[SimulatedTenant], SimulatedTenant], folder: Folder
) -> None:
    tenant = prepare(SimulatedTenant(story("small"), premium=None))
    outcome = run(tenant, folder)
    assert outcome.code == 0, outcome.stderr
    notices = [line["msg"] for line in outcome.lines if line["level"] == "warn"]
    assert any("Eligible directory roles are left out" in notice for notice in notices)
    assert differences(read(folder.file), expected(tenant.directory, Shown(pim=False))) == ""


@pytest.mark.parametrize(
    ("without", "premium", "reason"),
    [("AuditLog.Read.All", "P2", "AuditLog.Read.All"), ("", None, "P1 or P2 licence")],
)
def test_sign_ins_that_cannot_be_read_are_unknown_and_stop_nothing(
    without: str, premium: Any, reason: str, folder: Folder
) -> None:
    tenant = granting(SimulatedTenant(story("small"), premium=premium), without)
    outcome = run(tenant, folder, "--sign-in-activity")
    assert outcome.code == 0, outcome.stderr
    notes = {note["subject"]: note["reason"] for note in outcome.summary["left_out"]}
    assert reason in notes["accounts' last sign-ins"]


# Hosts and trust


@pytest.mark.parametrize("variable", ["BATON_GRAPH_DOMAIN", "BATON_ENTRA_LOGIN_DOMAIN"])
def test_an_unreachable_host_is_named(
    variable: str, tenant: SimulatedTenant, folder: Folder
) -> None:
    outcome = run(tenant, folder, environment={variable: "localhost:1"})
    said = "localhost:1 cannot be reached: connection refused"
    assert_refused(outcome, folder, Status.UNAVAILABLE, said, "firewall")


def test_an_untrusted_certificate_is_named(tenant: SimulatedTenant, folder: Folder) -> None:
    outcome = run(tenant, folder, environment={"SSL_CERT_FILE": ""})
    said = f"The certificate of {tenant.login_domain} is not trusted"
    assert_refused(outcome, folder, Status.UNAVAILABLE, said, "SSL_CERT_FILE")


def test_a_missing_file_of_authorities_is_named(tenant: SimulatedTenant, folder: Folder) -> None:
    outcome = run(tenant, folder, environment={"SSL_CERT_FILE": str(folder.path / "no.pem")})
    assert_refused(outcome, folder, Status.INVALID_ARGUMENT, "no.pem", "SSL_CERT_FILE")


def test_an_address_in_place_of_a_host_is_named(tenant: SimulatedTenant, folder: Folder) -> None:
    address = {"BATON_GRAPH_DOMAIN": "https://graph.microsoft.com/v1.0"}
    outcome = run(tenant, folder, environment=address)
    said = "is not a host name"
    assert_refused(outcome, folder, Status.INVALID_ARGUMENT, said, "without https://")


# Flags


def test_an_unknown_flag_is_a_usage_error(tenant: SimulatedTenant, folder: Folder) -> None:
    outcome = run(tenant, folder, "--entra-tenant", "x")
    assert outcome.code == 1
    assert "unknown flag: --entra-tenant" in outcome.stderr
    assert "--entra-tenant-id" in outcome.stderr


def test_an_unknown_resource_type_is_named_with_those_there_are(
    tenant: SimulatedTenant, folder: Folder
) -> None:
    outcome = run(tenant, folder, "--sync-resource-types", "user,person")
    assert_refused(outcome, folder, Status.INVALID_ARGUMENT, "'person'", "directory_role")


@pytest.mark.parametrize(
    "missing", ["BATON_ENTRA_TENANT_ID", "BATON_ENTRA_CLIENT_ID", "BATON_ENTRA_CLIENT_SECRET"]
)
def test_a_missing_setting_is_named(missing: str, tenant: SimulatedTenant, folder: Folder) -> None:
    outcome = run(tenant, folder, environment={missing: ""})
    assert outcome.code == Status.INVALID_ARGUMENT
    flag = "--" + missing.removeprefix("BATON_").lower().replace("_", "-")
    assert flag in outcome.stderr
