"""Of how many people attributes are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa

_COVERAGE: Final = """
SELECT count(*) AS people,
    count(*) FILTER (WHERE cardinality(manager_ids) > 0) AS manager,
    count(*) FILTER (WHERE department <> '') AS department,
    count(*) FILTER (WHERE job_title <> '') AS job_title,
    count(*) FILTER (WHERE employment_status <> '') AS employment_status,
    count(*) FILTER (WHERE employment_type <> '') AS employment_type,
    count(*) FILTER (WHERE cardinality(employee_ids) > 0) AS employee_id,
    count(*) FILTER (WHERE cardinality(emails) > 1) AS additional_email,
    count(*) FILTER (WHERE cardinality(usernames) > 1) AS additional_username
FROM person_versions WHERE valid_to = 'infinity' AND status <> 'deleted'
"""


def coverage(connection: sa.Connection) -> Mapping[str, int]:
    """By attribute; `people` is how many there are."""
    return dict(connection.execute(sa.text(_COVERAGE)).mappings().one())
