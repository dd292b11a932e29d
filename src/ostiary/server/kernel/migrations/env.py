"""Alembic's entry point: runs on the connection it is handed."""

from alembic import context

from ostiary.server.kernel.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
