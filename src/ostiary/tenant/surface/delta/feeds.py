"""The sets that answer delta queries, and what can be followed in each."""

from dataclasses import dataclass

from ostiary.tenant.directory import Kind

APP_ROLE_ASSIGNMENT = "appRoleAssignment"
MOST_OBJECTS = 200
MOST_LINKS = 500
"""Per page. Seen on live tenants: 200 users; a group of 9,993 members came in 20 pieces."""


@dataclass(frozen=True, slots=True)
class Feed:
    """`kinds` empty: the request names them with isof()."""

    path: str
    kinds: tuple[str, ...]


FEEDS = (
    Feed("users", (Kind.USER,)),
    Feed("groups", (Kind.GROUP,)),
    Feed("servicePrincipals", (Kind.SERVICE_PRINCIPAL,)),
    Feed("applications", (Kind.APPLICATION,)),
    Feed("directoryRoles", (Kind.DIRECTORY_ROLE,)),
    Feed("devices", (Kind.DEVICE,)),
    Feed("contacts", (Kind.ORG_CONTACT,)),
    Feed("directory/administrativeUnits", (Kind.ADMINISTRATIVE_UNIT,)),
    Feed("directoryObjects", ()),
)

RELATIONS: dict[str, tuple[str, ...]] = {
    Kind.USER: ("manager",),
    Kind.GROUP: ("members", "owners"),
    Kind.SERVICE_PRINCIPAL: ("owners",),
    Kind.APPLICATION: ("owners",),
    Kind.DIRECTORY_ROLE: ("members",),
    Kind.ADMINISTRATIVE_UNIT: ("members",),
}
UNASKED: dict[str, tuple[str, ...]] = {
    Kind.GROUP: ("members",),
    Kind.DIRECTORY_ROLE: ("members",),
    Kind.ADMINISTRATIVE_UNIT: ("members",),
}
"""Relations followed when there is no $select."""

PERMISSION_PATHS: dict[str, str] = {
    Kind.USER: "/users/delta",
    Kind.GROUP: "/groups/delta",
    Kind.SERVICE_PRINCIPAL: "/serviceprincipals/delta",
    Kind.APPLICATION: "/applications/delta",
    Kind.DIRECTORY_ROLE: "/directoryroles/delta",
}
"""Where the permission table says who may follow a kind through directoryObjects/delta."""
