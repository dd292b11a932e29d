"""What a change of the sources of people would do, in words, and the form that does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ostiary.server.directory.rules.subjects import Person
from ostiary.server.directory.store.assembling import Preview
from ostiary.server.web.components.forms import Form
from ostiary.server.web.moments import counted

SHOWN: Final = 20
"""People by name, of those a change would add or remove."""


@dataclass(frozen=True)
class Effect:
    """What saving would do. `merges_anew`: accounts of all sources look anew for whom they are."""

    merges_anew: bool
    added: int
    removed: int
    undecided: int
    newcomers: Sequence[str]
    leavers: Sequence[tuple[str, str]]
    """Names with the pages of the people."""
    unclear: Sequence[str]

    @property
    def words(self) -> str:
        if not self.added and not self.removed:
            return "nobody is added or removed"
        parts = []
        if self.added:
            parts.append(f"add {counted(self.added, 'person', 'people')}")
        if self.removed:
            parts.append(f"remove {counted(self.removed, 'person', 'people')}")
        return " and ".join(parts)


def saving(action: str, found: Effect, typed: Mapping[str, str]) -> Form:
    """Saves what was `typed`, as long as it does what was seen that it would."""
    expected = {"added": str(found.added), "removed": str(found.removed)}
    return Form(
        action=action,
        verb=f"Save: {found.words}",
        fields=(),
        hidden=tuple({**typed, **expected}.items()),
        tone="danger" if found.removed else "accent",
    )


def removing(source: str, found: Effect) -> Form:
    """`source`: the path of what people were taken from."""
    return Form(
        action=f"{source}/remove",
        verb=f"Stop: {found.words}",
        fields=(),
        cancel=source,
        tone="danger",
    )


def effect(found: Preview, *, merges_anew: bool = False) -> Effect:
    return Effect(
        merges_anew,
        len(found.added),
        len(found.removed),
        len(found.undecided),
        [_named(each) for each in found.added[:SHOWN]],
        [(_named(each), f"/people/{each.id}") for each in found.removed[:SHOWN]],
        [each.display_name or each.login for each in found.undecided[:SHOWN]],
    )


def _named(person: Person) -> str:
    name = person.display_name or person.id
    return f"{name} ({person.email})" if person.email else name
