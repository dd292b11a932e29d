"""What is done to people and to owners of accounts. Everything here is locked against itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from ostiary.server.directory.rules import matching, standing
from ostiary.server.directory.rules.assembly import Directory, Link
from ostiary.server.directory.rules.matching import Case, Index, Mode
from ostiary.server.directory.store import accounts, directories, owners, people, sign_ins
from ostiary.server.directory.store.accounts import Known
from ostiary.server.directory.store.assembling import gather, preview_saving
from ostiary.server.directory.store.directories import App, Stored
from ostiary.server.directory.store.people import Changes
from ostiary.server.directory.store.reading import Found
from ostiary.server.directory.store.sign_ins import Followed
from ostiary.server.kernel.errors import AppError, Code, failed_precondition, invalid, not_found
from ostiary.server.kernel.work import UnitOfWork

MANUAL = "manual"
ACCOUNT_TYPES = ("user", "service", "system")
REFRESH = "directory.refresh"
NOTHING = Changes()


@dataclass(frozen=True)
class Refreshed:
    """What a refresh changed: people, and owners of accounts."""

    people: Changes = NOTHING
    owners: Changes = NOTHING

    def __bool__(self) -> bool:
        return bool(self.people or self.owners)


def refresh(unit: UnitOfWork, app_id: int) -> Refreshed:
    """After accounts of an app (by internal id) changed. A repeat writes nothing.

    Accounts of a directory make people, and people may own accounts of all apps; accounts of
    another app only look for their own owners.
    """
    app = directories.app_by_number(unit.connection, app_id)
    if app is None:
        return Refreshed()
    people.lock(unit.connection)
    configured = directories.every(unit.connection)
    serves = app.public_id in {each.directory.app_id for each in configured}
    if serves or people.someone_is_new(unit.connection):
        done = _assemble(unit, configured)
        if done.people or not serves:
            apps = directories.apps_with_accounts(unit.connection)
            done = replace(done, owners=_plus(done.owners, _find_owners(unit, apps)))
    else:
        done = Refreshed(owners=_find_owners(unit, [app.public_id]))
    return _recorded(unit, app.public_id, done)


def refresh_everything(unit: UnitOfWork) -> Refreshed:
    """All directories and all apps, such as after an import condition changed."""
    people.lock(unit.connection)
    done = _assemble(unit, directories.every(unit.connection))
    apps = directories.apps_with_accounts(unit.connection)
    done = replace(done, owners=_plus(done.owners, _find_owners(unit, apps)))
    return _recorded(unit, "all", done)


def save_directory(
    unit: UnitOfWork,
    app_id: str,
    wanted: Directory,
    mappings: dict[str, Any],
    sign_in_issuer: str | None = None,
) -> None:
    """Makes an app a directory or changes how it is one; people follow in the background.

    `sign_in_issuer`: None leaves it, empty means that account ids are nobody's subjects.
    """
    check_issuer(sign_in_issuer or "")
    people.lock(unit.connection)
    app = _app(unit, app_id)
    if not directories.has_been_synced(unit.connection, app.id):
        raise failed_precondition("an app can be a directory once it has been synced")
    before = directories.find(unit.connection, app_id)
    directories.save(unit, app.id, wanted, mappings)
    if sign_in_issuer is not None:
        directories.set_sign_in_issuer(unit, app.id, sign_in_issuer)
    if before is not None and before.directory.merge_cases != wanted.merge_cases:
        directories.want_remerge(unit, wanted=True)
    after = directories.find(unit.connection, app_id)
    unit.audit(
        "directory.directory.update" if before else "directory.directory.create",
        "directory",
        app_id,
        _told(before),
        _told(after),
    )
    unit.defer(REFRESH, queueing_lock=REFRESH)


def check_issuer(issuer: str) -> None:
    """Empty is none."""
    if issuer and not issuer.startswith("https://"):
        raise invalid("the issuer of sign-ins must be an https URL")


def save_previewed(
    unit: UnitOfWork,
    wanted: Directory,
    mappings: dict[str, Any],
    sign_in_issuer: str,
    added: int,
    removed: int,
) -> None:
    """Saves only what still adds and removes as many people as somebody saw that it would."""
    people.lock(unit.connection)
    _app(unit, wanted.app_id)
    found = preview_saving(unit.connection, wanted)
    if (len(found.added), len(found.removed)) != (added, removed):
        raise AppError(
            Code.ABORTED,
            "What this would do has changed since the preview, by a sync or by somebody else. "
            "Nothing is saved. Preview it again.",
        )
    save_directory(unit, wanted.app_id, wanted, mappings, sign_in_issuer)


def remove_directory(unit: UnitOfWork, app_id: str) -> None:
    """Its accounts are like those of any other app from now on."""
    people.lock(unit.connection)
    before = directories.find(unit.connection, app_id)
    if before is None:
        raise not_found("this app is no directory")
    directories.remove(unit, before.app)
    unit.audit("directory.directory.delete", "directory", app_id, _told(before))
    unit.defer(REFRESH, queueing_lock=REFRESH)


def set_matching(unit: UnitOfWork, app_id: str, mode: Mode, cases: Sequence[Case] = ()) -> None:
    """How an app's accounts find their owners, who are looked for anew at once."""
    if (mode == "custom") != bool(cases):
        raise invalid("custom matching, and no other, has pairs of keys")
    matching.rules_of(mode, cases)
    people.lock(unit.connection)
    app = _app(unit, app_id)
    before = directories.matching(unit.connection, app_id)
    directories.set_matching(unit, app.id, mode, cases)
    unit.audit(
        "directory.matching.update",
        "app",
        app_id,
        {"mode": before[0], "cases": [asdict(case) for case in before[1]]},
        {"mode": mode, "cases": [asdict(case) for case in cases]},
    )
    refresh(unit, app.id)


