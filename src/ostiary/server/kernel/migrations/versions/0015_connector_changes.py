"""Whoever watches a connector hears of every change, whoever makes it."""

from alembic import op

revision = "0015_connector_changes"
down_revision = "0014_grant_feed"

_FUNCTION = """
CREATE FUNCTION tell_connector_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('ostiary_connectors', to_jsonb(NEW) ->> TG_ARGV[0]);
    RETURN NULL;
END $$
"""

_TRIGGER = """
CREATE TRIGGER tell_connector_change AFTER INSERT OR UPDATE ON {table}
FOR EACH ROW EXECUTE FUNCTION tell_connector_change('{column}')
"""

_WATCHED = {
    "connectors": "id",
    "connector_owners": "connector_id",
    "connector_credentials": "connector_id",
    "connector_syncs": "connector_id",
    "connector_tasks": "connector_id",
    "connector_agents": "connector_id",
    "connector_log": "connector_id",
}
"""Tables with their column that holds the connector's key."""


def upgrade() -> None:
    op.execute(_FUNCTION)
    for table, column in _WATCHED.items():
        op.execute(_TRIGGER.format(table=table, column=column))
