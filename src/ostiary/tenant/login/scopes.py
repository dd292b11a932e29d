"""The `scope` parameter: one resource, its permissions, and OpenID Connect's own words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ostiary.tenant.login.registrations import AppRegistration

GRAPH = "https://graph.microsoft.com"
_OPENID = frozenset({"openid", "profile", "email", "offline_access"})
_DEFAULT = ".default"


@dataclass(frozen=True, slots=True)
class Scope:
    """`values` are permissions of `resource`, without its prefix."""

    resource: str
    values: frozenset[str]
    words: frozenset[str]

    @classmethod
    def parse(cls, text: str) -> Scope:
        """A permission without a resource belongs to Graph."""
        words = text.split()
        resource, values = GRAPH, set[str]()
        for word in words:
            if word.lower() in _OPENID:
                continue
            prefix, separator, value = word.rpartition("/")
            if separator:
                resource = prefix
            values.add(value)
        return cls(resource, frozenset(values), frozenset(word.lower() for word in words) & _OPENID)

    @property
    def wants_default(self) -> bool:
        return _DEFAULT in self.values

    @property
    def offline(self) -> bool:
        return "offline_access" in self.words

    @property
    def openid(self) -> bool:
        return "openid" in self.words

    def permissions(self, app: AppRegistration) -> set[str]:
        """Delegated permissions asked for: those the app is configured with for `.default`."""
        return set(app.delegated_scopes) if self.wants_default else set(self.values)

    def described(self, granted: Iterable[str]) -> str:
        """The `scope` of an answer, with the resource spelt out."""
        full = [f"{self.resource}/{permission}" for permission in sorted(granted)]
        return " ".join([*sorted(self.words - {"offline_access"}), *full])
