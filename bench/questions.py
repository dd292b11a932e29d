"""How long the server's API takes to answer about a large tenant, now and in the past."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from bench.measures import Report
from bench.signed_in import Request, SignedIn
from bench.subjects import TIMES, Subjects

NOW_MS = 100.0
THEN_MS = 2 * NOW_MS


@dataclass(frozen=True)
class Question:
    """With one request, its pages are turned. `then`: it can be asked about the past."""

    name: str
    requests: Sequence[Request]
    then: bool = True


def ask(report: Report, client: SignedIn, subjects: Subjects, then: datetime) -> None:
    """The 95th percentile of each question over `TIMES` subjects or pages of it."""
    for question in questions(subjects, then):
        for when, at, limit in (("now", None, NOW_MS), ("then", then, THEN_MS)):
            if at is None or question.then:
                taken = times(client, question, at)
                report.add(f"{question.name}, {when}: p95", taken[1], "ms", limit)


def times(client: SignedIn, question: Question, at: datetime | None) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds."""
    asked = [request.as_of(at) for request in question.requests]
    if len(asked) == 1:
        taken = list(islice(_turning_pages(client, asked[0]), TIMES))
    else:
        taken = [client.timed(request)[1] for request in asked]
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def _turning_pages(client: SignedIn, first: Request) -> Iterator[float]:
    """For ever: after the last page comes the first one."""
    token = ""
    while True:
        answer, taken = client.timed(first.after(token))
        yield taken
        token = answer["nextPageToken"]


def questions(subjects: Subjects, then: datetime) -> list[Question]:
    return [*_of_apps(subjects), *_of_access(subjects, then), *_of_people(subjects)]


def _of_apps(subjects: Subjects) -> Iterator[Question]:
    app, types = f"/apps/{subjects.app}", subjects.types
    yield Question("list apps", _once("/apps"), then=False)
    yield Question("unmanaged apps", _search("apps", {"managed": False}), then=False)
    yield Question("accounts of an app", _once(f"{app}/app_users"))
    yield Question("entitlements of an app", _once(f"{app}/entitlements"))
    yield Question("groups of an app", _once(f"{app}/resource_types/{types['group']}/resources"))
    yield Question("search accounts", _search_texts(subjects, "app_users"))
    yield Question("search resources", _search_texts(subjects, "app_resources"))
    yield Question("search entitlements", _search_texts(subjects, "entitlements"))
    yield Question("search apps", _search_texts(subjects, "apps", managed=False), then=False)


def _of_access(subjects: Subjects, then: datetime) -> Iterator[Question]:
    app = f"/apps/{subjects.app}"
    groups = [f"{app}/entitlements/{group}" for group in subjects.groups]
    held = [(f"{app}/entitlements/{each.entitlement}", each) for each in subjects.inherited]
    accounts = subjects.accounts
    yield Question("grants of an entitlement", _each(f"{one}/grants" for one in groups))
    yield Question("grants of everybody's group", _once(f"{groups[0]}/grants"))
    yield Question("holders of an entitlement", _each(f"{one}/holders" for one in groups))
    yield Question(
        "what an account holds",
        _each(f"/access/principals/{account}/grants" for account in accounts),
    )
    yield Question(
        "entitlements of an account",
        _each(f"{app}/entitlements/users/{account}" for account in accounts),
    )
    yield Question(
        "grants of a person", _each(f"{one}/users/{each.person}/grants" for one, each in held)
    )
    yield Question(
        "explain", _each(f"{one}/holders/{each.account}/explanation" for one, each in held)
    )
    yield Question(
        "history of a grant",
        _each(f"{one}/holders/{each.account}/history" for one, each in held),
        then=False,
    )
    yield Question(
        "search grants of a person",
        [Request("/search/grants", {"userId": person}) for person in subjects.people],
    )
    yield Question("search grants of an app", _search("grants", {"appIds": [subjects.app]}))
    since = {"start": then.isoformat(), "page_size": "100"}
    yield Question("differences", [Request(f"{app}/grant_differences", None, since)], then=False)


def _of_people(subjects: Subjects) -> Iterator[Question]:
    yield Question("a person", _each(f"/users/{each}" for each in subjects.people), then=False)
    yield Question(
        "accounts of a person",
        _each(f"/apps/{subjects.app}/users/{each}/app_users" for each in subjects.people),
    )
    yield Question("list people", _once("/users"), then=False)
    yield Question("search people", _search_texts(subjects, "users"), then=False)
    yield Question("orphaned accounts", _search("orphaned_app_users", {}), then=False)


def _once(path: str) -> list[Request]:
    return [Request(path, None, {"page_size": "100"})]


def _each(paths: Iterator[str]) -> list[Request]:
    return [Request(path) for path in paths]


def _search(what: str, body: dict[str, Any]) -> list[Request]:
    return [Request(f"/search/{what}", {**body, "pageSize": 100})]


def _search_texts(subjects: Subjects, what: str, **more: Any) -> list[Request]:
    return [Request(f"/search/{what}", {**more, "query": text}) for text in subjects.texts]
