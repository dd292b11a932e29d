"""The three steps of connecting a tenant by signing in to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ostiary.server.connectors.store.oauth import Authorization

STEPS: Final = (
    (
        "Sign in",
        "With an account of the tenant. If consent was given there before, that is all.",
        "Sign in at Microsoft",
    ),
    (
        "Give consent",
        "An administrator of the tenant lets this server's application in, and sees at Microsoft "
        "what it may read.",
        "Give consent at Microsoft",
    ),
    (
        "Sign in once more",
        "That shows that the consent works, and connects.",
        "Sign in again at Microsoft",
    ),
)
CONSENT: Final = 1
AGAIN: Final = 2


@dataclass(frozen=True)
class Step:
    """`current`: the next one to take. `offered`: it has a button."""

    title: str
    text: str
    verb: str
    action: str
    done: bool
    current: bool
    offered: bool


def steps(here: str, known: Authorization | None, *, consented: bool) -> list[Step]:
    """`here` is the path of the page."""
    done = bool(known and known.authorized_at)
    states = (known is not None, known is not None and (consented or done), done)
    current = states.index(False) if False in states else None
    return [
        Step(
            *words,
            action=f"{here}/consent" if number == CONSENT else here,
            done=states[number],
            current=number == current,
            offered=number == (AGAIN if done else current),
        )
        for number, words in enumerate(STEPS)
    ]
