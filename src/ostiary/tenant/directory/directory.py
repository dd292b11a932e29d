"""A tenant: its collections and the verbs that change them.

Verbs journal what they change. They trust their caller: what Graph would refuse is refused by the
Graph surface, and what a story asks for is right by construction.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain

from ostiary.tenant.directory import licensing, lifecycle, links, roles
from ostiary.tenant.directory.objects import (
    DEFAULT_ACCESS,
    ROOT_SCOPE,
    AppRoleAssignment,
    DirectoryObject,
    Kind,
    Properties,
    RoleAssignment,
    RoleScheduleInstance,
)
from ostiary.tenant.directory.state import ObjectNotFoundError, State


class Directory(State):
    """Collections (see State) plus verbs.

    Verbs raise ObjectNotFoundError (a KeyError) for an id that is not live. Verbs that answer a
    bool say whether anything changed.
    """

    def create(self, kind: Kind, props: Properties, *, id: str | None = None) -> DirectoryObject:
        return lifecycle.create(self, kind, props, id)

    def update(self, object_id: str, props: Properties) -> list[str]:
        """Names of the properties that really changed. A value of None clears."""
        return lifecycle.update(self, object_id, props)

    def soft_delete(self, object_id: str) -> DirectoryObject:
        return lifecycle.soft_delete(self, object_id)

    def restore(self, object_id: str) -> DirectoryObject:
        return lifecycle.restore(self, object_id)

    def purge(self, object_id: str) -> None:
        lifecycle.purge(self, object_id)

    def add_member(self, group_id: str, object_id: str) -> bool:
        return links.add_member(self, group_id, object_id)

    def remove_member(self, group_id: str, object_id: str) -> bool:
        return links.remove_member(self, group_id, object_id)

    def add_owner(self, owned_id: str, owner_id: str) -> bool:
        return links.add_owner(self, owned_id, owner_id)

    def remove_owner(self, owned_id: str, owner_id: str) -> bool:
        return links.remove_owner(self, owned_id, owner_id)

    def set_manager(self, user_id: str, manager_id: str) -> bool:
        return links.set_manager(self, user_id, manager_id)

    def clear_manager(self, user_id: str) -> bool:
        return links.clear_manager(self, user_id)

    def app_role_assignment(
        self, principal_id: str, resource_id: str, app_role_id: str = DEFAULT_ACCESS
    ) -> AppRoleAssignment | None:
        return links.app_role_assignment(self, principal_id, resource_id, app_role_id)

    def assign_app_role(
        self, principal_id: str, resource_id: str, app_role_id: str = DEFAULT_ACCESS
    ) -> AppRoleAssignment:
        """Raises AlreadyExistsError for a triple that is there."""
        return links.assign_app_role(self, principal_id, resource_id, app_role_id)

    def remove_app_role(self, resource_id: str, assignment_id: str) -> bool:
        return links.remove_app_role(self, resource_id, assignment_id)

    def assign_role(
        self,
        principal_id: str,
        role_definition_id: str,
        directory_scope_id: str = ROOT_SCOPE,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> RoleAssignment:
        """Raises AlreadyExistsError for a triple that is there, assigned or activated."""
        return roles.assign(self, principal_id, role_definition_id, directory_scope_id, start, end)

    def remove_role(self, assignment_id: str) -> bool:
        return roles.remove(self, assignment_id)

    def make_eligible(
        self,
        principal_id: str,
        role_definition_id: str,
        directory_scope_id: str = ROOT_SCOPE,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> RoleScheduleInstance:
        """Raises AlreadyExistsError for a triple that is eligible already."""
        return roles.make_eligible(
            self, principal_id, role_definition_id, directory_scope_id, start, end
        )

    def remove_eligibility(self, instance_id: str) -> bool:
        return roles.remove_eligibility(self, instance_id)

    def activate_role(
        self,
        principal_id: str,
        role_definition_id: str,
        directory_scope_id: str = ROOT_SCOPE,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> RoleScheduleInstance:
        """ObjectNotFoundError unless the principal is eligible, itself or through a group."""
        return roles.activate(
            self, principal_id, role_definition_id, directory_scope_id, start, end
        )

    def deactivate_role(self, instance_id: str) -> bool:
        return roles.deactivate(self, instance_id)

    def expire(self) -> int:
        """Ends role instances that have run out. Cheap: call it before reading them."""
        return roles.expire(self)

    def members_of_role(self, directory_role_id: str) -> list[str]:
        return roles.members_of_role(self, directory_role_id)

    def assign_license(
        self, holder_id: str, sku_id: str, disabled_plans: Iterable[str] = ()
    ) -> None:
        """`holder_id` is a user or a group; a group's reaches its direct user members at once."""
        licensing.assign(self, holder_id, sku_id, disabled_plans)

    def remove_license(self, holder_id: str, sku_id: str) -> bool:
        return licensing.remove(self, holder_id, sku_id)

    def reprocess_license(self, user_id: str) -> None:
        licensing.reprocess(self, user_id)

    def id_of(self, name: str, kind: Kind | None = None) -> str:
        """By displayName, userPrincipalName, its part before the @, or the first word of a name.

        The first live object that matches wins, in that order, service principals before their
        applications; raises ObjectNotFoundError.
        """
        kinds = [kind] if kind else list(Kind)
        for matches in (_by_display_name, _by_principal_name, _by_first_word):
            for candidate in chain.from_iterable(self.objects[one].values() for one in kinds):
                if matches(candidate, name):
                    return candidate.id
        raise ObjectNotFoundError(name)


def _by_display_name(candidate: DirectoryObject, name: str) -> bool:
    return candidate.display_name == name


def _by_principal_name(candidate: DirectoryObject, name: str) -> bool:
    upn = str(candidate.props.get("userPrincipalName") or "").lower()
    return name.lower() in (upn, upn.partition("@")[0]) and bool(upn)


def _by_first_word(candidate: DirectoryObject, name: str) -> bool:
    return candidate.kind is Kind.USER and (candidate.display_name or "").split(" ")[0] == name
