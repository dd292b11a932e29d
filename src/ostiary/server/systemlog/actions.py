"""Walking the chain of the audit log, and noting what came out."""

from __future__ import annotations

from typing import Final

from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.audit_log import Anchor, verify
from ostiary.server.kernel.work import Kernel, UnitOfWork
from ostiary.server.systemlog import rules, store

VERIFY: Final = "systemlog.verify"
"""The job that does it: a long log takes longer than a page may."""


def ask(unit: UnitOfWork) -> bool:
    """Has the chain walked. False when that is under way already."""
    if rules.running(store.latest(unit.connection), unit.now):
        return False
    key = store.add(unit.connection, unit.now, unit.actor.name or unit.actor.id)
    unit.defer(VERIFY, key=key)
    return True


def prove(kernel: Kernel, key: int) -> None:
    """The last whole proof is held against the log as well, so that what was cut off and written
    anew shows."""
    with kernel.read() as connection:
        before = store.latest_whole(connection)
        verdict = verify(connection, _anchor(before))
    with kernel.work(SYSTEM) as unit:
        store.finish(unit.connection, key, verdict, unit.now)
        unit.audit(
            "systemlog.chain.verify",
            "system_log",
            str(verdict.head.sequence),
            after={
                "entries": verdict.entries,
                "head": str(verdict.head),
                "problems": list(verdict.problems),
            },
        )


def _anchor(proof: rules.Verification | None) -> Anchor | None:
    if proof is None or proof.head is None or proof.head.sequence == 0:
        return None
    return proof.head
