"""What was granted and revoked in an app, the newest first, without looking at all its grants."""

import sqlalchemy as sa
from alembic import op

revision = "0014_grant_feed"
down_revision = "0013_audit_verifications"


def upgrade() -> None:
    op.create_index(
        "ix_grants_granted",
        "grants",
        ["feed_id", "valid_from", "id"],
        postgresql_where=sa.text("granted_at = valid_from"),
    )
    op.create_index(
        "ix_grants_ended",
        "grants",
        ["feed_id", "valid_to", "id"],
        postgresql_where=sa.text("valid_to <> 'infinity'"),
    )
