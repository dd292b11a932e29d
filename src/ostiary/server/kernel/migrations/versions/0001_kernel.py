"""The audit log, the ids of encryption keys, and what the job queue's tables are at."""

import sqlalchemy as sa
from alembic import op

revision = "0001_kernel"
down_revision = None

GENESIS = bytes(32)


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("sequence", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text, nullable=False),
        sa.Column("actor_id", sa.Text, nullable=False),
        sa.Column("actor_name", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("object_type", sa.Text, nullable=False),
        sa.Column("object_id", sa.Text, nullable=False),
        sa.Column("before", sa.JSON),
        sa.Column("after", sa.JSON),
        sa.Column("request_id", sa.Text, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit_entries"),
    )
    for name, columns in (
        ("object", ["object_type", "object_id", "sequence"]),
        ("actor", ["actor_id", "sequence"]),
        ("action", ["action", "sequence"]),
        ("at", ["at"]),
    ):
        op.create_index(f"ix_audit_entries_{name}", "audit_entries", columns)
    _refuse_changes()
    head = op.create_table(
        "audit_head",
        sa.Column("single", sa.Boolean, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("single", name="pk_audit_head"),
        sa.CheckConstraint("single", name="single_row"),
    )
    op.bulk_insert(head, [{"single": True, "sequence": 0, "hash": GENESIS}])
    op.create_table(
        "encryption_keys",
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name="pk_encryption_keys"),
    )
    op.create_table(
        "queue_migrations",
        sa.Column("name", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_queue_migrations"),
    )


def _refuse_changes() -> None:
    """Against slips; against intent there is the chain."""
    op.execute(
        """
        CREATE FUNCTION audit_entries_are_final() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'entries of the audit log are neither changed nor removed';
        END $$;
        CREATE TRIGGER audit_entries_are_final BEFORE UPDATE OR DELETE OR TRUNCATE
            ON audit_entries EXECUTE FUNCTION audit_entries_are_final();
        """
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup to go back")
