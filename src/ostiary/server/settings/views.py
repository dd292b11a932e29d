"""Settings as facts, lists and forms. What only the environment sets is shown with its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ostiary.server.kernel.auth.api_clients import ApiClient
from ostiary.server.kernel.auth.keys import LONGEST_LIFE
from ostiary.server.kernel.auth.oidc import OidcSettings
from ostiary.server.kernel.auth.sessions import IDLE, LIFE
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.authz.roles import ROLES, find_role
from ostiary.server.kernel.keyfile import FileKeyring
from ostiary.server.kernel.secrets import Keyring
from ostiary.server.kernel.settings import Settings
from ostiary.server.notify.rules import MailState
from ostiary.server.notify.store import Mail, Switch
from ostiary.server.settings.store import EncryptionKey, ListedUser
from ostiary.server.web.components.cells import (
    NONE,
    Cell,
    Chip,
    Fact,
    Identifier,
    Link,
    Missing,
    Moment,
    Number,
    Several,
    Text,
    text,
)
from ostiary.server.web.components.forms import Confirmation, Field, Form
from ostiary.server.web.components.tables import Column, Empty, Filter, List
from ostiary.server.web.components.tabs import Tab

REVOKE: Final = "REVOKE"
STATUSES: Final = (("enabled", "May sign in"), ("disabled", "May not sign in"))
ORIGINS: Final = (
    ("local", "Here"),
    ("directory", "Directory"),
    ("oidc", "Sign-in"),
    ("system", "System"),
)
_TABS: Final = (
    ("Organization", "/settings"),
    ("Sign-in", "/settings/sign_in"),
    ("Users and roles", "/settings/users"),
    ("API keys", "/settings/keys"),
    ("Mail", "/settings/mail"),
    ("Encryption", "/settings/encryption"),
)
_ON: Final = Chip("On", "circle-check", "proven")
_OFF: Final = Chip("Off", "circle-dashed")
_STATES: Final = {
    "enabled": Chip("May sign in", "circle-check"),
    "disabled": Chip("May not sign in", "ban", "person"),
}
_MAIL_STATES: Final = {
    MailState.QUEUED: Chip("Waiting", "clock"),
    MailState.SENT: Chip("Sent", "circle-check"),
    MailState.FAILED: Chip("Failed", "circle-x", "danger"),
    MailState.SUPPRESSED: Chip("Not sent", "ban", "person"),
}


@dataclass(frozen=True)
class Section:
    title: str
    text: str
    facts: Sequence[Fact]


def tabs(current: str) -> list[Tab]:
    return [Tab(title, path, path == current) for title, path in _TABS]


def organization(settings: Settings) -> list[Section]:
    return [
        Section(
            "Addresses",
            "They are set where the server is started.",
            [
                _set("Name that clients use", text(settings.external_host), "EXTERNAL_HOST"),
                _set(
                    "Address for agents and API clients",
                    Identifier(settings.external_url),
                    "EXTERNAL_PORT",
                ),
                _set("Links in mails begin with", Identifier(settings.link_base), "BASE_URL"),
            ],
        ),
        Section(
            "Keeping",
            "Nothing is thrown away by itself: the system log cannot be shortened, and what was "
            "true once is kept so that every day of the past can be looked at.",
            [
                Fact("System log", Text("for good")),
                Fact("Grants, accounts and people of the past", Text("for good")),
                Fact("Failed background jobs", Text("three days")),
            ],
        ),
    ]


def sign_in(oidc: OidcSettings) -> list[Section]:
    issuer = oidc.effective_issuer
    return [
        Section(
            "Ways to sign in",
            "",
            [
                Fact("Password", _ON, "For local accounts."),
                _set(
                    oidc.label if issuer else "Single sign-on",
                    _ON if issuer else _OFF,
                    "OIDC_ISSUER",
                ),
            ],
        ),
        Section(
            "Single sign-on (OpenID Connect)",
            "It is set where the server is started."
            if issuer
            else "To turn it on, set these where the server is started, and start it again.",
            [
                _set("Provider", Text(oidc.provider), "OIDC_PROVIDER"),
                _set("Tenant", text(oidc.tenant), "OIDC_TENANT"),
                _set("Issuer", _id(issuer), "OIDC_ISSUER"),
                _set("Client id", _id(oidc.client_id), "OIDC_CLIENT_ID"),
                _set(
                    "Client secret", _secret(oidc.client_secret is not None), "OIDC_CLIENT_SECRET"
                ),
                _set("Trust e-mail addresses", _switch(oidc.trust_email), "OIDC_TRUST_EMAIL"),
            ],
        ),
        Section(
            "Sessions",
            "",
            [
                Fact("End after", Text(f"{LIFE.total_seconds() / 3600:.0f} hours")),
                Fact("End without use after", Text(f"{IDLE.total_seconds() / 60:.0f} minutes")),
            ],
        ),
    ]


def encryption(
    keyring: Keyring, used: Sequence[EncryptionKey], settings: Settings
) -> list[Section]:
    in_file = isinstance(keyring, FileKeyring)
    where = Identifier(str(settings.key_path)) if in_file else Text("the environment")
    active = keyring.active.id.hex()
    since = next((each.first_used_at for each in used if each.key_id == active), None)
    older = len(keyring.keys) - 1
    return [
        Section(
            "Encryption key",
            "Secrets of connectors are encrypted with it. To change it, run "
            "“ostiary keys rotate” where the server runs.",
            [
                Fact("Active key", Identifier(active), "Its id, which gives nothing away."),
                Fact("In use since", Moment(since)),
                Fact("Kept in", where, "OSTIARY_KEY_FILE" if in_file else "OSTIARY_ENCRYPTION_KEY"),
                Fact("Older keys that are still read", Number(older)),
                Fact("Rotation", _rotation(older)),
            ],
        )
    ]


def users() -> List[ListedUser]:
    return List[ListedUser](
        name="users",
        noun="user",
        searchable="name or e-mail",
        columns=(
            Column("name", "User", lambda each: Link(each.display_name, user_path(each.id))),
            Column("email", "E-mail", lambda each: text(each.email), card=True),
            Column("roles", "Roles", lambda each: roles(each.role_ids), sortable=False, card=True),
            Column("status", "Sign-in", lambda each: _STATES[each.status], card=True),
            Column(
                "sessions", "Signed in", _sessions, sortable=False, number=True, unit="browsers"
            ),
            Column("origin", "Known from", lambda each: Text(dict(ORIGINS)[each.origin])),
            Column("created", "First seen", lambda each: Moment(each.created_at), shown=False),
        ),
        key=lambda each: each.id,
        href=lambda each: user_path(each.id),
        filters=(
            Filter("role", "Role", [(role.id, role.display_name) for role in ROLES]),
            Filter("status", "Sign-in", STATUSES),
            Filter("origin", "Known from", ORIGINS),
        ),
        empty=Empty("Nobody yet", "Users come from directories and from signing in.", icon="users"),
    )


def user_path(user_id: str) -> str:
    return f"/settings/users/{user_id}"


def roles(role_ids: Sequence[str]) -> Several:
    found = [role for each in role_ids if (role := find_role(each))]
    return Several([Text(role.display_name) for role in found])


def user_facts(user: User, sessions: int) -> list[Fact]:
    return [
        Fact("E-mail", Identifier(user.email) if user.email else Missing(NONE)),
        Fact("Known from", Text(dict(ORIGINS)[user.origin])),
        Fact("Roles", roles(user.role_ids)),
        Fact("Signed in", Text(f"in {sessions} browser{'s' * (sessions != 1)}")),
        Fact("First seen", Moment(user.created_at)),
        Fact("Id", Identifier(user.public_id)),
    ]


def chips(user: User) -> list[Chip]:
    return [_STATES[user.status]] if user.status in _STATES else []


def role_form(action: str, role_ids: Sequence[str]) -> Form:
    fields = [
        Field(role.name, role.display_name, "checkbox", "on" if role.id in role_ids else "")
        for role in ROLES
    ]
    return Form(action=action, verb="Set roles", fields=fields)


def service_form() -> Form:
    field = Field("display_name", "Name", help="Of the program that uses the API.", required=True)
    return Form("/settings/keys", [field], "Add service principal")


def credential_form(service_id: str) -> Form:
    days = LONGEST_LIFE.days
    return Form(
        f"/settings/keys/{service_id}/credentials",
        [
            Field("display_name", "Name", help="Where it is used, to tell it from others."),
            Field("days", "Days until it ends", "number", "180", f"1 to {days}.", required=True),
        ],
        "Add credential",
    )


def revoking(action: str, client: ApiClient, key: str) -> Confirmation:
    return Confirmation(
        key=key,
        title=f"Revoke {client.display_name}",
        text="It stops working at once, with every token it was given, and cannot be brought back.",
        verb="Revoke",
        action=action,
        word=REVOKE,
    )


@dataclass(frozen=True)
class ListedKey:
    client: ApiClient
    owner: str
    roles: Cell
    revoking: Confirmation


def listed_keys(
    found: Sequence[ApiClient], owners: Mapping[int, str], path: str
) -> list[ListedKey]:
    """`owners`: names by internal id."""
    return [
        ListedKey(
            client,
            owners.get(client.user_id, ""),
            roles(client.scoped_roles) if client.scoped_roles else Text("all of its owner's"),
            revoking(f"{path}/{client.public_id}/revoke", client, f"revoke-{client.public_id}"),
        )
        for client in found
    ]


def listed_services(found: Sequence[User]) -> list[tuple[Link, Cell, Chip, Moment]]:
    return [
        (
            Link(each.display_name, f"/settings/keys/{each.public_id}"),
            roles(each.role_ids),
            _STATES[each.status],
            Moment(each.created_at),
        )
        for each in found
    ]


def service_facts(service: User) -> list[Fact]:
    return [
        Fact("Roles", roles(service.role_ids), "Without any it may do nothing."),
        Fact("Added", Moment(service.created_at)),
        Fact("Id", Identifier(service.public_id)),
    ]


def deleting(service: User, credentials: int) -> Confirmation:
    return Confirmation(
        key="delete-service",
        title=f"Delete {service.display_name}",
        text=f"Its {credentials} credential{'s' * (credentials != 1)} and all of its tokens stop "
        "working at once. It cannot be brought back.",
        verb="Delete",
        action=f"/settings/keys/{service.public_id}/delete",
        word="DELETE",
    )


def mail(
    settings: Settings, switches: Sequence[Switch], numbers: dict[MailState, int]
) -> list[Section]:
    off = any(not each.on for each in switches)
    server = f"{settings.smtp_host}:{settings.smtp_address[1]}" if settings.smtp_host else ""
    return [
        Section(
            "Sending",
            "To turn mail off or on, run “ostiary mail off” or “ostiary mail on” where the "
            "server runs. What is told while it is off is never sent.",
            [
                Fact("Mail", _ON if server and not off else _OFF),
                _set("Server", _id(server), "SMTP_HOST"),
                _set("Security", Text(settings.smtp_security), "SMTP_SECURITY"),
                _set("User", text(settings.smtp_user or ""), "SMTP_USER"),
                _set("Password", _secret(settings.smtp_password is not None), "SMTP_PASSWORD"),
                _set("From", text(settings.mail_from or ""), "MAIL_FROM"),
                Fact("Waiting", Number(numbers[MailState.QUEUED])),
                Fact("Failed", Number(numbers[MailState.FAILED])),
            ],
        )
    ]


def test_form(address: str) -> Form:
    field = Field("address", "To", "email", address, "Who gets it.", required=True)
    return Form("/settings/mail/test", [field], "Send test mail")


def mails() -> List[Mail]:
    return List[Mail](
        name="mails",
        noun="mail",
        columns=(
            Column("name", "To", lambda each: Text(each.address), sortable=False),
            Column(
                "kind", "About", lambda each: Text(each.kind.replace("_", " ")), False, card=True
            ),
            Column("state", "State", lambda each: _MAIL_STATES[each.state], False, card=True),
            Column("at", "Written", lambda each: Moment(each.created_at), False, card=True),
            Column("sent", "Sent", lambda each: Moment(each.sent_at, NONE), False),
            Column("error", "What went wrong", lambda each: text(each.last_error), False),
        ),
        key=lambda each: each.id,
        filters=(
            Filter(
                "state", "State", [(state.value, _MAIL_STATES[state].word) for state in MailState]
            ),
        ),
        empty=Empty(
            "No mail yet",
            "Mails are written when somebody has to know something.",
            icon="info-circle",
        ),
    )


def _sessions(each: ListedUser) -> Number:
    return Number(each.sessions)


def _set(title: str, cell: Cell, variable: str) -> Fact:
    return Fact(title, cell, f"OSTIARY_{variable}")


def _secret(known: bool) -> Cell:
    return Chip("Set", "lock") if known else Missing(NONE)


def _switch(on: bool) -> Chip:
    return _ON if on else _OFF


def _id(value: str) -> Cell:
    return Identifier(value) if value else Missing(NONE)


def _rotation(older: int) -> Chip:
    if older:
        hint = "Run “ostiary keys rotate --drop-old” once every process has restarted."
        return Chip("Old keys wait to be dropped", "clock", "person", hint)
    return Chip("Complete", "circle-check", "proven")
