"""Tables and indexes of a .c1z database (protocol reference 2.2).

Two index names of v1_resources are swapped with respect to their columns. They are part of the
format: a reader that makes missing indexes by name must find these.
"""

import sqlite3
from typing import Final

TABLES: Final = {
    "v1_resource_types": """
        id integer primary key,
        external_id text not null,
        data blob not null,
        sync_id text not null,
        discovered_at datetime not null""",
    "v1_resources": """
        id integer primary key,
        resource_type_id text not null,
        external_id text not null,
        parent_resource_type_id text,
        parent_resource_id text,
        data blob not null,
        sync_id text not null,
        discovered_at datetime not null""",
    "v1_entitlements": """
        id integer primary key,
        resource_type_id text not null,
        resource_id text not null,
        external_id text not null,
        data blob not null,
        sync_id text not null,
        discovered_at datetime not null""",
    "v1_grants": """
        id integer primary key,
        resource_type_id text not null,
        resource_id text not null,
        entitlement_id text not null,
        principal_resource_type_id text not null,
        principal_resource_id text not null,
        external_id text not null,
        expansion blob,
        needs_expansion integer not null default 0,
        data blob not null,
        sync_id text not null,
        discovered_at datetime not null""",
    "v1_assets": """
        id integer primary key,
        external_id text not null,
        content_type text not null,
        data blob not null,
        sync_id text not null,
        discovered_at datetime not null""",
    "v1_sync_runs": """
        id integer primary key,
        sync_id text not null,
        started_at datetime not null,
        ended_at datetime,
        sync_token text not null,
        sync_type text not null default 'full',
        parent_sync_id text not null default '',
        linked_sync_id text not null default '',
        supports_diff integer not null default 0,
        grants_backfilled integer not null default 0,
        stats text,
        ingest_invariant_generation text not null default '',
        ingest_invariant_coverage text not null default '',
        ingest_invariant_mode text not null default ''""",
    "v1_connector_sessions": """
        id integer primary key,
        sync_id text not null,
        key text not null,
        value blob not null""",
}

UNIQUE_INDEXES: Final = {
    "v1_resource_types": ("idx_resource_types_external_sync_v1", "(external_id, sync_id)"),
    "v1_resources": ("idx_resources_parent_resource_id_v1", "(external_id, sync_id)"),
    "v1_entitlements": ("idx_entitlements_external_sync_v1", "(external_id, sync_id)"),
    "v1_grants": ("idx_grants_external_sync_v1", "(external_id, sync_id)"),
    "v1_assets": ("idx_assets_external_sync_v1", "(external_id, sync_id)"),
    "v1_sync_runs": ("idx_sync_runs_sync_id_v1", "(sync_id)"),
    "v1_connector_sessions": ("idx_session_store_sync_key_v1", "(sync_id, key)"),
}

RESOURCE_TYPE_INDEX: Final = {
    "v1_resources": "idx_resources_resource_type_id_v1",
    "v1_entitlements": "idx_entitlements_resource_id_v1",
    "v1_grants": "idx_grants_resource_type_id_resource_id_v1",
}
"""The index of each table that begins with resource_type_id."""

PRINCIPAL_INDEX: Final = "idx_grants_entitlement_id_principal_id_v1"
"""Gives the grants of one entitlement in the order of their principals."""

_PRINCIPAL = "principal_resource_type_id, principal_resource_id"

INDEXES: Final = {
    "idx_resources_resource_type_id_v1": "v1_resources (resource_type_id)",
    "idx_resources_external_sync_v1": "v1_resources (parent_resource_type_id, parent_resource_id)",
    "idx_entitlements_resource_id_v1": "v1_entitlements (resource_type_id, resource_id)",
    "idx_grants_resource_type_id_resource_id_v1": "v1_grants (resource_type_id, resource_id)",
    "idx_grants_principal_id_v1": f"v1_grants ({_PRINCIPAL})",
    PRINCIPAL_INDEX: f"v1_grants (entitlement_id, {_PRINCIPAL})",
    "idx_grants_entitlement_sync_grant_v1": "v1_grants (entitlement_id, sync_id, id)",
    "idx_grants_sync_expansion_v1": "v1_grants (sync_id) where expansion is not null",
    "idx_grants_sync_needs_expansion_v1": "v1_grants (sync_id) where needs_expansion = 1",
}

LATER_COLUMNS: Final = {
    "sync_type": "'full'",
    "parent_sync_id": "''",
    "linked_sync_id": "''",
    "supports_diff": "0",
    "grants_backfilled": "0",
    "stats": "NULL",
    "ingest_invariant_generation": "''",
    "ingest_invariant_coverage": "''",
    "ingest_invariant_mode": "''",
    "expansion": "NULL",
    "needs_expansion": "0",
}
"""Columns that files of older SDKs lack, with the value that stands for their absence."""


def create_tables(connection: sqlite3.Connection) -> None:
    for table, columns in TABLES.items():
        connection.execute(f"CREATE TABLE {table} ({columns}\n)")


def create_index(connection: sqlite3.Connection, name: str) -> None:
    connection.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {INDEXES[name]}")


def create_unique_index(connection: sqlite3.Connection, table: str) -> None:
    """sqlite3.IntegrityError when two rows of a sync share their id."""
    name, columns = UNIQUE_INDEXES[table]
    connection.execute(f"CREATE UNIQUE INDEX IF NOT EXISTS {name} ON {table} {columns}")


def columns_of(connection: sqlite3.Connection, table: str, schema: str = "main") -> list[str]:
    """In their order in the file; empty when the file has no such table."""
    return [row[1] for row in connection.execute(f"PRAGMA {schema}.table_info({table})")]


def definition_of(connection: sqlite3.Connection, table: str, schema: str) -> str | None:
    """The statement that made a table; None when the file has no such table."""
    row = connection.execute(
        f"SELECT sql FROM {schema}.sqlite_master WHERE type = 'table' AND name = ?",  # noqa: S608
        (table,),
    ).fetchone()
    return None if row is None else str(row[0])


def select_list(wanted: list[str], present: list[str]) -> str:
    """SQL that names the wanted columns and stands in for those an older file lacks."""
    return ", ".join(
        name if name in present else f"{LATER_COLUMNS[name]} AS {name}" for name in wanted
    )
