"""What is in the job queue."""

from __future__ import annotations

import sqlalchemy as sa

_SIZES = sa.text(
    """
    SELECT count(*) FILTER (WHERE status = 'todo') AS waiting,
        count(*) FILTER (WHERE status = 'doing') AS running,
        count(*) FILTER (WHERE status = 'failed') AS failed
    FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed')
    """
)


def sizes(connection: sa.Connection) -> dict[str, int]:
    """How many jobs are waiting, running and failed (within the last three days)."""
    return dict(connection.execute(_SIZES).mappings().one())
