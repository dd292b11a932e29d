"""Objects come, change, are soft-deleted, come back, and go for good."""

from copy import deepcopy
from uuid import UUID

from ostiary.tenant.clock import graph_time
from ostiary.tenant.directory import dynamic, journal, licensing, severing
from ostiary.tenant.directory.ids import stable_id
from ostiary.tenant.directory.objects import DirectoryObject, Kind, Properties
from ostiary.tenant.directory.state import AlreadyExistsError, ObjectNotFoundError, State


def create(state: State, kind: Kind, props: Properties, object_id: str | None) -> DirectoryObject:
    """Without an id, one is derived from the object's place in the tenant: same run, same id."""
    new_id = object_id or _next_id(state, kind)
    if new_id in state.index or new_id in state.deleted:
        raise AlreadyExistsError(new_id)
    created = DirectoryObject(str(UUID(new_id)), kind, deepcopy(props))
    state.objects[kind][created.id] = created
    state.index[created.id] = created
    state.record(created, journal.CREATED)
    dynamic.appeared(state, created)
    return created


def update(state: State, object_id: str, props: Properties) -> list[str]:
    changing = state.get(object_id)
    names = state.replace_props(changing, props)
    dynamic.changed(state, changing, names)
    return names


def soft_delete(state: State, object_id: str) -> DirectoryObject:
    gone = state.get(object_id)
    state.severed[object_id] = severing.sever(state, gone)
    if gone.kind is Kind.USER:
        licensing.release_seats(state, gone)
    _take_off(state, gone)
    gone.deleted_at = state.clock.now()
    gone.props["deletedDateTime"] = graph_time(gone.deleted_at)
    state.deleted[object_id] = gone
    state.record(gone, journal.DELETED)
    return gone


def restore(state: State, object_id: str) -> DirectoryObject:
    back = state.deleted.pop(object_id, None)
    if back is None:
        raise ObjectNotFoundError(object_id)
    back.deleted_at = None
    back.props.pop("deletedDateTime", None)
    state.objects[back.kind][object_id] = back
    state.index[object_id] = back
    state.record(back, journal.RESTORED)
    if back.kind is Kind.USER:
        licensing.reclaim_seats(state, back)
    severing.tie_again(state, back, state.severed.pop(object_id))
    dynamic.appeared(state, back)
    return back


def purge(state: State, object_id: str) -> None:
    """For good, whether live or already soft-deleted."""
    gone = state.deleted.pop(object_id, None)
    if gone is None:
        gone = state.get(object_id)
        severing.sever(state, gone)
        if gone.kind is Kind.USER:
            licensing.release_seats(state, gone)
        _take_off(state, gone)
    state.severed.pop(object_id, None)
    state.sign_ins.pop(object_id, None)
    state.sync_jobs.pop(object_id, None)
    state.record(gone, journal.PURGED)


def _take_off(state: State, gone: DirectoryObject) -> None:
    del state.objects[gone.kind][gone.id]
    del state.index[gone.id]
    dynamic.disappeared(state, gone)


def _next_id(state: State, kind: Kind) -> str:
    taken = len(state.index) + len(state.deleted)
    attempt = 0
    while True:
        new_id = stable_id(state.tenant_id, kind, str(state.journal.version), f"{taken}.{attempt}")
        if new_id not in state.index and new_id not in state.deleted:
            return new_id
        attempt += 1
