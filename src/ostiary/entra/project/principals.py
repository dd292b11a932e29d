"""Who can appear in a grant, and under which resource type."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

from ostiary.entra.image import Image, Kind
from ostiary.entra.options import Options
from ostiary.entra.project.tally import AD_GROUP, ON_PREM, UNASSIGNED, VANISHED, Tally
from ostiary.entra.records import Group, ServicePrincipal, User
from ostiary.entra.types import ENTERPRISE_APPLICATION, GROUP, MANAGED_IDENTITY, USER


class Principals:
    """Resolves object ids to resource types under the options in force.

    Reads the image lazily and once, so it must be asked only when what it needs is complete.
    """

    def __init__(
        self, image: Image, options: Options, tally: Tally, selected: Collection[str]
    ) -> None:
        self._image = image
        self._options = options
        self._tally = tally
        self._selected = selected

    @cached_property
    def service_principals(self) -> dict[str, str]:
        """Resource type by id of every service principal that is in the file."""
        assigned = self._image.assignments.resources()
        shown = {}
        for _, principal in self._image.objects.all(Kind.SERVICE_PRINCIPAL, ServicePrincipal):
            if principal.is_managed_identity:
                shown[principal.id] = MANAGED_IDENTITY
            elif principal.id in assigned or not self._options.skip_unassigned_apps:
                shown[principal.id] = ENTERPRISE_APPLICATION
        return shown

    @cached_property
    def hidden_groups(self) -> frozenset[str]:
        """Groups that the options leave out."""
        if not self._options.skip_ad_groups:
            return frozenset()
        groups = self._image.objects.all(Kind.GROUP, Group)
        return frozenset(group.id for _, group in groups if group.onPremisesSyncEnabled)

    @cached_property
    def hidden_members(self) -> frozenset[str]:
        """Users that the options leave out of the members of groups, and of nothing else."""
        if not self._options.hides_on_prem_members:
            return frozenset()
        users = self._image.objects.all(Kind.USER, User)
        return frozenset(user.id for _, user in users if user.onPremisesSyncEnabled)

    def type_of(self, object_id: str) -> str | None:
        """The resource type of a principal; None, counted, when it is not in the file."""
        kind = self._image.objects.kind_of(object_id)
        return self.resolve(object_id, kind or Kind.OTHER, live=kind is not None)

    def resolve(self, object_id: str, kind: Kind, *, live: bool) -> str | None:
        """As ``type_of``, when kind and presence are known already."""
        match kind:
            case Kind.USER if live:
                return self._if_selected(USER)
            case Kind.GROUP if live:
                return self._group(object_id)
            case Kind.SERVICE_PRINCIPAL if live:
                return self._service_principal(object_id)
            case Kind.USER | Kind.GROUP | Kind.SERVICE_PRINCIPAL:
                self._tally.add("grants of principals that are gone", VANISHED)
            case _:
                self._tally.not_a_principal(kind)
        return None

    def _if_selected(self, type_id: str) -> str | None:
        return type_id if type_id in self._selected else None

    def _group(self, object_id: str) -> str | None:
        if object_id in self.hidden_groups:
            self._tally.add("grants of groups", AD_GROUP)
            return None
        return self._if_selected(GROUP)

    def _service_principal(self, object_id: str) -> str | None:
        type_id = self.service_principals.get(object_id)
        if type_id is None:
            self._tally.add("grants of enterprise applications", UNASSIGNED)
            return None
        return self._if_selected(type_id)

    def member(self, object_id: str, kind: Kind, *, live: bool) -> str | None:
        """As ``resolve``, for a member of a group."""
        if object_id in self.hidden_members:
            self._tally.add("memberships of on-premises users in cloud groups", ON_PREM)
            return None
        return self.resolve(object_id, kind, live=live)
