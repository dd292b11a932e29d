"""Telling people about connectors: new owners, alerts, credentials that end."""

from collections.abc import Sequence
from datetime import datetime

from ostiary.server.catalog.store.app_owners import ids_of_owners
from ostiary.server.connectors.actions.endings import endings_of
from ostiary.server.connectors.actions.locking import locked
from ostiary.server.connectors.actions.noting import note
from ostiary.server.connectors.expiring import (
    ADVICE,
    EXPIRED,
    CredentialKind,
    Ending,
    moment,
    when,
)
from ostiary.server.connectors.rules import Health
from ostiary.server.connectors.store import registry, warnings
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.connectors.store.warnings import Alert
from ostiary.server.kernel.secrets import Keyring
from ostiary.server.kernel.work import UnitOfWork
from ostiary.server.notify.actions import first_reachable, tell
from ostiary.server.notify.templates import Kind

BATCH = 200

_KINDS = {"syncs_failing": Kind.SYNCS_FAILING, "sync_held": Kind.SYNC_HELD}


def tell_new_owners(work: UnitOfWork, connector: Connector, user_ids: Sequence[str]) -> None:
    """Each of them, except who made themselves an owner."""
    others = [user for user in user_ids if (work.actor.kind, work.actor.id) != ("user", user)]
    context = _named(connector) | {"by": work.actor.name or "Somebody"}
    tell(work, others, Kind.CONNECTOR_OWNER, context)


def tell_alerts(work: UnitOfWork) -> int:
    """At most BATCH; returns how many were waiting. Each is told once."""
    waiting = warnings.lock_untold(work.connection, BATCH)
    for alert in waiting:
        connector = registry.find(work.connection, alert.connector_id)
        if connector is not None and connector.deleted_at is None:
            _tell_alert(work, connector, alert)
        warnings.mark_told(work.connection, alert.key, work.now)
    return len(waiting)


def warn_of_endings(work: UnitOfWork, connector: Connector, secrets: Keyring) -> None:
    """Whoever was not told yet that a credential of it ends within 30, 14, 7 or 1 days, or has."""
    for ending in endings_of(work.connection, connector, work.now, secrets):
        _warn(work, connector, ending)


def note_expired(work: UnitOfWork, connector_id: str, secrets: Keyring) -> None:
    """No agent can sign in for it: an error, until a sync works again."""
    connector = locked(work, connector_id)
    endings = endings_of(work.connection, connector, work.now, secrets)
    expired = [each for each in endings if each.kind is CredentialKind.AGENT and each.expired]
    for ending in expired:
        error = f"{EXPIRED} on {moment(ending.ends_at)}. Rotate it."
        registry.update(work.connection, connector.key, health=Health.FAILING, last_error=error)
        note(work, connector.key, "error", error)
        _warn(work, connector, ending)


def _tell_alert(work: UnitOfWork, connector: Connector, alert: Alert) -> None:
    kind = _KINDS.get(alert.kind, Kind.CONNECTOR_ALERT)
    details = {name: str(value) for name, value in alert.details.items()}
    said = details.get("error") or details.get("reason") or alert.kind.replace("_", " ")
    context = {"failures": ""} | details | _named(connector) | {"error": said}
    tell(work, _answerable(work, connector), kind, context, once=f"connector_alert:{alert.key}")


def _warn(work: UnitOfWork, connector: Connector, ending: Ending) -> None:
    kind = Kind.CREDENTIAL_EXPIRED if ending.expired else Kind.CREDENTIAL_EXPIRING
    context = _named(connector) | {
        "credential": ending.name,
        "ends_at": moment(ending.ends_at),
        "when": when(ending.ends_at, work.now),
        "advice": ADVICE[ending.kind],
    }
    once = f"credential:{ending.id}:{_stamp(ending.ends_at)}:{ending.threshold}"
    tell(work, _answerable(work, connector), kind, context, once=once)


def _answerable(work: UnitOfWork, connector: Connector) -> list[str]:
    owners = registry.owners_of(work.connection, connector.key)
    return first_reachable(
        work.connection, owners, ids_of_owners(work.connection, connector.app_id)
    )


def _named(connector: Connector) -> dict[str, str]:
    return {
        "connector": connector.display_name,
        "connector_id": connector.id,
        "app_id": connector.app_id,
    }


def _stamp(instant: datetime) -> str:
    return f"{instant:%Y%m%dT%H%M%S}"
