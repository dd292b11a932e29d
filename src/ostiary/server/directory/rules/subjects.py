"""What the rules speak of: accounts as connectors report them, and people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Status = Literal["enabled", "disabled", "deleted", "unknown"]

NON_HUMAN: Final = frozenset({"service", "system"})


@dataclass(frozen=True, slots=True)
class Account:
    """`id` is ours, `external_id` the connector's; `kind` is what the connector says it is for."""

    id: int
    public_id: str
    app_id: str
    external_id: str
    display_name: str = ""
    login: str = ""
    login_aliases: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    status: str = "unspecified"
    profile: Mapping[str, Any] = field(default_factory=dict)
    given_name: str = ""
    family_name: str = ""
    employee_ids: tuple[str, ...] = ()
    kind: str = "unspecified"

    @property
    def usernames(self) -> tuple[str, ...]:
        return distinct((self.login, *self.login_aliases))


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody who signs in and was not made by a directory."""

    public_id: str
    email: str
    display_name: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from: an account of an app, and its attribute or expression there."""

    app_id: str
    account_id: str
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Person:
    """`id` is the public one. `sources` by attribute, the one that counts first."""

    id: str
    display_name: str = ""
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    emails: tuple[str, ...] = ()
    username: str = ""
    usernames: tuple[str, ...] = ()
    employee_ids: tuple[str, ...] = ()
    department: str = ""
    job_title: str = ""
    employment_status: str = ""
    employment_type: str = ""
    status: Status = "unknown"
    manager_ids: tuple[str, ...] = ()
    profile: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, tuple[Source, ...]] = field(default_factory=dict)


def folded(text: str) -> str:
    """Two addresses or names that are equal this way are the same."""
    return text.strip().casefold()


def distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """In order, without blanks and without what differs in case only."""
    seen: dict[str, str] = {}
    for text in texts:
        seen.setdefault(folded(text), text)
    seen.pop("", None)
    return tuple(seen.values())
