"""What a request costs in resource units, after Microsoft's throttling page for the directory."""

from collections.abc import Mapping
from dataclasses import dataclass

from ostiary.tenant.surface.routing import Route

_BASE = {
    "GET /users": 2,
    "GET /applications": 2,
    "GET /servicePrincipals/{id}/appRoleAssignments": 2,
    "GET /users/{id}/memberOf": 2,
    "GET /users/{id}/transitiveMemberOf": 2,
    "GET /users/{id}/licenseDetails": 2,
    "GET /groups/{id}/members": 3,
    "GET /groups/{id}/members/{cast}": 3,
    "GET /groups/{id}/transitiveMembers": 5,
    "GET /groups/{id}/transitiveMembers/{cast}": 5,
    "GET /subscribedSkus": 3,
    "POST /directoryObjects/getByIds": 5,
}
"""Every operation not listed costs 1."""

_BY_IDS = "POST /directoryObjects/getByIds"
_BY_IDS_SELECTED = 2
_READING_POSTS = frozenset({_BY_IDS, "POST /$batch"})
SMALL_TOP = 20


@dataclass(frozen=True, slots=True)
class Cost:
    units: int
    writes: int = 0


def cost(route: Route, options: Mapping[str, str], body: bytes = b"") -> Cost:
    """$select -1, $expand +1, $top below 20 -1, never below 1; a write counts 1 write besides.

    Members bound in a PATCH count a third of a write each.
    """
    if route.name == "POST /$batch":
        return Cost(0)
    if route.name == _BY_IDS and "$select" in options:
        return Cost(_BY_IDS_SELECTED)
    units = _BASE.get(route.name, 1)
    units += ("$expand" in options) - ("$select" in options) - _small_page(options)
    writes = int(route.method != "GET" and route.name not in _READING_POSTS)
    if route.name == "PATCH /groups/{id}":
        writes = max(1, -(-body.count(b"/directoryObjects/") // 3))
    return Cost(max(1, units), writes)


def _small_page(options: Mapping[str, str]) -> bool:
    top = options.get("$top", "")
    return top.isdigit() and int(top) < SMALL_TOP
