"""How long the server takes to make the web's pages about a large tenant, now and in the past."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle, islice

from bench.measures import Report
from bench.signed_in import SignedIn
from bench.subjects import Subjects
from ostiary.server.explore.questions import QUESTIONS

PAGE_MS = 150.0
TURNS = 60
DEEP = (1, 2, 7, 40, 300)
"""Pages of a list that somebody turns to."""


@dataclass(frozen=True)
class Visit:
    """Addresses of one kind of page. `then`: it can be looked at as of before."""

    name: str
    paths: Sequence[str]
    then: bool = True


def turn(report: Report, client: SignedIn, subjects: Subjects, then: datetime) -> None:
    """The 95th percentile of `TURNS` visits to each kind of page."""
    day = then.isoformat().replace("+", "%2B")
    for visit in visits(subjects, day):
        report.add(f"page {visit.name}, now: p95", _p95(client, visit.paths), "ms", PAGE_MS)
        if visit.then:
            before = [f"{path}{'&' if '?' in path else '?'}as_of={day}" for path in visit.paths]
            report.add(f"page {visit.name}, then: p95", _p95(client, before), "ms", PAGE_MS)


def _p95(client: SignedIn, paths: Iterable[str]) -> float:
    return statistics.quantiles(map(client.page, islice(cycle(paths), TURNS)), n=20)[-1]


def visits(subjects: Subjects, day: str) -> Iterator[Visit]:
    yield Visit("Home", ["/"])
    yield Visit("search", [f"/search?q={text}" for text in subjects.texts], then=False)
    yield from _of_apps(subjects)
    yield from _of_access(subjects, day)
    yield from _of_people(subjects, day)
    yield from _of_questions()
    yield Visit("system log", _pages("/log"), then=False)


def _of_apps(subjects: Subjects) -> Iterator[Visit]:
    app = f"/apps/{subjects.app}"
    yield Visit("apps", ["/apps"])
    yield Visit("unmanaged apps", _pages("/apps?managed=no"))
    yield Visit("app", [app])
    for what in ("accounts", "entitlements", "resources", "feed"):
        yield Visit(f"{what} of an app", _pages(f"{app}/{what}"))
        found = [f"{app}/{what}?q={text}" for text in subjects.texts]
        yield Visit(f"{what} of an app, found", found)


def _of_questions() -> Iterator[Visit]:
    yield Visit("explore", ["/explore"])
    for question in QUESTIONS:
        yield Visit(f"explore {question.key}", _pages(question.path))
        yield Visit(f"count of explore {question.key}", [f"/explore/{question.key}/count"])


def _of_access(subjects: Subjects, day: str) -> Iterator[Visit]:
    app = f"/apps/{subjects.app}"
    accounts = [f"{app}/accounts/{each}" for each in subjects.accounts]
    groups = [f"{app}/entitlements/{each}" for each in subjects.groups]
    explained = [
        f"{app}/entitlements/{e.entitlement}/holders/{e.account}" for e in subjects.inherited
    ]
    yield from _tabs("an account", accounts, day)
    yield from _tabs("an entitlement", groups, day)
    yield Visit("everybody's group", _pages(groups[0]))
    yield Visit("explain", explained, then=False)


def _of_people(subjects: Subjects, day: str) -> Iterator[Visit]:
    people = [f"/people/{each}" for each in subjects.people]
    yield Visit("people", _pages("/people"))
    yield Visit("people, found", [f"/people?q={text}" for text in subjects.texts])
    yield Visit("sources of people", ["/people/sources"])
    yield Visit("map of a person", [f"/explore/map{each}" for each in people], then=False)
    yield from _tabs("a person", people, day)
    yield Visit("access of a person", [f"{each}/access" for each in people])


def _tabs(name: str, things: Sequence[str], day: str) -> Iterator[Visit]:
    yield Visit(name, things)
    yield Visit(f"{name}, past", [f"{each}/past" for each in things])
    yield Visit(f"{name}, history", [f"{each}/history" for each in things], then=False)
    changes = [f"{each}/changes?since={day}" for each in things]
    yield Visit(f"{name}, compared", changes, then=False)


def _pages(path: str) -> list[str]:
    mark = "&" if "?" in path else "?"
    return [f"{path}{mark}page={number}" for number in DEEP]
