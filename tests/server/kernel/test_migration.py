from __future__ import annotations

import pkgutil
from importlib import import_module

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import ostiary.server
from ostiary.server.kernel import migration
from ostiary.server.kernel.database import Database
from ostiary.server.kernel.migration import migrate
from ostiary.server.kernel.model import queue_migrations
from ostiary.server.kernel.tables import metadata


def import_every_model() -> None:
    for module in pkgutil.walk_packages(ostiary.server.__path__, "ostiary.server."):
        if module.name.rpartition(".")[2] == "model":
            import_module(module.name)


def is_ours(_object: object, name: str | None, kind: str, *_rest: object) -> bool:
    return not (kind == "table" and (name or "").startswith(("procrastinate_", "alembic_")))


def test_the_migrations_make_exactly_the_tables_that_the_code_declares(database: Database) -> None:
    import_every_model()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": is_ours, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []


def test_the_migrations_are_one_chain() -> None:
    scripts = ScriptDirectory(str(migration.SCRIPTS))
    assert len(scripts.get_heads()) == 1
    assert [script.revision for script in scripts.walk_revisions()][-1] == "0001_kernel"


def test_migrating_again_changes_nothing(database: Database) -> None:
    def everything() -> list[str]:
        with database.engine.connect() as connection:
            return sorted(sa.inspect(connection).get_table_names())

    before = everything()
    migrate(database)
    assert everything() == before


def test_a_newer_job_queue_brings_only_the_steps_it_lacks(empty_database: str) -> None:
    """As if an earlier release had come with a procrastinate that lacked its last step."""
    database = Database(empty_database)
    migrate(database)
    trigger = "procrastinate_trigger_status_events_update_v1"
    with database.engine.begin() as connection:
        newest = connection.scalar(sa.select(sa.func.max(queue_migrations.c.name)))
        connection.execute(queue_migrations.delete().where(queue_migrations.c.name == newest))
        connection.execute(sa.text(f"DROP TRIGGER {trigger} ON procrastinate_jobs"))
    migrate(database)
    with database.engine.begin() as connection:
        found = sa.text("SELECT count(*) FROM pg_trigger WHERE tgname = :name")
        assert connection.scalar(found, {"name": trigger}) == 1
        assert connection.scalar(sa.select(sa.func.max(queue_migrations.c.name))) == newest
    database.close()
