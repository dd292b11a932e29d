"""Connectors: registry, credentials, syncs, the queue of tasks and the journal."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004_connectors"
down_revision = "0003_catalog"


def upgrade() -> None:
    _create_connectors()
    _create_connector_owners()
    _create_connector_credentials()
    _create_connector_syncs()
    _create_connector_tasks()
    _create_connector_uploads()
    _create_connector_agents()
    _create_connector_log()
    _create_connector_alerts()


def _create_connectors() -> None:
    op.create_table(
        "connectors",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=27), nullable=False),
        sa.Column("app_id", sa.String(length=27), nullable=False),
        sa.Column("catalog_id", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("config", sa.LargeBinary(), nullable=True, comment="encrypted JSON"),
        sa.Column("config_updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "metadata",
            sa.LargeBinary(),
            nullable=True,
            comment="c1.connector.v2.ConnectorMetadata of Hello",
        ),
        sa.Column("health", sa.Text(), server_default="unknown", nullable=False),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.Column("last_sync_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consecutive_failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("alerted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_category", sa.Text(), nullable=True),
        sa.Column("paused_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("interval_seconds", sa.Integer(), nullable=True),
        sa.Column("cron_spec", sa.Text(), nullable=True),
        sa.Column("cron_zone", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "health IN ('unknown', 'good', 'failing')", name=op.f("ck_connectors_health")
        ),
        sa.CheckConstraint(
            "paused_category IN ('manual', 'anomaly')", name=op.f("ck_connectors_paused_category")
        ),
        sa.CheckConstraint(
            "(cron_spec IS NULL) = (cron_zone IS NULL)", name=op.f("ck_connectors_cron_whole")
        ),
        sa.CheckConstraint(
            "(paused_at IS NULL) = (paused_category IS NULL)",
            name=op.f("ck_connectors_paused_whole"),
        ),
        sa.CheckConstraint(
            "interval_seconds IS NULL OR cron_spec IS NULL", name=op.f("ck_connectors_one_schedule")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connectors")),
        sa.UniqueConstraint("public_id", name=op.f("uq_connectors_public_id")),
    )
    op.create_index("ix_connectors_app", "connectors", ["app_id"], unique=False)
    op.create_index(
        "ix_connectors_due",
        "connectors",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL AND paused_at IS NULL"),
    )


def _create_connector_owners() -> None:
    op.create_table(
        "connector_owners",
        sa.Column("connector_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.String(length=27), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["connector_id"],
            ["connectors.id"],
            name=op.f("fk_connector_owners_connector_id_connectors"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("connector_id", "user_id", name=op.f("pk_connector_owners")),
    )
    op.create_index("ix_connector_owners_user", "connector_owners", ["user_id"], unique=False)


def _create_connector_credentials() -> None:
    op.create_table(
        "connector_credentials",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=27), nullable=False),
        sa.Column("connector_id", sa.BigInteger(), nullable=False),
        sa.Column("client_name", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False, comment="host:port of the client id"),
        sa.Column("display_name", sa.Text(), server_default="", nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False, comment="Ed25519, 32 bytes"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "superseded_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="set by a rotation: its grace",
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["connector_id"],
            ["connectors.id"],
            name=op.f("fk_connector_credentials_connector_id_connectors"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connector_credentials")),
        sa.UniqueConstraint("client_name", name=op.f("uq_connector_credentials_client_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_connector_credentials_public_id")),
    )
    op.create_index(
        "ix_connector_credentials_connector",
        "connector_credentials",
        ["connector_id", "id"],
        unique=False,
    )


def _create_connector_syncs() -> None:
    op.create_table(
        "connector_syncs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=27), nullable=False),
        sa.Column("connector_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False, comment="schedule, or who asked"),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "confirmed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when a large drop was said to be meant",
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("upload_id", sa.String(length=27), nullable=True),
        sa.Column(
            "counts",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="rows by resource type, as ingested",
        ),
        sa.Column(
            "deltas",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="what the sync changed",
        ),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'ingesting', 'held', 'done', 'failed', 'cancelled')",
            name=op.f("ck_connector_syncs_state"),
        ),
        sa.ForeignKeyConstraint(
            ["connector_id"],
            ["connectors.id"],
            name=op.f("fk_connector_syncs_connector_id_connectors"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connector_syncs")),
        sa.UniqueConstraint("public_id", name=op.f("uq_connector_syncs_public_id")),
    )
    op.create_index(
        "ix_connector_syncs_connector", "connector_syncs", ["connector_id", "id"], unique=False
    )
    op.create_index(
        "uq_connector_syncs_open",
        "connector_syncs",
        ["connector_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('ingesting', 'queued', 'running')"),
    )


def _create_connector_tasks() -> None:
    op.create_table(
        "connector_tasks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=27), nullable=False),
        sa.Column("connector_id", sa.BigInteger(), nullable=False),
        sa.Column("sync_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False, comment="field of Task.task_type"),
        sa.Column("payload", sa.LargeBinary(), nullable=False, comment="a Task without id"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=True, comment="who holds it, or held it last"),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "limit_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="end of this attempt, heartbeats or not",
        ),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cancel_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("succeeded", sa.Boolean(), nullable=True),
        sa.Column("error_code", sa.Integer(), nullable=True, comment="google.rpc.Code"),
        sa.Column("non_retryable", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "refusal", sa.Text(), server_default="", nullable=False, comment="of its last upload"
        ),
        sa.Column("result", sa.LargeBinary(), nullable=True, comment="google.protobuf.Any"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state != 'leased' OR (host IS NOT NULL AND leased_until IS NOT NULL)",
            name=op.f("ck_connector_tasks_leased_whole"),
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'leased', 'finished', 'cancelled')",
            name=op.f("ck_connector_tasks_state"),
        ),
        sa.ForeignKeyConstraint(
            ["connector_id"],
            ["connectors.id"],
            name=op.f("fk_connector_tasks_connector_id_connectors"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["sync_id"],
            ["connector_syncs.id"],
            name=op.f("fk_connector_tasks_sync_id_connector_syncs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connector_tasks")),
        sa.UniqueConstraint("public_id", name=op.f("uq_connector_tasks_public_id")),
    )
    op.create_index(
        "ix_connector_tasks_leased",
        "connector_tasks",
        ["leased_until"],
        unique=False,
        postgresql_where=sa.text("state = 'leased'"),
    )
    op.create_index(
        "ix_connector_tasks_open",
        "connector_tasks",
        ["connector_id", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'leased')"),
    )
    op.create_index("ix_connector_tasks_sync", "connector_tasks", ["sync_id"], unique=False)


def _create_connector_uploads() -> None:
    op.create_table(
        "connector_uploads",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=27), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('c1z', 'log')", name=op.f("ck_connector_uploads_kind")),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["connector_tasks.id"],
            name=op.f("fk_connector_uploads_task_id_connector_tasks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connector_uploads")),
        sa.UniqueConstraint("public_id", name=op.f("uq_connector_uploads_public_id")),
    )
    op.create_index(
        "ix_connector_uploads_task", "connector_uploads", ["task_id", "id"], unique=False
    )


def _create_connector_agents() -> None:
    op.create_table(
        "connector_agents",
        sa.Column("connector_id", sa.BigInteger(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "build",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="HelloRequest.BuildInfo",
        ),
        sa.Column(
            "system",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="HelloRequest.OSInfo",
        ),
        sa.ForeignKeyConstraint(
            ["connector_id"],
            ["connectors.id"],
            name=op.f("fk_connector_agents_connector_id_connectors"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("connector_id", "host", name=op.f("pk_connector_agents")),
    )


def _create_connector_log() -> None:
    op.create_table(
        "connector_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("connector_id", sa.BigInteger(), nullable=False),
        sa.Column("sync_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column(
            "details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.CheckConstraint(
            "level IN ('info', 'warning', 'error')", name=op.f("ck_connector_log_level")
        ),
        sa.ForeignKeyConstraint(
            ["connector_id"],
            ["connectors.id"],
            name=op.f("fk_connector_log_connector_id_connectors"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["sync_id"],
            ["connector_syncs.id"],
            name=op.f("fk_connector_log_sync_id_connector_syncs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connector_log")),
    )
    op.create_index(
        "ix_connector_log_connector", "connector_log", ["connector_id", "id"], unique=False
    )
    op.create_index("ix_connector_log_sync", "connector_log", ["sync_id", "id"], unique=False)


def _create_connector_alerts() -> None:
    op.create_table(
        "connector_alerts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("connector_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "told_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the owners' mail was handed over",
        ),
        sa.ForeignKeyConstraint(
            ["connector_id"],
            ["connectors.id"],
            name=op.f("fk_connector_alerts_connector_id_connectors"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connector_alerts")),
    )
    op.create_index(
        "ix_connector_alerts_connector", "connector_alerts", ["connector_id", "id"], unique=False
    )
    op.create_index(
        "ix_connector_alerts_untold",
        "connector_alerts",
        ["id"],
        unique=False,
        postgresql_where=sa.text("told_at IS NULL"),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup to go back")
