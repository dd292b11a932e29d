"""What is done to people and services that sign in: made, given roles, disabled."""

from __future__ import annotations

import re
from collections.abc import Iterable

import sqlalchemy as sa

from ostiary.server.kernel.auth import sessions, user_store
from ostiary.server.kernel.auth.user_store import Kind, Origin, User
from ostiary.server.kernel.authz.roles import (
    BASIC_USER,
    SUPER_ADMINISTRATOR,
    find_role,
)
from ostiary.server.kernel.errors import already_exists, failed_precondition, invalid, not_found
from ostiary.server.kernel.work import UnitOfWork

LONGEST_NAME = 200
_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,189}")


def check_email(text: str) -> str:
    """Without the blanks around it. INVALID_ARGUMENT unless it looks like an address."""
    address = text.strip()
    if not _EMAIL.fullmatch(address):
        raise invalid("that is no e-mail address")
    return address


def check_name(text: str) -> str:
    name = text.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise invalid(f"a name has 1 to {LONGEST_NAME} printable characters")
    return name


def check_roles(keys: Iterable[str]) -> list[str]:
    """Ids of roles given by id or name, each once."""
    roles = {key: find_role(key) for key in keys}
    for key, role in roles.items():
        if role is None:
            raise invalid(f"there is no role {key!r}")
    return sorted({role.id for role in roles.values() if role})


def create_person(unit: UnitOfWork, email: str, display_name: str, origin: Origin) -> User:
    """A Basic User. ALREADY_EXISTS when somebody has the address."""
    name = check_name(display_name or email)
    return _create(unit, "human", check_email(email), name, origin, [BASIC_USER.id])


def create_service(unit: UnitOfWork, display_name: str) -> User:
    """A service principal, without roles until somebody gives it some."""
    return _create(unit, "service", "", check_name(display_name), "local", [])


def promote_first(unit: UnitOfWork, user: User) -> User:
    return set_roles(unit, user, [*user.role_ids, SUPER_ADMINISTRATOR.id])


def set_roles(unit: UnitOfWork, user: User, role_ids: list[str]) -> User:
    """Replaces them all. FAILED_PRECONDITION when that leaves no Super Administrator."""
    user_store.lock_roles(unit)
    before = find(unit.connection, user.public_id)
    user_store.set_roles(unit, user.id, role_ids)
    _keep_a_super_administrator(unit, before)
    after = find(unit.connection, user.public_id)
    unit.audit(
        "auth.user.set_roles",
        "user",
        user.public_id,
        {"roles": _names(before)},
        {"roles": _names(after)},
    )
    return after


def set_status(unit: UnitOfWork, user: User, *, enabled: bool) -> User:
    """Who is disabled is signed out everywhere, and so are the API keys."""
    user_store.lock_roles(unit)
    before = find(unit.connection, user.public_id)
    status = "enabled" if enabled else "disabled"
    user_store.change(unit, user, status=status)
    if not enabled:
        sessions.close_all(unit, user)
        _keep_a_super_administrator(unit, before)
    unit.audit(
        "auth.user.set_status",
        "user",
        user.public_id,
        {"status": before.status},
        {"status": status},
    )
    return find(unit.connection, user.public_id)


def delete_service(unit: UnitOfWork, user: User) -> None:
    user_store.change(unit, user, status="deleted", deleted_at=unit.now)
    unit.audit(
        "auth.service_principal.delete",
        "service_principal",
        user.public_id,
        {"display_name": user.display_name, "roles": _names(user)},
    )


def rename_service(unit: UnitOfWork, user: User, display_name: str) -> User:
    name = check_name(display_name)
    user_store.change(unit, user, display_name=name)
    unit.audit(
        "auth.service_principal.update",
        "service_principal",
        user.public_id,
        {"display_name": user.display_name},
        {"display_name": name},
    )
    return find(unit.connection, user.public_id)


def find(connection: sa.Connection, public_id: str, kind: Kind | None = None) -> User:
    user = user_store.find_public(connection, public_id, kind)
    if user is None:
        raise not_found("there is no such user")
    return user


def _create(
    unit: UnitOfWork,
    kind: Kind,
    email: str,
    display_name: str,
    origin: Origin,
    role_ids: list[str],
) -> User:
    user = user_store.add(
        unit,
        kind=kind,
        email=email,
        display_name=display_name,
        origin=origin,
        role_ids=role_ids,
    )
    if user is None:
        raise already_exists("somebody with this e-mail address exists already")
    noun = "user" if kind == "human" else "service_principal"
    after = {"email": email, "display_name": display_name, "origin": origin, "roles": _names(user)}
    unit.audit(f"auth.{noun}.create", noun, user.public_id, after=after)
    return user


def _keep_a_super_administrator(unit: UnitOfWork, before: User) -> None:
    if SUPER_ADMINISTRATOR.id not in before.role_ids:
        return
    if not user_store.somebody_has_role(unit.connection, SUPER_ADMINISTRATOR.id):
        raise failed_precondition("somebody else must be Super Administrator first")


def _names(user: User) -> list[str]:
    return sorted(role.name if (role := find_role(key)) else key for key in user.role_ids)
