"""Which credentials of a connector end soon: its agents', and what its settings sign in with."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from ostiary.server.catalog.store.secrets import Secret, first_ends, secrets_of
from ostiary.server.connectors.expiring import THRESHOLDS, CredentialKind, Ending, threshold
from ostiary.server.connectors.sealing import unseal
from ostiary.server.connectors.store import credentials, registry, warnings
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.secrets import Keyring


def may_end_soon(connection: Connection, now: datetime) -> list[str]:
    """Connectors of which a credential may end within a month, soonest first, found at once for
    all of them; `endings_of` knows."""
    until = now + timedelta(days=max(THRESHOLDS))
    found = first_ends(connection, until)
    for connector_id, ends in warnings.first_ends(connection, until).items():
        found[connector_id] = min(ends, found.get(connector_id, ends))
    return sorted(found, key=lambda connector_id: found[connector_id])


def endings_of(
    connection: Connection, connector: Connector, now: datetime, secrets: Keyring
) -> list[Ending]:
    """At most one of each kind, soonest first.

    What the connector itself signs in with is known if its settings are kept here and name an
    application of which it syncs the credentials.
    """
    found = [*_of_agents(connection, connector, now)]
    found += _of_source(connection, connector, now, secrets)
    return sorted(found, key=lambda ending: ending.ends_at)


def _of_agents(connection: Connection, connector: Connector, now: datetime) -> Iterator[Ending]:
    """The last one to end decides: whoever minted it did so to go on with it."""
    mine = [
        each
        for each in credentials.find_of(connection, connector.key)
        if each.revoked_at is None and each.superseded_until is None
    ]
    ends = [each.expires_at for each in mine if each.expires_at]
    if ends and len(ends) == len(mine):
        last = max(mine, key=lambda each: each.expires_at or now)
        name = f"The credential {last.client_name}"
        yield from _ending(CredentialKind.AGENT, last.id, name, max(ends), now)


def _of_source(
    connection: Connection, connector: Connector, now: datetime, secrets: Keyring
) -> Iterator[Ending]:
    values = _configured(connection, connector, secrets)
    known = secrets_of(connection, connector.id, values)
    used = [each for each in known if _is_hinted(each, values)] or known
    if used:
        last = max(used, key=lambda each: each.ends_at)
        yield from _ending(CredentialKind.SOURCE, last.id, last.display_name, last.ends_at, now)


def _configured(connection: Connection, connector: Connector, secrets: Keyring) -> list[str]:
    config = unseal(registry.read_config(connection, connector.key), secrets)
    return [value for value in config.values() if isinstance(value, str) and value]


def _is_hinted(secret: Secret, values: list[str]) -> bool:
    """Graph tells the first three characters of a client secret (passwordCredential, `hint`)."""
    others = [value for value in values if value.lower() != secret.application_id.lower()]
    return bool(secret.hint) and any(value.startswith(secret.hint) for value in others)


def _ending(
    kind: CredentialKind, identity: str, name: str, ends_at: datetime, now: datetime
) -> Iterator[Ending]:
    reached = threshold(ends_at, now)
    if reached is not None:
        yield Ending(kind, identity, name, ends_at, reached)
