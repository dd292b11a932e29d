"""Why somebody holds something: every path, as a picture and in words."""

from __future__ import annotations

from typing import Any, Final

from ostiary.baton.annotations import to_json
from ostiary.cli.c1z.facts import entitlement_facts
from ostiary.cli.c1z.names import clean
from ostiary.cli.c1z.paths import Path
from ostiary.cli.c1z.screen import Screen
from ostiary.cli.c1z.telling import in_words, remarks, stations
from ostiary.cli.c1z.verdict import Count, Verdict

PATHS_SHOWN: Final = 50


def explain(verdict: Verdict, screen: Screen, limit: int | None, *, as_json: bool) -> bool:
    """Returns whether the file agrees with what was computed. `limit` None shows every path."""
    paths = verdict.paths(limit)
    all_shown = limit is None or len(paths) < limit
    count = Count(len(paths), exact=True) if all_shown else verdict.count()
    differences = list(verdict.differences())
    if as_json:
        screen.document(_document(verdict, paths, count, differences))
    else:
        _tell(verdict, screen, paths, count)
        _compare(verdict, screen, differences)
    return not differences


def _tell(verdict: Verdict, screen: Screen, paths: list[Path], count: Count) -> None:
    if verdict.holds:
        plural = "path" if count == Count(1, exact=True) else "paths"
        headline = f"{verdict.who} holds {verdict.what} by {count} {plural}."
    else:
        headline = f"{verdict.who} does not hold {verdict.what}."
    screen.line(headline, style="bold")
    principal = verdict.principal.id
    screen.line(
        f"{clean(principal.resource_type)}:{clean(principal.resource)}{screen.arrow}"
        f"{clean(verdict.entitlement.id)}",
        style="dim",
    )
    for fact in entitlement_facts(verdict.file, verdict.entitlement):
        screen.line(fact)
    for place, path in enumerate(paths, 1):
        screen.line()
        _draw(verdict, screen, place, path)
    screen.line()
    if len(paths) < count.number:
        folded = Count(count.number - len(paths), count.exact)
        screen.line(f"{str(folded).capitalize()} other paths are folded; --all shows them.")
    if not verdict.holds:
        nearest = verdict.nearest()
        screen.line("Nearest to it:" if nearest else "Nothing comes near it.")
        for sentence in nearest:
            screen.line(sentence, indent=2)
        screen.line()


def _draw(verdict: Verdict, screen: Screen, place: int, path: Path) -> None:
    number = f"{place}. "
    picture = screen.arrow.join(stations(verdict.file, verdict.principal, path))
    screen.line(number + picture, style="cyan")
    indent = len(number)
    screen.line(in_words(verdict.file, verdict.principal, path), indent=indent)
    for remark in remarks(verdict.file, verdict.principal, path):
        facts = ", ".join(remark.facts)
        screen.line(f"{remark.holder}{screen.arrow}{remark.held}: {facts}", "dim", indent)


def _compare(verdict: Verdict, screen: Screen, differences: list[str]) -> None:
    if not differences:
        also = "holds it" if verdict.holds else "does not hold it"
        screen.line(f"The expanded grants of the file agree: {verdict.who} {also}.", style="dim")
        return
    screen.line("The file disagrees with these paths:", style="bold red")
    for difference in differences:
        screen.line(difference, indent=2)
    screen.line(
        "Either the sync was not expanded, or its connector expands by other rules, "
        "as some do where groups contain each other."
    )


def _document(
    verdict: Verdict, paths: list[Path], count: Count, differences: list[str]
) -> dict[str, Any]:
    file, principal = verdict.file, verdict.principal
    return {
        "syncId": file.sync.sync_id,
        "principal": to_json(principal.id) | {"displayName": verdict.who},
        "entitlement": {"id": verdict.entitlement.id, "name": verdict.what},
        "holds": verdict.holds,
        "facts": list(entitlement_facts(file, verdict.entitlement)),
        "pathCount": count.number,
        "pathCountExact": count.exact,
        "paths": [_path_document(verdict, path) for path in paths],
        "nearest": [] if verdict.holds else verdict.nearest(),
        "fileAgrees": not differences,
        "differences": differences,
    }


def _path_document(verdict: Verdict, path: Path) -> dict[str, Any]:
    file, principal = verdict.file, verdict.principal
    return {
        "direct": len(path) == 1,
        "entitlementIds": list(path),
        "stations": stations(file, principal, path),
        "words": in_words(file, principal, path),
        "remarks": [remark._asdict() for remark in remarks(file, principal, path)],
    }
