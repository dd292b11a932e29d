"""Tables of the connectors.

Status is not stored: it follows from `paused_at`, the open sync and `health` (rules.status_of).
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ostiary.server.connectors.leases import TaskState
from ostiary.server.connectors.rules import OPEN_SYNC_STATES, Health, PauseCategory, SyncState
from ostiary.server.kernel.tables import encrypted, instant, metadata, primary_key, public_id

SIGN_IN_PURPOSE = "connectors.sign_in"


def _one_of(column: str, values: type[Health | PauseCategory | SyncState | TaskState]) -> str:
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"


def _connector(*, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(
        "connector_id",
        sa.BigInteger,
        sa.ForeignKey("connectors.id", ondelete="CASCADE"),
        nullable=False,
        primary_key=primary_key,
    )


_OPEN_SYNC = f"state IN ({', '.join(repr(str(state)) for state in sorted(OPEN_SYNC_STATES))})"
_OPEN_TASK = f"state IN ('{TaskState.QUEUED}', '{TaskState.LEASED}')"

connectors = sa.Table(
    "connectors",
    metadata,
    primary_key(),
    public_id(),
    sa.Column("app_id", sa.String(27), nullable=False),
    sa.Column("catalog_id", sa.Text, nullable=False),
    sa.Column("display_name", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False, server_default=""),
    sa.Column("config", sa.LargeBinary, comment="encrypted JSON"),
    instant("config_updated_at", nullable=True),
    sa.Column("metadata", sa.LargeBinary, comment="c1.connector.v2.ConnectorMetadata of Hello"),
    sa.Column("health", sa.Text, nullable=False, server_default=Health.UNKNOWN),
    sa.Column("last_error", sa.Text, nullable=False, server_default=""),
    instant("last_sync_at", nullable=True),
    sa.Column("consecutive_failures", sa.Integer, nullable=False, server_default="0"),
    instant("alerted_at", nullable=True),
    instant("paused_at", nullable=True),
    sa.Column("paused_category", sa.Text),
    sa.Column("paused_reason", sa.Text, nullable=False, server_default=""),
    sa.Column("interval_seconds", sa.Integer),
    sa.Column("cron_spec", sa.Text),
    sa.Column("cron_zone", sa.Text),
    instant("due_at", nullable=True),
    instant("created_at"),
    instant("updated_at"),
    instant("deleted_at", nullable=True),
    sa.CheckConstraint(_one_of("health", Health), name="health"),
    sa.CheckConstraint(_one_of("paused_category", PauseCategory), name="paused_category"),
    sa.CheckConstraint("(paused_at IS NULL) = (paused_category IS NULL)", name="paused_whole"),
    sa.CheckConstraint("(cron_spec IS NULL) = (cron_zone IS NULL)", name="cron_whole"),
    sa.CheckConstraint("interval_seconds IS NULL OR cron_spec IS NULL", name="one_schedule"),
    sa.Index("ix_connectors_app", "app_id"),
    sa.Index(
        "ix_connectors_due",
        "due_at",
        postgresql_where=sa.text("deleted_at IS NULL AND paused_at IS NULL"),
    ),
)

connector_owners = sa.Table(
    "connector_owners",
    metadata,
    _connector(primary_key=True),
    sa.Column("user_id", sa.String(27), primary_key=True),
    instant("added_at"),
    sa.Index("ix_connector_owners_user", "user_id"),
)

connector_credentials = sa.Table(
    "connector_credentials",
    metadata,
    primary_key(),
    public_id(),
    _connector(),
    sa.Column("client_name", sa.Text, nullable=False, unique=True),
    sa.Column("authority", sa.Text, nullable=False, comment="host:port of the client id"),
    sa.Column("display_name", sa.Text, nullable=False, server_default=""),
    sa.Column("public_key", sa.LargeBinary, nullable=False, comment="Ed25519, 32 bytes"),
    instant("created_at"),
    instant("last_used_at", nullable=True),
    instant("expires_at", nullable=True),
    instant("superseded_until", nullable=True, comment="set by a rotation: its grace"),
    instant("revoked_at", nullable=True),
    sa.Index("ix_connector_credentials_connector", "connector_id", "id"),
)

connector_syncs = sa.Table(
    "connector_syncs",
    metadata,
    primary_key(),
    public_id(),
    _connector(),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("cause", sa.Text, nullable=False, comment="schedule, or who asked"),
    instant("requested_at"),
    instant("started_at", nullable=True),
    instant("uploaded_at", nullable=True),
    instant("confirmed_at", nullable=True, comment="when a large drop was said to be meant"),
    instant("ended_at", nullable=True),
    sa.Column("host", sa.Text),
    sa.Column("upload_id", sa.String(27)),
    sa.Column("counts", JSONB, comment="rows by resource type, as ingested"),
    sa.Column("deltas", JSONB, comment="what the sync changed"),
    sa.Column("error", sa.Text, nullable=False, server_default=""),
    sa.CheckConstraint(_one_of("state", SyncState), name="state"),
    sa.Index("ix_connector_syncs_connector", "connector_id", "id"),
    sa.Index(
        "uq_connector_syncs_open", "connector_id", unique=True, postgresql_where=sa.text(_OPEN_SYNC)
    ),
)

connector_tasks = sa.Table(
    "connector_tasks",
    metadata,
    primary_key(),
    public_id(),
    _connector(),
    sa.Column("sync_id", sa.BigInteger, sa.ForeignKey("connector_syncs.id", ondelete="CASCADE")),
    sa.Column("kind", sa.Text, nullable=False, comment="field of Task.task_type"),
    sa.Column("payload", sa.LargeBinary, nullable=False, comment="a Task without id"),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("host", sa.Text, comment="who holds it, or held it last"),
    instant("available_at"),
    instant("leased_until", nullable=True),
    instant("limit_at", nullable=True, comment="end of this attempt, heartbeats or not"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    instant("cancel_requested_at", nullable=True),
    sa.Column("succeeded", sa.Boolean),
    sa.Column("error_code", sa.Integer, comment="google.rpc.Code"),
    sa.Column("non_retryable", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("error", sa.Text, nullable=False, server_default=""),
    sa.Column("refusal", sa.Text, nullable=False, server_default="", comment="of its last upload"),
    sa.Column("result", sa.LargeBinary, comment="google.protobuf.Any"),
    instant("created_at"),
    instant("finished_at", nullable=True),
    sa.CheckConstraint(_one_of("state", TaskState), name="state"),
    sa.CheckConstraint(
        f"state != '{TaskState.LEASED}' OR (host IS NOT NULL AND leased_until IS NOT NULL)",
        name="leased_whole",
    ),
    sa.Index("ix_connector_tasks_open", "connector_id", "id", postgresql_where=sa.text(_OPEN_TASK)),
    sa.Index(
        "ix_connector_tasks_leased",
        "leased_until",
        postgresql_where=sa.text(f"state = '{TaskState.LEASED}'"),
    ),
    sa.Index("ix_connector_tasks_sync", "sync_id"),
)

connector_uploads = sa.Table(
    "connector_uploads",
    metadata,
    primary_key(),
    public_id(),
    sa.Column(
        "task_id",
        sa.BigInteger,
        sa.ForeignKey("connector_tasks.id", ondelete="CASCADE"),
        nullable=False,
    ),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.LargeBinary, nullable=False),
    instant("received_at"),
    sa.CheckConstraint("kind IN ('c1z', 'log')", name="kind"),
    sa.Index("ix_connector_uploads_task", "task_id", "id"),
)

connector_agents = sa.Table(
    "connector_agents",
    metadata,
    _connector(primary_key=True),
    sa.Column("host", sa.Text, primary_key=True),
    instant("first_seen_at"),
    instant("last_seen_at"),
    sa.Column("build", JSONB, comment="HelloRequest.BuildInfo"),
    sa.Column("system", JSONB, comment="HelloRequest.OSInfo"),
)

connector_log = sa.Table(
    "connector_log",
    metadata,
    primary_key(),
    _connector(),
    sa.Column("sync_id", sa.BigInteger, sa.ForeignKey("connector_syncs.id", ondelete="CASCADE")),
    instant("at"),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("details", JSONB, nullable=False, server_default="{}"),
    sa.CheckConstraint("level IN ('info', 'warning', 'error')", name="level"),
    sa.Index("ix_connector_log_connector", "connector_id", "id"),
    sa.Index("ix_connector_log_sync", "sync_id", "id"),
)

connector_alerts = sa.Table(
    "connector_alerts",
    metadata,
    primary_key(),
    _connector(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("details", JSONB, nullable=False, server_default="{}"),
    instant("raised_at"),
    instant("told_at", nullable=True, comment="when the owners' mail was handed over"),
    sa.Index("ix_connector_alerts_untold", "id", postgresql_where=sa.text("told_at IS NULL")),
    sa.Index("ix_connector_alerts_connector", "connector_id", "id"),
)

connector_sign_ins = sa.Table(
    "connector_sign_ins",
    metadata,
    sa.Column("state_digest", sa.LargeBinary, primary_key=True, comment="SHA-256"),
    _connector(),
    sa.Column("user_id", sa.String(27), nullable=False),
    sa.Column("session_digest", sa.LargeBinary, nullable=False),
    encrypted("sealed", SIGN_IN_PURPOSE),
    instant("expires_at"),
    sa.Index("ix_connector_sign_ins_expires", "expires_at"),
)

connector_authorizations = sa.Table(
    "connector_authorizations",
    metadata,
    _connector(primary_key=True),
    sa.Column("tenant_id", sa.Text, nullable=False),
    sa.Column("client_id", sa.Text, nullable=False, comment="the operator's application then"),
    sa.Column("user_id", sa.String(27), nullable=False, comment="who was signed in here"),
    sa.Column("subject", sa.Text, nullable=False, comment="the person's object in the tenant"),
    sa.Column("login", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    instant("signed_in_at"),
    instant("consented_at", nullable=True),
    instant("authorized_at", nullable=True, comment="when the tenant was first of use"),
)
