"""Rows of a grant sheet made inside SQLite: a third of the time that one by one takes."""

import json
import sqlite3
from collections.abc import Sequence
from typing import Final

from ostiary.baton.c1z.encoding import GrantSheet, sheet_frame

_INSERT: Final = """
    INSERT INTO v1_grants (
        resource_type_id, resource_id, entitlement_id, principal_resource_type_id,
        principal_resource_id, external_id, expansion, needs_expansion, data, sync_id,
        discovered_at
    )
    SELECT ?1, ?2, ?3, ?4, value, ?5 || value, ?6, ?7,
        CAST(?8 || value || ?9 || value || ?10 AS BLOB), ?11, ?12
    FROM json_each(?13)
"""


def are_alike(principal_ids: Sequence[str]) -> bool:
    """Whether ids can be spliced by SQLite: of one length, and plain text as GUIDs are.

    SQLite's JSON would cut a text at its first NUL.
    """
    together = "".join(principal_ids)
    one_length = len({len(principal_id) for principal_id in principal_ids}) == 1
    return one_length and together.isascii() and together.isprintable()


def insert_alike(
    connection: sqlite3.Connection,
    sheet: GrantSheet,
    principal_ids: list[str],
    sync_id: str,
    discovered_at: str,
) -> int:
    """Insert the grants of a sheet to principals alike; returns how many rows there are."""
    frame = sheet_frame(sheet, len(principal_ids[0]))
    parameters = (*frame, sync_id, discovered_at, json.dumps(principal_ids))
    return connection.execute(_INSERT, parameters).rowcount
