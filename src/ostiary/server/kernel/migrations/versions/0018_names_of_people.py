"""People by name at any instant, however long it is, the departments there are, and who is gone."""

import sqlalchemy as sa
from alembic import op

revision = "0018_names_of_people"
down_revision = "0017_names"

BEGINNING = sa.text('lower("left"(display_name, 200))')


def upgrade() -> None:
    op.drop_index("ix_person_versions_name", "person_versions")
    op.create_index("ix_person_versions_name", "person_versions", [BEGINNING, "person_id"])
    op.create_index(
        "ix_person_versions_department",
        "person_versions",
        ["department"],
        postgresql_where=sa.text("valid_to = 'infinity' AND length(department) <= 200"),
    )
    op.drop_index("ix_platform_users_elsewhere", "platform_users")
    op.create_index(
        "ix_platform_users_elsewhere",
        "platform_users",
        [BEGINNING, "public_id"],
        postgresql_where=sa.text("origin <> 'directory'"),
    )
    op.create_index(
        "ix_person_versions_deleted",
        "person_versions",
        ["person_id"],
        postgresql_where=sa.text("valid_to = 'infinity' AND status = 'deleted'"),
    )
    op.create_index(
        "ix_platform_users_deleted",
        "platform_users",
        ["id"],
        postgresql_where=sa.text("status = 'deleted'"),
    )
