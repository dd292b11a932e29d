"""The places that the sidebar leads to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from ostiary.server.kernel.authz.permissions import Permission


@dataclass(frozen=True)
class Section:
    """`key`: the letter that leads there after `g`."""

    title: str
    path: str
    icon: str
    permission: Permission
    key: str


SECTIONS = (
    Section("Home", "/", "home", Permission.SELF, "h"),
    Section("Apps", "/apps", "apps", Permission.APPS_VIEW, "a"),
    Section("Connectors", "/connectors", "plug-connected", Permission.CONNECTORS_VIEW, "c"),
    Section("Directory", "/people", "users", Permission.USERS_VIEW, "p"),
    Section("Explore", "/explore", "compass", Permission.EXPLORE, "e"),
    Section("System log", "/log", "history", Permission.SYSTEM_LOG_VIEW, "l"),
    Section("Settings", "/settings", "settings", Permission.SETTINGS_VIEW, "s"),
)
"""Shown as soon as somebody serves its path."""


@dataclass(frozen=True)
class Crumb:
    title: str
    path: str


@dataclass(frozen=True)
class Sidebar:
    sections: tuple[Section, ...]
    hidden: tuple[str, ...]
    """Titles of what the caller may not see: said, never left blank."""


def served(paths: Collection[str]) -> tuple[Section, ...]:
    return tuple(section for section in SECTIONS if section.path in paths)


def sidebar(sections: Iterable[Section], allows: Callable[[Permission], bool]) -> Sidebar:
    known = tuple(sections)
    visible = tuple(section for section in known if allows(section.permission))
    hidden = tuple(section.title for section in known if section not in visible)
    return Sidebar(visible, hidden)


def section_of(sections: Iterable[Section], path: str) -> str:
    """The path of the section that a page is in; empty for none."""
    under = [s.path for s in sections if path == s.path or path.startswith(f"{s.path}/")]
    return max(under, key=len, default="")
