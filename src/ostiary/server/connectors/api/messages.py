"""Shapes of connectors on the wire: c1.api.app.v1 (c1-api reference 4.3)."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from pydantic import Field

from ostiary.server.connectors.rules import Status
from ostiary.server.connectors.schedule import Cron
from ostiary.server.connectors.store.credentials import Credential as StoredCredential
from ostiary.server.connectors.store.registry import Connector as StoredConnector
from ostiary.server.connectors.store.syncs import Sync
from ostiary.server.kernel.rest import FieldMask, Message, Timestamp

MOST_OWNERS = 100


class SyncStatus(StrEnum):
    """ConnectorStatus.SyncStatus."""

    UNSPECIFIED = "SYNC_STATUS_UNSPECIFIED"
    RUNNING = "SYNC_STATUS_RUNNING"
    DONE = "SYNC_STATUS_DONE"
    ERROR = "SYNC_STATUS_ERROR"
    DISABLED = "SYNC_STATUS_DISABLED"


SYNC_STATUS = {
    Status.NOT_CONNECTED: SyncStatus.UNSPECIFIED,
    Status.SYNCING: SyncStatus.RUNNING,
    Status.CONNECTED: SyncStatus.DONE,
    Status.ERROR: SyncStatus.ERROR,
    Status.PAUSED: SyncStatus.DISABLED,
}


class ConnectorStatus(Message):
    """The times are those of the newest sync."""

    status: SyncStatus = SyncStatus.UNSPECIFIED
    last_error: str = ""
    started_at: Timestamp | None = None
    completed_at: Timestamp | None = None
    updated_at: Timestamp | None = None


class CronSchedule(Message):
    cron_spec: str = ""
    timezone: str = ""


class Connector(Message):
    """Without `config`: it holds secrets, and Terraform keeps its own copy where none is shown."""

    id: str = ""
    app_id: str = ""
    catalog_id: str = ""
    display_name: str = ""
    description: str = ""
    user_ids: list[str] = Field(default_factory=list, max_length=MOST_OWNERS)
    status: ConnectorStatus | None = None
    connector_sync_cron_schedule: CronSchedule | None = None
    can_resume_sync: bool = False
    sync_disabled_at: Timestamp | None = None
    sync_disabled_category: str = ""
    sync_disabled_reason: str = ""
    created_at: Timestamp | None = None
    updated_at: Timestamp | None = None
    deleted_at: Timestamp | None = None


class ConnectorView(Message):
    """The paths stay empty: nothing is expanded."""

    connector: Connector
    app_path: str = ""
    capabilities_path: str = ""
    users_path: str = ""


class ConnectorReply(Message):
    connector_view: ConnectorView
    expanded: list[dict[str, Any]] = Field(default_factory=list)


class ConnectorList(Message):
    expanded: list[dict[str, Any]] = Field(default_factory=list)
    list: list[ConnectorView]
    next_page_token: str = ""


class ConfigValue(Message):
    """Terraform sends every value as a string."""

    string_value: str


class EnvConfig(Message):
    configuration: dict[str, ConfigValue] = Field(default_factory=dict, max_length=200)

    @property
    def values(self) -> dict[str, str]:
        return {name: value.string_value for name, value in self.configuration.items()}


class CreateRequest(Message):
    """Terraform sends no name here; then it is called after its kind."""

    catalog_id: str = Field(min_length=1, max_length=64)
    display_name: str = ""
    description: str = ""
    user_ids: list[str] = Field(default_factory=list, max_length=MOST_OWNERS)
    config: EnvConfig | None = None


class CreateDelegatedRequest(Message):
    catalog_id: str = Field(min_length=1, max_length=64)
    display_name: str = ""
    description: str = ""
    user_ids: list[str] = Field(default_factory=list, max_length=MOST_OWNERS)


class ConfigurableConnector(Connector):
    """As updates send it."""

    config: EnvConfig | None = None


class UpdateRequest(Message):
    connector: ConfigurableConnector
    update_mask: FieldMask | None = None


class PauseRequest(Message):
    reason: str = Field(default="", max_length=1000)


class Credential(Message):
    """`client_secret` is filled in the answer that makes it, and never again."""

    id: str
    app_id: str
    connector_id: str
    client_id: str
    client_secret: str = ""
    display_name: str = ""
    created_at: Timestamp | None = None
    updated_at: Timestamp | None = None
    last_used_at: Timestamp | None = None
    expires_time: Timestamp | None = None
    deleted_at: Timestamp | None = None


class CredentialReply(Message):
    credential: Credential


class RotateRequest(Message):
    app_id: str = ""
    connector_id: str = ""


def connector_message(
    connector: StoredConnector, owner_ids: Sequence[str], latest: Sync | None
) -> Connector:
    schedule = connector.schedule
    return Connector(
        id=connector.id,
        app_id=connector.app_id,
        catalog_id=connector.catalog_id,
        display_name=connector.display_name,
        description=connector.description,
        user_ids=list(owner_ids),
        status=_status_message(connector, latest),
        connector_sync_cron_schedule=(
            CronSchedule(cron_spec=schedule.spec, timezone=schedule.zone)
            if isinstance(schedule, Cron)
            else None
        ),
        can_resume_sync=connector.paused_at is not None,
        sync_disabled_at=connector.paused_at,
        sync_disabled_category=connector.paused_category or "",
        sync_disabled_reason=connector.paused_reason,
        created_at=connector.created_at,
        updated_at=connector.updated_at,
        deleted_at=connector.deleted_at,
    )


def _status_message(connector: StoredConnector, latest: Sync | None) -> ConnectorStatus:
    shown = ConnectorStatus(status=SYNC_STATUS[connector.status], last_error=connector.last_error)
    if latest is not None:
        shown.started_at, shown.completed_at = latest.started_at, latest.ended_at
        shown.updated_at = latest.ended_at or latest.started_at or latest.requested_at
    return shown


def credential_message(credential: StoredCredential, secret: str = "") -> Credential:
    return Credential(
        id=credential.id,
        app_id=credential.app_id,
        connector_id=credential.connector_id,
        client_id=credential.client_id,
        client_secret=secret,
        display_name=credential.display_name,
        created_at=credential.created_at,
        updated_at=credential.revoked_at or credential.created_at,
        last_used_at=credential.last_used_at,
        expires_time=credential.ends,
        deleted_at=credential.revoked_at,
    )
