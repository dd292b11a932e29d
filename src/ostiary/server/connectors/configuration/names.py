"""Names of fields, as a program has them and as clients of C1 write them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

AUTH_METHOD: Final = "auth-method"
"""The setting that picks one of several ways to sign in (protocol reference 4.2)."""

SELECTED_GROUP: Final = "C1_selected_field_group_name"
"""What C1's clients call it (c1-api reference 3.1)."""


def own_names(sent: Mapping[str, str], known: Collection[str], prefix: str) -> dict[str, str]:
    """`sent` under the names among `known`; what is none of them keeps its name.

    `entra_graph_domain` may mean `graph-domain`; the group `entra_group_client_secret` means
    `client-secret`.
    """
    named: dict[str, str] = {}
    for name, value in sent.items():
        if name in (SELECTED_GROUP, AUTH_METHOD):
            named[AUTH_METHOD] = _own_group(value, prefix)
        else:
            named[_own_name(name, known, prefix)] = value
    return named


def _own_name(name: str, known: Collection[str], prefix: str) -> str:
    hyphened = name.replace("_", "-")
    candidates = (name, hyphened, hyphened.removeprefix(f"{prefix}-"))
    return next((candidate for candidate in candidates if candidate in known), name)


def _own_group(group: str, prefix: str) -> str:
    return group.replace("_", "-").removeprefix(f"{prefix}-group-")
