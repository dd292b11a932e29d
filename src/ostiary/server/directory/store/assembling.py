"""What directories make of the accounts that are there now, before anything of it is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

import sqlalchemy as sa

from ostiary.server.directory.rules.assembly import Assembly, Directory, assemble
from ostiary.server.directory.rules.subjects import Account, Person, folded
from ostiary.server.directory.store import accounts, directories, people
from ostiary.server.directory.store.accounts import Known


@dataclass(frozen=True)
class Preview:
    """Whom it would add and remove, by name. `undecided`: accounts for which the condition has no
    value, so that nothing would change for them."""

    added: Sequence[Person]
    removed: Sequence[Person]
    undecided: Sequence[Account]


def gather(
    connection: sa.Connection,
    configured: Sequence[Directory],
    new_id: Callable[[], str],
    *,
    remerge: bool,
) -> tuple[Assembly, Sequence[Known]]:
    """Accounts whose owner somebody decided by hand make nobody."""
    app_ids = [each.app_id for each in configured]
    known = list(accounts.of_apps(connection, app_ids))
    assembly = assemble(
        configured,
        [each.account for each in known if not each.decided],
        people.sign_ins(connection),
        accounts.past_links(connection, app_ids),
        new_id,
        remerge=remerge,
    )
    return assembly, known


def preview_saving(connection: sa.Connection, wanted: Directory) -> Preview:
    """If this were saved, beside the other directories."""
    stored = directories.every(connection)
    before = [each.directory for each in stored]
    old = next((each for each in before if each.app_id == wanted.app_id), None)
    remerge = any(each.remerge for each in stored)
    if old is None:
        return preview(connection, [*before, wanted], remerge=remerge)
    planned = [wanted if each is old else each for each in before]
    return preview(connection, planned, remerge=remerge or old.merge_cases != wanted.merge_cases)


def preview_removing(connection: sa.Connection, app_id: str) -> Preview:
    """If this app were no directory any more."""
    stored = directories.every(connection)
    rest = [each.directory for each in stored if each.directory.app_id != app_id]
    return preview(connection, rest, remerge=any(each.remerge for each in stored))


def preview(
    connection: sa.Connection, configured: Sequence[Directory], *, remerge: bool
) -> Preview:
    """If these were all the directories. Who signs in of their own becomes a person anyway."""
    numbers = count()
    assembly, _ = gather(connection, configured, lambda: f"(new) {next(numbers)}", remerge=remerge)
    now = {each.id: each for each in people.current(connection) if each.status != "deleted"}
    then = {each.id: each for each in assembly.people if each.status != "deleted"}
    anyway = {each.public_id for each in people.sign_ins(connection)}
    return Preview(
        added=_by_name([then[key] for key in then.keys() - now.keys() - anyway]),
        removed=_by_name([now[key] for key in now.keys() - then.keys()]),
        undecided=assembly.undecided,
    )


def _by_name(found: Sequence[Person]) -> list[Person]:
    return sorted(found, key=lambda person: (folded(person.display_name), person.id))
