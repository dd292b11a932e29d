"""Entra's built-in roles: names, template ids and privilege as Microsoft Learn lists them.

Source: "Microsoft Entra built-in roles", January 2026; the descriptions are our own.
"""

import csv
from importlib.resources import files

from ostiary.tenant.directory.objects import RoleDefinition

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
USER_ADMINISTRATOR = "fe930be7-5e62-47db-91af-98c3a49a38b1"


def builtin_roles() -> dict[str, RoleDefinition]:
    """By template id, which is the definition's id too."""
    table = files("ostiary.tenant.directory").joinpath("builtin_roles.tsv")
    rows = csv.DictReader(table.read_text("utf-8").splitlines(), delimiter="\t")
    return {row["template_id"]: _definition(row) for row in rows}


def _definition(row: dict[str, str]) -> RoleDefinition:
    return RoleDefinition(
        id=row["template_id"],
        template_id=row["template_id"],
        display_name=row["display_name"],
        description=row["description"],
        is_privileged=row["privileged"] == "privileged",
        allowed_actions=("microsoft.directory/standard/read",),
    )
