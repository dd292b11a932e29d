"""Why somebody holds something: the picture, and the same in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ostiary.server.access import facts
from ostiary.server.access.store.principals import AppName, Principal
from ostiary.server.access.views import grants
from ostiary.server.catalog import immutability
from ostiary.server.web.components.cells import (
    Chip,
    Fact,
    Identifier,
    Link,
    Moment,
    Several,
    Text,
)
from ostiary.server.web.components.pictures import Event, Path, Paths, Step

MOST_THROUGH = 10


@dataclass(frozen=True)
class Asked:
    """Who and what, as far as it is known. `grant` is None when it is not held."""

    principal: facts.ResourceRef
    of: Principal
    entitlement: facts.EntitlementRef
    app: AppName
    people_linked: bool

    @property
    def person(self) -> str:
        """Who is spoken of: the person behind the account, or the holder itself."""
        return self.of.owner_name or self.principal.display_name

    @property
    def kind(self) -> str:
        return "Account" if self.of.is_account else self.of.type_name

    @property
    def path(self) -> str:
        return grants.holder_path(self.of, self.principal.id)


def pictured(
    asked: Asked, paths: Sequence[Sequence[facts.Step]], apps: Mapping[str, AppName]
) -> Paths:
    return Paths([_path(asked, steps, apps) for steps in paths])


def _path(asked: Asked, steps: Sequence[facts.Step], apps: Mapping[str, AppName]) -> Path:
    """Person, account, groups in order, entitlement."""
    groups = [step.entitlement for step in steps[:-1]]
    boxes = [*_holder(asked)]
    for place, group in enumerate(groups):
        through = "through" if place == 0 else "inside"
        boxes.append(
            Step(
                group.resource.display_name,
                _of_its_own(group),
                _path_of(group, apps),
                "users-group",
                f"{through} {group.resource.display_name}",
            )
        )
    last = steps[-1].entitlement
    boxes.append(
        Step(
            last.display_name,
            last.resource.display_name,
            _path_of(last, apps),
            "key",
            f"holds {full_name(last)}{'' if groups else ' directly'}",
        )
    )
    return Path(boxes)


def _holder(asked: Asked) -> list[Step]:
    boxes = []
    if asked.of.owner_id:
        href = f"/people/{asked.of.owner_id}" if asked.people_linked else ""
        boxes.append(Step(asked.person, "Person", href, "user", asked.person))
    said = f"by the account {asked.principal.display_name}"
    if not asked.of.owner_id or asked.person == asked.principal.display_name:
        said = "" if asked.of.owner_id else asked.principal.display_name
    icon = "id" if asked.of.is_account else "users-group"
    return [*boxes, Step(asked.principal.display_name, asked.kind, asked.path, icon, said)]


def _path_of(entitlement: facts.EntitlementRef, apps: Mapping[str, AppName]) -> str:
    app = apps.get(entitlement.id)
    return grants.entitlement_path(app.id, entitlement.id) if app else ""


def full_name(entitlement: facts.EntitlementRef) -> str:
    """`Members of SG-Finance`, where the name alone does not say of what."""
    name, of = entitlement.display_name, entitlement.resource.display_name
    return name if of.casefold() in name.casefold() else f"{name} of {of}"


def _of_its_own(entitlement: facts.EntitlementRef) -> str:
    """`member`, of `SG-Finance member`: beside the resource's name."""
    name = entitlement.display_name
    return name.removeprefix(entitlement.resource.display_name).strip() or name


def holding_facts(
    asked: Asked, grant: facts.Grant | None, apps: Mapping[str, AppName]
) -> list[Fact]:
    known = [
        Fact(asked.kind, Link(asked.principal.display_name, asked.path)),
        Fact("Entitlement", Link(asked.entitlement.display_name, _entitlement(asked))),
        Fact("Of", Text(asked.entitlement.resource.display_name)),
        Fact("App", Link(asked.app.display_name, f"/apps/{asked.app.id}")),
    ]
    if grant is None:
        return known
    return [
        *known,
        Fact("Held", Text(_way(grant))),
        *([Fact("Through", _through(grant, apps))] if grants.sources(grant) else []),
        Fact("Since", Moment(grant.granted_at), "Since then it has been held without a break."),
        Fact("In this way since", Moment(grant.since)),
        Fact("Can be taken away here", _revocable(grant)),
        *([Fact("Metadata", _metadata(grant))] if grant.metadata else []),
        Fact("Id", Identifier(grant.id)),
    ]


def _way(grant: facts.Grant) -> str:
    if grant.direct:
        return "direct, and inherited" if grants.sources(grant) else "direct"
    return "inherited"


def _through(grant: facts.Grant, apps: Mapping[str, AppName]) -> Several:
    """As the boxes are called, and leading where they lead."""
    known = grants.sources(grant)
    shown: list[Link | Text] = []
    for each in known[:MOST_THROUGH]:
        name, path = each.resource.display_name, _path_of(each, apps)
        shown.append(Link(name, path) if path else Text(name))
    if rest := len(known) - len(shown):
        shown.append(Text(f"{rest:,} more"))
    return Several(shown)


def _entitlement(asked: Asked) -> str:
    return grants.entitlement_path(asked.app.id, asked.entitlement.id)


def _revocable(grant: facts.Grant) -> Text:
    if grant.immutable_reason is None:
        return Text("Yes")
    return Text(f"No. {immutability.reason(grant.immutable_code, grant.immutable_reason)}")


def _metadata(grant: facts.Grant) -> Text:
    return Text(", ".join(f"{name}: {value}" for name, value in sorted(grant.metadata.items())))


def chips(grant: facts.Grant | None, *, past: bool) -> list[Chip]:
    if grant is None:
        return [Chip("Not held then" if past else "Not held now", "circle-dashed")]
    return [Chip("Direct", "arrow-right") if grant.direct else Chip("Inherited", "users-group")]


def stretches(grants_of_time: Sequence[facts.Grant]) -> list[Event]:
    """What happened to one grant, the newest first."""
    events: list[Event] = []
    last: facts.Grant | None = None
    for grant in grants_of_time:
        words = grants.way_words(grant)
        if last is not None and last.ended_at == grant.since:
            events.append(Event(grant.since, "Changed", text=f"Now {words}", icon="refresh"))
        else:
            events.append(Event(grant.since, "Gained", text=words, icon="plus", tone="accent"))
        last = grant
        follows = any(other.since == grant.ended_at for other in grants_of_time)
        if grant.ended_at is not None and not follows:
            events.append(Event(grant.ended_at, "Lost", icon="minus"))
    return events[::-1]
