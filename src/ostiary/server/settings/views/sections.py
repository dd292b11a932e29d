"""The tabs of the settings, and what is set as sections of facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ostiary.server.kernel.auth.oidc import OidcSettings
from ostiary.server.kernel.auth.sessions import IDLE, LIFE
from ostiary.server.kernel.keyfile import FileKeyring
from ostiary.server.kernel.secrets import Keyring
from ostiary.server.kernel.settings import Settings
from ostiary.server.notify.rules import MailState
from ostiary.server.notify.store import Switch
from ostiary.server.settings.store import EncryptionKey
from ostiary.server.web.components.cells import (
    NONE,
    Cell,
    Chip,
    Fact,
    Identifier,
    Missing,
    Moment,
    Number,
    Text,
    text,
)
from ostiary.server.web.components.tabs import Tab

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
