"""Which streams a sync needs, run side by side, and when each resource type can be listed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable
from enum import StrEnum
from typing import Any

from ostiary.entra.collect import applications_access
from ostiary.entra.collect.applications import Applications
from ostiary.entra.collect.groups import GroupMembers, Groups
from ostiary.entra.collect.reader import Reader
from ostiary.entra.collect.sign_ins import read_sign_ins
from ostiary.entra.collect.users import Users
from ostiary.entra.collect.without_delta import (
    read_applications,
    read_group_members,
    read_groups,
    read_users,
)
from ostiary.entra.options import Options
from ostiary.entra.types import (
    CREDENTIAL,
    DIRECTORY_ROLE,
    ENTERPRISE_APPLICATION,
    GROUP,
    LICENSE,
    MANAGED_IDENTITY,
    PRINCIPALS,
    USER,
)
from ostiary.graph import GraphError

SIGN_IN_GRACE = 2.0
"""Seconds that sign-ins may take longer than everything else."""


class Stream(StrEnum):
    """What is read, each on its own."""

    USERS = "users"
    GROUPS = "groups"
    GROUP_MEMBERS = "group members"
    SERVICE_PRINCIPALS = "service principals"
    APPLICATIONS = "applications"
    SIGN_INS = "sign-in activity"


_OWN = {
    USER: {Stream.USERS},
    GROUP: {Stream.GROUPS, Stream.GROUP_MEMBERS},
    ENTERPRISE_APPLICATION: {Stream.SERVICE_PRINCIPALS},
    MANAGED_IDENTITY: {Stream.SERVICE_PRINCIPALS},
    DIRECTORY_ROLE: set[Stream](),
    LICENSE: set[Stream](),
    CREDENTIAL: {Stream.APPLICATIONS, Stream.SERVICE_PRINCIPALS},
}
_WITH_GRANTS = (GROUP, ENTERPRISE_APPLICATION, DIRECTORY_ROLE, LICENSE)


def needs(type_id: str, selected: Collection[str]) -> set[Stream]:
    """The streams a type's listing waits for: its own, and those of all who can hold it."""
    streams = set(_OWN[type_id])
    if type_id in _WITH_GRANTS:
        for principal in PRINCIPALS:
            if principal in selected:
                streams |= _OWN[principal]
    return streams


class Plan:
    """One sync's reading of the tenant. Roles and licences are polled before it."""

    def __init__(self, reader: Reader, options: Options, selected: Collection[str]) -> None:
        self._reader = reader
        self._options = options
        self._selected = [type_id for type_id in _OWN if type_id in selected]
        self._groups_known = asyncio.Event()
        self.sign_ins_missing = ""
        """Why sign-ins are unknown, in words; empty when they were read or not asked for."""

    async def run(self) -> AsyncIterator[str]:
        """Bring the image up to date, yielding each selected type when it is complete.

        Raises:
            GraphError: a stream could not be finished; the others are stopped.
        """
        waiting = {type_id: needs(type_id, self._selected) for type_id in self._selected}
        if self._options.sign_in_activity and USER in waiting:
            waiting[USER].add(Stream.SIGN_INS)
        tasks = self._start(set().union(*waiting.values()))
        try:
            while waiting:
                for type_id in [type_id for type_id, left in waiting.items() if not left]:
                    del waiting[type_id]
                    yield type_id
                finished = await _next_finished(tasks)
                for left in waiting.values():
                    left -= finished
        finally:
            await _stop(tasks)

    def _start(self, streams: set[Stream]) -> dict[asyncio.Task[None], Stream]:
        readers = {
            Stream.USERS: self._users,
            Stream.GROUPS: self._groups,
            Stream.GROUP_MEMBERS: self._group_members,
            Stream.SERVICE_PRINCIPALS: self._service_principals,
            Stream.APPLICATIONS: self._applications,
        }
        tasks = {asyncio.create_task(readers[s]()): s for s in readers if s in streams}
        if Stream.SIGN_INS in streams:
            tasks[asyncio.create_task(self._sign_ins(list(tasks)))] = Stream.SIGN_INS
        return tasks

    async def _users(self) -> None:
        wanted = self._options.on_premises_extension_attributes
        await read_users(self._reader, Users(extension_attributes=wanted))

    async def _groups(self) -> None:
        await read_groups(self._reader, Groups())
        self._groups_known.set()

    async def _group_members(self) -> None:
        await read_group_members(self._reader, GroupMembers(), self._groups_known.wait)

    async def _service_principals(self) -> None:
        await applications_access.refresh(self._reader)

    async def _applications(self) -> None:
        await read_applications(self._reader, Applications())

    async def _sign_ins(self, others: list[asyncio.Task[None]]) -> None:
        """Read sign-ins while the other streams are read, and a moment longer at most."""
        reading: asyncio.Task[Any] = asyncio.create_task(read_sign_ins(self._reader))
        try:
            while not reading.done() and (pending := {o for o in others if not o.done()}):
                await asyncio.wait({reading, *pending}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({reading}, timeout=SIGN_IN_GRACE)
            if reading.done():
                self.sign_ins_missing = reading.result()
        except GraphError as error:
            self.sign_ins_missing = error.message
        finally:
            await _stop([reading])


async def _next_finished(tasks: dict[asyncio.Task[None], Stream]) -> set[Stream]:
    """Wait for streams to finish, and take them off; raises what one of them raised.

    Then all stay on, so that whoever stops them hears of others that failed at the same time.
    """
    if not tasks:
        return set()
    finished, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in finished:
        task.result()
    return {tasks.pop(task) for task in finished}


async def _stop(tasks: Iterable[asyncio.Task[Any]]) -> None:
    remaining = list(tasks)
    for task in remaining:
        task.cancel()
    await asyncio.gather(*remaining, return_exceptions=True)
