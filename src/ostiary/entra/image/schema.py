"""The tables of the tenant image: what Graph last told us, and where to go on from.

Identifiers are interned (``object.ix``) because a large tenant has millions of links and only a
hundred thousand ends; a link then costs about fifteen bytes on disk.
"""

from __future__ import annotations

from enum import IntEnum

VERSION = 1


class Kind(IntEnum):
    """What an object is. Values are stored: add, never renumber."""

    OTHER = 0
    USER = 1
    GROUP = 2
    SERVICE_PRINCIPAL = 3
    APPLICATION = 4
    DEVICE = 5
    CONTACT = 6


class Relation(IntEnum):
    """How two objects are linked. Values are stored: add, never renumber."""

    MEMBER = 1
    OWNER = 2


TABLES = """
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- One row a stream. next_link: in the middle of a round. delta_link: the last finished round.
CREATE TABLE cursor (
    stream     TEXT PRIMARY KEY,
    query      TEXT NOT NULL,
    next_link  TEXT,
    delta_link TEXT
) WITHOUT ROWID;

-- data is NULL while an object is known only as the end of a link, and after it is removed.
CREATE TABLE object (
    ix   INTEGER PRIMARY KEY,
    id   TEXT NOT NULL UNIQUE,
    kind INTEGER NOT NULL,
    data TEXT,
    seen INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE link (
    source   INTEGER NOT NULL,
    relation INTEGER NOT NULL,
    target   INTEGER NOT NULL,
    PRIMARY KEY (source, relation, target)
) WITHOUT ROWID;

CREATE TABLE app_role_assignment (
    id        TEXT PRIMARY KEY,
    resource  TEXT NOT NULL,
    principal TEXT NOT NULL,
    role      TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX app_role_assignment_resource ON app_role_assignment (resource, role, principal);

-- Last sign-ins arrive under a quota of their own, over several syncs if need be.
CREATE TABLE sign_in (
    id   TEXT PRIMARY KEY,
    data TEXT NOT NULL
) WITHOUT ROWID;

-- Small collections that are read whole on every sync.
CREATE TABLE polled (
    collection TEXT NOT NULL,
    id         TEXT NOT NULL,
    data       TEXT NOT NULL,
    PRIMARY KEY (collection, id)
) WITHOUT ROWID;
"""
