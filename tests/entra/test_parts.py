"""Members of many groups, read in parts the first time: the same truth as in one stream."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest
from aiohttp import web

from ostiary.tenant.directory import Directory
from ostiary.tenant.drift import drift
from ostiary.tenant.generate import generate
from ostiary.tenant.server import SimulatedTenant

from .expected import differences, expected
from .patience import hurried
from .running import Outcome, read, sync
from .watching import Handler, refusing, watched


@pytest.fixture
def tenant() -> SimulatedTenant:
    """Three parts of several pages."""
    return SimulatedTenant(
        generate(users=300, groups=120, memberships=4000, service_principals=30, seed=5)
    )


@contextmanager
def answering_parts(tenant: SimulatedTenant, answer: Handler) -> Iterator[list[str]]:
    """Start the tenant with another answer to what is asked by ids; the filters it saw."""
    filters: list[str] = []
    serve = tenant.surface.handle

    async def handle(request: web.Request) -> web.StreamResponse:
        asked = request.query.get("$filter", "")
        if not asked.startswith("id eq"):
            return await serve(request)
        filters.append(asked)
        return await answer(request)

    with patch.object(tenant.surface, "handle", handle), tenant:
        yield filters


def run(tenant: SimulatedTenant, file: Path) -> Outcome:
    return sync(tenant, file, definition=hurried(tenant))


def assert_true(tenant: SimulatedTenant, file: Path, outcome: Outcome) -> None:
    assert outcome.code == 0, outcome.stderr
    assert differences(read(file), expected(tenant.directory)) == ""


def test_members_are_read_by_fifty_groups_and_followed_in_one_stream_afterwards(
    tenant: SimulatedTenant, tmp_path: Path
) -> None:
    file = tmp_path / "sync.c1z"
    with answering_parts(tenant, tenant.surface.handle) as filters:
        assert_true(tenant, file, run(tenant, file))
        assert sorted(text.count("id eq") for text in filters) == [20, 50, 50]
        tenant.change(lambda d: drift(d, 5, 60))
        tenant.ledger.reset()
        assert_true(tenant, file, run(tenant, file))
        assert len(filters) == 3
        assert tenant.ledger.operations["GET /groups/delta"].requests <= 6


async def of_all(request: web.Request) -> web.StreamResponse:
    return page(request, [{"id": "00000000-0000-4000-8000-00000000beef"}])


async def of_none(request: web.Request) -> web.StreamResponse:
    return page(request, [])


def page(request: web.Request, value: list[dict[str, str]]) -> web.StreamResponse:
    link = f"{request.scheme}://{request.host}/v1.0/groups/delta?$deltatoken=x"
    return web.json_response({"value": value, "@odata.deltaLink": link})


UNABLE: dict[str, Handler] = {
    "refuses the filter": refusing(400, "Request_UnsupportedQuery"),
    "does not know it": refusing(501, "NotImplemented"),
    "passes over it": of_all,
    "leaves groups out": of_none,
}


@pytest.mark.parametrize("graph", UNABLE)
def test_where_graph_does_not_filter_one_stream_tells_everything(
    graph: str, tenant: SimulatedTenant, tmp_path: Path
) -> None:
    file = tmp_path / "sync.c1z"
    with answering_parts(tenant, UNABLE[graph]) as filters:
        assert_true(tenant, file, run(tenant, file))
        assert filters
        filters.clear()
        tenant.change(lambda d: drift(d, 5, 60))
        assert_true(tenant, file, run(tenant, file))
        tenant.set_weather(
            {"rules": [{"match": "GET /groups/delta", "fault": "resync", "times": 2}]}
        )
        assert_true(tenant, file, run(tenant, file))
        assert filters == []


@pytest.mark.parametrize("fault", ["resync", "sync_lost"])
def test_a_part_that_graph_invalidates_is_read_again(
    fault: str, tenant: SimulatedTenant, tmp_path: Path
) -> None:
    file = tmp_path / "sync.c1z"
    rule = {"match": "GET /groups/delta", "fault": fault, "every": 2, "times": 3}
    tenant.set_weather({"rules": [rule]})
    with answering_parts(tenant, tenant.surface.handle) as filters:
        assert_true(tenant, file, run(tenant, file))
        assert tenant.weather is not None
        assert tenant.weather.struck[fault] == 3
        assert len(filters) > 3


@pytest.mark.parametrize("nth", range(2, 12, 3))
def test_what_changes_while_parts_are_read_is_told_by_the_next_sync(
    nth: int, tenant: SimulatedTenant, tmp_path: Path
) -> None:
    file = tmp_path / "sync.c1z"
    with watched(tenant) as watch:
        watch.before("/groups/delta", partial(drift, tenant.directory, nth, 80), nth=nth)
        outcome = run(tenant, file)
        assert outcome.code == 0, outcome.stderr
        assert_true(tenant, file, run(tenant, file))


def test_parts_that_were_read_are_not_read_again_after_a_failure(
    tenant: SimulatedTenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ostiary.entra.collect.parts.SIDE_BY_SIDE", 1)
    file, serve = tmp_path / "sync.c1z", tenant.surface.handle
    left = 2

    async def failing(request: web.Request) -> web.StreamResponse:
        nonlocal left
        left -= 1
        refuse = refusing(403, "Authorization_RequestDenied")
        return await (serve if left >= 0 else refuse)(request)

    with answering_parts(tenant, failing) as filters:
        assert run(tenant, file).code != 0
        tenant.change(everyone_leaves_some_groups)
        filters.clear()
        left = 3
        assert_true(tenant, file, run(tenant, file))
        assert len(filters) < 3


def everyone_leaves_some_groups(directory: Directory) -> None:
    for group, members in list(directory.members.items())[::3]:
        for member in list(members):
            directory.remove_member(group, member)
