"""How many records a sync has, as v1_sync_runs.stats holds it."""

import json
import sqlite3
from typing import Final

from ostiary.baton.c1z.schema import RESOURCE_TYPE_INDEX

COUNTED_TABLES: Final = ("v1_resource_types", *RESOURCE_TYPE_INDEX)


def count_records(
    connection: sqlite3.Connection, floors: dict[str, int]
) -> tuple[dict[str, int], str]:
    """Counts by kind of record, and the JSON that also has them by resource type.

    The sync's rows are those above the `floors`, the highest row ids of earlier syncs.
    """
    by_type = {
        table.removeprefix("v1_"): _by_resource_type(connection, table, floors[table])
        for table in RESOURCE_TYPE_INDEX
    }
    (types,) = connection.execute(
        "SELECT count(*) FROM v1_resource_types WHERE id > ?", (floors["v1_resource_types"],)
    ).fetchone()
    counts = {"resource_types": types}
    counts |= {kind: sum(by_type[kind].values()) for kind in by_type}
    details = {f"{kind}_by_resource_type": by_type[kind] for kind in by_type}
    return counts, json.dumps(counts | details, separators=(",", ":"))


def _by_resource_type(connection: sqlite3.Connection, table: str, floor: int) -> dict[str, int]:
    return dict(
        connection.execute(
            f"SELECT resource_type_id, count(*) FROM {table} "  # noqa: S608
            f"INDEXED BY {RESOURCE_TYPE_INDEX[table]} WHERE id > ? "
            "GROUP BY resource_type_id ORDER BY resource_type_id",
            (floor,),
        ).fetchall()
    )
