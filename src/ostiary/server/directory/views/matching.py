"""How the accounts of an app find their owners, as a form and as what it would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ostiary.server.directory.rules.matching import Mode
from ostiary.server.directory.rules.subjects import Account
from ostiary.server.directory.store.matching_preview import Effect
from ostiary.server.directory.views.written import PAIRS_EXAMPLE, PAIRS_HELP
from ostiary.server.web.components.forms import Field, Form
from ostiary.server.web.moments import counted

MOST_NAMES: Final = 10
MODES: Final[tuple[tuple[Mode, str], ...]] = (
    ("narrow", "Narrow: the same e-mail address or username"),
    ("broad", "Broad: as narrow, and then the same name"),
    ("custom", "Custom: pairs of your own"),
)


@dataclass(frozen=True)
class Line:
    """One kind of change: to how many accounts, and to which for instance."""

    icon: str
    tone: str
    said: str
    names: Sequence[str]
    more: int


def path(app_id: str) -> str:
    return f"/apps/{app_id}/settings/matching"


def form(app_id: str, mode: str, pairs: str) -> Form:
    return Form(
        action=path(app_id),
        verb="Show what would change",
        fields=(
            Field(
                "mode",
                "An account belongs to the person with",
                "select",
                mode,
                options=MODES,
                required=True,
            ),
            Field(
                "pairs",
                "Pairs",
                "textarea",
                pairs,
                help=f"Only for custom matching. {PAIRS_HELP}",
                placeholder=PAIRS_EXAMPLE,
            ),
        ),
    )


def confirm_form(app_id: str, mode: str, pairs: str, effect: Effect) -> Form:
    changing = len(effect.found) + len(effect.lost) + len(effect.changed)
    return Form(
        action=path(app_id),
        verb=f"Save: {counted(changing, 'account')} would change" if changing else "Save",
        cancel=path(app_id),
        fields=(),
        hidden=(("mode", mode), ("pairs", pairs), ("confirmed", "1")),
    )


def effects(effect: Effect) -> list[Line]:
    return [
        _line("user-check", "accent", "would find an owner", effect.found),
        _line("user-off", "danger", "would lose their owner", effect.lost),
        _line("refresh", "person", "would belong to somebody else", effect.changed),
        Line("circle-check", "proven", f"{counted(effect.same, 'account')} would stay", (), 0),
        *(
            [
                Line(
                    "user",
                    "proven",
                    f"{counted(effect.by_hand, 'account')} with an owner set by hand would stay",
                    (),
                    0,
                )
            ]
            if effect.by_hand
            else []
        ),
    ]


def _line(icon: str, tone: str, words: str, accounts: Sequence[Account]) -> Line:
    names = [each.display_name or each.login or each.external_id for each in accounts[:MOST_NAMES]]
    said = f"{counted(len(accounts), 'account')} {words}"
    return Line(icon, tone if accounts else "proven", said, names, len(accounts) - len(names))