def set_owner(unit: UnitOfWork, account: Found, person_id: str | None) -> None:
    """By hand: a person (by public id), or nobody. Syncs leave it so."""
    set_owners(unit, [account], person_id)


def set_owners(unit: UnitOfWork, given: Sequence[Found], person_id: str | None) -> None:
    """Of all these the same one; each app is gone through once."""
    people.lock(unit.connection)
    if people.someone_is_new(unit.connection):
        _assemble(unit, directories.every(unit.connection))
    if person_id is not None and not people.exists(unit.connection, person_id):
        raise invalid("there is no such user")
    for account in given:
        owners.decide(unit, account.resource_id, person_id)
    _owners_changed(unit, given, {"owner": person_id, "decided": True})


def reset_owner(unit: UnitOfWork, account: Found) -> None:
    """Whoever matching finds."""
    reset_owners(unit, [account])


def reset_owners(unit: UnitOfWork, given: Sequence[Found]) -> None:
    people.lock(unit.connection)
    for account in given:
        owners.reset(unit, account.resource_id)
    _owners_changed(unit, given, {"decided": False})


def set_account_type(unit: UnitOfWork, account: Found, account_type: str) -> None:
    """user, service or system: never inferred, and kept by syncs. A repeat writes nothing."""
    if account_type not in ACCOUNT_TYPES:
        raise invalid("an account is a user's, a service account or a system account")
    if account_type == account.account_type:
        return
    owners.set_type(unit, account.resource_id, account_type)
    unit.audit(
        "directory.account.set_type",
        "app_user",
        account.id,
        {"type": account.account_type},
        {"type": account_type},
    )


def set_trusted_domains(unit: UnitOfWork, domains: Iterable[str]) -> None:
    """Replaces them all. INVALID_ARGUMENT names what is none."""
    wanted = sorted({standing.check_domain(each) for each in domains})
    before = directories.domains(unit.connection)
    directories.set_domains(unit, wanted)
    unit.audit(
        "directory.trusted_domains.update",
        "settings",
        "trusted_domains",
        {"domains": before},
        {"domains": wanted},
    )


def _app(unit: UnitOfWork, app_id: str) -> App:
    app = directories.find_app(unit.connection, app_id)
    if app is None:
        raise not_found("there is no such app")
    return app


def _owners_changed(unit: UnitOfWork, changed: Sequence[Found], after: dict[str, Any]) -> None:
    for account in changed:
        before = {"owner": account.owner_id, "decided": account.owner_decided}
        unit.audit("directory.account.set_owner", "app_user", account.id, before, after)
    for app in sorted({account.app for account in changed}):
        refresh(unit, app)


def _assemble(unit: UnitOfWork, configured: Sequence[Stored]) -> Refreshed:
    remerge = any(each.remerge for each in configured)
    assembly, known = gather(
        unit.connection,
        [each.directory for each in configured],
        unit.new_id,
        remerge=remerge,
    )
    changes = people.save(unit, assembly.people)
    _record_sign_ins(unit, sign_ins.follow(unit))
    directories.want_remerge(unit, wanted=False)
    links = ((each.account.id, _link(each, assembly.links.get(each.account.id))) for each in known)
    return Refreshed(changes, owners.save(unit, links))


def _find_owners(unit: UnitOfWork, app_ids: Sequence[str]) -> Changes:
    """Only custom keys look into profiles."""
    modes = {app_id: directories.matching(unit.connection, app_id) for app_id in app_ids}
    custom = any(mode == "custom" for mode, _ in modes.values())
    everybody = list(people.current(unit.connection, brief=not custom))
    total = NOTHING
    for app_id, (mode, cases) in modes.items():
        index = Index(matching.rules_of(mode, cases))
        for person in everybody:
            index.add(person)
        known = accounts.of_apps(unit.connection, [app_id], profiles=mode == "custom")
        total = _plus(total, owners.save(unit, _matched(index, known)))
    return total


def _matched(index: Index, known: Iterable[Known]) -> Iterator[tuple[int, Link | None]]:
    for each in known:
        match = None if each.decided else index.match(each.account)
        yield each.account.id, _link(each, Link(match.person, match.rule) if match else None)


def _link(known: Known, found: Link | None) -> Link | None:
    if not known.decided:
        return found
    return Link(known.decided_owner, MANUAL) if known.decided_owner else None


def _plus(one: Changes, other: Changes) -> Changes:
    return Changes(
        one.added + other.added, one.removed + other.removed, one.changed + other.changed
    )


def _record_sign_ins(unit: UnitOfWork, followed: Followed) -> None:
    """One by one: somebody will ask why a certain person cannot get in."""
    for each in followed.switched:
        before, after = ("disabled", "enabled") if each.enabled else ("enabled", "disabled")
        because = f"the person is {each.person} in the directory"
        unit.audit(
            "auth.user.set_status",
            "user",
            each.user,
            {"status": before},
            {"status": after, "because": because},
        )
    for renamed in followed.renamed:
        unit.audit("auth.user.rename", "user", renamed.user, renamed.before, renamed.after)


def _recorded(unit: UnitOfWork, what: str, done: Refreshed) -> Refreshed:
    if done:
        unit.audit("directory.people.refresh", "directory", what, after=asdict(done))
    return done


def _told(stored: Stored | None) -> dict[str, Any] | None:
    if stored is None:
        return None
    return {
        "condition": stored.directory.condition,
        "merge_cases": [asdict(case) for case in stored.directory.merge_cases],
        "mappings": stored.mappings,
        "sign_in_issuer": stored.sign_in_issuer,
    }
