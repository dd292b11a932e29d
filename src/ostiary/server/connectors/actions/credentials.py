"""Minting, rotating and revoking the credentials of agents."""

from dataclasses import dataclass
from datetime import datetime

from ostiary.server.connectors.actions.locking import locked
from ostiary.server.connectors.rules import CREDENTIAL_LIFETIME, superseded_until
from ostiary.server.connectors.store import credentials
from ostiary.server.connectors.store.credentials import Credential
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.auth.client_ids import new_client_name, new_secret
from ostiary.server.kernel.errors import not_found
from ostiary.server.kernel.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Minted:
    """`secret` is handed out once and kept nowhere."""

    credential: Credential
    secret: str

    def __repr__(self) -> str:
        return f"Minted({self.credential.client_id!r})"


@dataclass(frozen=True, slots=True)
class Rotated:
    """`secret` is shown once and kept nowhere. `old_until`: when earlier secrets stop, if any."""

    credential: Credential
    secret: str
    old_until: datetime | None

    def __repr__(self) -> str:
        return f"Rotated({self.credential.client_id!r})"


def rotate_credential(
    work: UnitOfWork,
    connector_id: str,
    authority: str,
    display_name: str = "",
    expires_at: datetime | None = None,
) -> Rotated:
    """A new client id and secret for agents that will dial `authority` (`host:port`).

    Without `expires_at` it works for a year.
    """
    connector = locked(work, connector_id)
    old_until = _supersede(work, connector)
    minted = mint(work, connector, authority, display_name, expires_at)
    return Rotated(minted.credential, minted.secret, old_until)


def mint(
    work: UnitOfWork,
    connector: Connector,
    authority: str,
    display_name: str,
    expires_at: datetime | None = None,
) -> Minted:
    """Beside those that are there. The caller has locked the connector."""
    fresh = new_secret()
    credential = credentials.add(
        work.connection,
        public_id=work.new_id(),
        connector_id=connector.key,
        client_name=new_client_name("connector"),
        authority=authority,
        display_name=display_name,
        public_key=fresh.public_key,
        created_at=work.now,
        expires_at=expires_at or work.now + CREDENTIAL_LIFETIME,
    )
    work.audit(
        "connectors.credential.rotate",
        "connector",
        connector.id,
        None,
        {"clientId": credential.client_id, "expiresAt": credential.expires_at},
    )
    return Minted(credential, fresh.secret)


def revoke_credential(work: UnitOfWork, connector_id: str, credential_id: str) -> Credential:
    """From now on, tokens that were issued for it are void as well."""
    connector = locked(work, connector_id)
    credential = credentials.find(work.connection, credential_id)
    if credential is None or credential.connector_key != connector.key:
        raise not_found("The credential does not exist.")
    if credential.revoked_at is None:
        credentials.update(work.connection, credential.key, revoked_at=work.now)
        work.audit(
            "connectors.credential.revoke",
            "connector",
            connector.id,
            {"clientId": credential.client_id},
            None,
        )
    revoked = credentials.find(work.connection, credential_id)
    assert revoked is not None
    return revoked


def _supersede(work: UnitOfWork, connector: Connector) -> datetime | None:
    """Gives every credential that still works its grace; returns when the last one stops."""
    last: datetime | None = None
    for credential in credentials.find_of(work.connection, connector.key):
        if not credential.works(work.now):
            continue
        if credential.superseded_until is None:
            until = superseded_until(work.now, credential.expires_at)
            credentials.update(work.connection, credential.key, superseded_until=until)
        else:
            until = credential.superseded_until
        last = max(last, until) if last else until
    return last
