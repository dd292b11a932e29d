"""What a program found about its settings, as a list that says what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ostiary.server.connectors.configuration.findings import Finding, Missing
from ostiary.server.web.components.cells import Tone


@dataclass(frozen=True)
class Look:
    tone: Tone
    icon: str
    word: str


@dataclass(frozen=True)
class Found:
    """`missing`: permissions that `message` does not name already."""

    look: Look
    feature: str
    message: str
    remedy: str
    missing: Sequence[Missing]


_LOOKS: Final[Mapping[str, Look]] = {
    "ok": Look("proven", "circle-check", "works"),
    "notice": Look("person", "info-circle", "goes without"),
    "error": Look("danger", "circle-x", "does not work"),
}


def found(findings: Iterable[Finding]) -> list[Found]:
    return [
        Found(
            _LOOKS[each.severity],
            each.feature,
            each.message,
            each.remedy,
            [one for one in each.missing if one.permission not in each.message],
        )
        for each in findings
    ]
