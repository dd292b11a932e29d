"""Entity types: their properties, what they show unasked, and where links lead."""

from dataclasses import dataclass, field
from typing import Any

from ostiary.tenant.surface.schema.directory_types import DIRECTORY_TYPES
from ostiary.tenant.surface.schema.forms import Form
from ostiary.tenant.surface.schema.other_types import OTHER_TYPES

_USER_DEFAULTS = (
    "businessPhones displayName givenName jobTitle mail mobilePhone officeLocation "
    "preferredLanguage surname userPrincipalName"
)
_ON_REQUEST = {
    "group": (
        "accessType allowExternalSenders assignedLabels assignedLicenses autoSubscribeNewMembers "
        "hasMembersWithLicenseErrors hideFromAddressLists hideFromOutlookClients infoCatalogs "
        "isArchived isFavorite isManagementRestricted isSubscribedByMail licenseProcessingState "
        "onPremisesExtensionAttributes organizationId unseenConversationsCount unseenCount "
        "unseenMessagesCount"
    ),
    "servicePrincipal": "customSecurityAttributes isDisabled",
    "application": "authenticationBehaviors logo isDisabled createdByAppId",
}
"""Properties that a listing leaves out unless $select names them (resource type pages of Graph)."""

_ELSEWHERE = (
    "aboutMe birthday deviceEnrollmentLimit hireDate interests mailboxSettings mySite pastProjects "
    "preferredName responsibilities schools skills"
)
ELSEWHERE = frozenset(_ELSEWHERE.split())
"""User properties outside the directory store: 501 on a collection, never in delta."""


@dataclass(frozen=True, slots=True)
class EntityType:
    """`properties` leaves out `id`, which every type has; `by_lower` finds the right spelling."""

    name: str
    properties: dict[str, Form]
    defaults: tuple[str, ...]
    by_lower: dict[str, str] = field(default_factory=dict)

    @property
    def odata_type(self) -> str:
        return f"#microsoft.graph.{self.name}"

    @property
    def resource(self) -> str:
        """As error messages write it: `User`, `ServicePrincipal`."""
        return self.name[0].upper() + self.name[1:]

    def spelled(self, name: str) -> str | None:
        """The property's own spelling; None when the type has no such property."""
        return self.by_lower.get(name.lower())

    def unset(self, name: str) -> Any:
        form = self.properties.get(name)
        return [] if form is not None and form.many else None


def _entity_type(name: str, properties: dict[str, Form]) -> EntityType:
    if name == "user":
        defaults = tuple(_USER_DEFAULTS.split())
    else:
        left_out = set(_ON_REQUEST.get(name, "").split())
        defaults = tuple(sorted(each for each in properties if each not in left_out))
    by_lower = {each.lower(): each for each in (*properties, "id")}
    return EntityType(name, properties, defaults, by_lower)


def _all_types() -> dict[str, EntityType]:
    tables = {**DIRECTORY_TYPES, **OTHER_TYPES}
    return {name: _entity_type(name, dict(forms.properties())) for name, forms in tables.items()}


TYPES = _all_types()

_ANY_PROPERTY = {
    name: form for kind in DIRECTORY_TYPES for name, form in TYPES[kind].properties.items()
}
DIRECTORY_OBJECT = EntityType(
    "directoryObject", _ANY_PROPERTY, (), {name.lower(): name for name in (*_ANY_PROPERTY, "id")}
)
"""The common base: a list of mixed kinds may select what any of them has."""
