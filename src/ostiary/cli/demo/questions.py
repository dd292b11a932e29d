"""Three questions to the server, each with an answer that the demo knows beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ostiary.cli.demo.changes import MOVED, RENAMED
from ostiary.cli.demo.narrator import Narrator, StepFailedError
from ostiary.cli.demo.operator import ask, run

APPROVERS = {"Alice Marlow", "Kira Novak"}
APPROVERS_BEFORE = {"Alice Marlow"}


def short_id(entitlement: str) -> str:
    """The server's own id of something that somebody holds; the connector's may fill a line."""
    return str(ask("access", "who", entitlement)[0]["entitlement_id"])


def who_can(narrator: Narrator, approving: str) -> None:
    narrator.say("Who can approve expenses?")
    run(narrator, ["access", "who", approving])
    _expect(APPROVERS, ["access", "who", approving])
    narrator.proven("Kira Novak since this morning, Alice Marlow as before.")


def why(narrator: Narrator, membership: str) -> None:
    narrator.space()
    narrator.say(f"Why is Quentin Leroy in {RENAMED}, where nobody put him?")
    words = ["access", "explain", membership, MOVED]
    run(narrator, words)
    (told,) = ask(*words)
    (path,) = told["paths"]
    if len(path) != 2 or path[-1] != membership or told["grant"]["direct"]:
        raise StepFailedError("The path should go through one other group.")
    narrator.proven(f"SG-Finance is inside {RENAMED}: what he holds there is inherited.")


def who_could(narrator: Narrator, approving: str, before: datetime) -> None:
    narrator.space()
    narrator.say(
        "And who could approve them yesterday? All of this is minutes old, so the day before is "
        "here the moment before that morning; any other instant is asked for in the same way."
    )
    words = ["access", "who", approving, "--as-of", f"{before:%Y-%m-%dT%H:%M:%SZ}"]
    run(narrator, words)
    _expect(APPROVERS_BEFORE, words)
    narrator.proven("Only Alice Marlow: nothing that was true once is overwritten.")


def _expect(holders: set[str], words: Sequence[str]) -> None:
    found = {row["principal"] for row in ask(*words)}
    if found != holders:
        raise StepFailedError(
            f"That should be {', '.join(sorted(holders))}, and is {', '.join(sorted(found))}."
        )
