"""Two records of one id in one sync become one, as if the second had updated the first.

A .c1z is filled without indexes, so nothing stops a duplicate on its way in. Making the unique
index finds out, for free in the usual case that there is none. The columns of the first record
stay and its data becomes the last one's: the upsert rule of protocol reference 2.2.
"""

import sqlite3

from ostiary.baton.c1z import schema


def make_unique(connection: sqlite3.Connection, table: str) -> int:
    """Makes the unique index of `table`; returns how many records were merged into others."""
    try:
        schema.create_unique_index(connection, table)
    except sqlite3.IntegrityError:
        merged = _merge(connection, table)
        schema.create_unique_index(connection, table)
        return merged
    return 0


def _merge(connection: sqlite3.Connection, table: str) -> int:
    updated = "data, expansion, needs_expansion" if table == "v1_grants" else "data"
    connection.execute(f"CREATE INDEX merging ON {table} (external_id, sync_id)")
    connection.execute(
        "CREATE TEMP TABLE first AS "  # noqa: S608
        "SELECT min(id) AS id, max(id) AS last, external_id, sync_id "
        f"FROM {table} GROUP BY external_id, sync_id HAVING count(*) > 1"
    )
    connection.execute(
        f"UPDATE {table} SET ({updated}) = (SELECT {updated} FROM {table} AS winner "  # noqa: S608
        f"WHERE winner.id = first.last) FROM first WHERE {table}.id = first.id"
    )
    merged = connection.execute(
        f"DELETE FROM {table} WHERE id IN (SELECT other.id FROM first "  # noqa: S608
        f"JOIN {table} AS other USING (external_id, sync_id) WHERE other.id > first.id)"
    ).rowcount
    connection.execute("DROP TABLE temp.first")
    connection.execute("DROP INDEX merging")
    return merged
