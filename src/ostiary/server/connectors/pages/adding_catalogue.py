"""What connectors there are to add, as cards that can be searched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ostiary.server.connectors.catalogue.kinds import ENTRA, SELF_HOSTED, Kind
from ostiary.server.web.components.cells import Chip


@dataclass(frozen=True)
class Card:
    name: str
    href: str
    text: str
    icon: str
    chips: tuple[Chip, ...]


_TEXTS: Final[Mapping[str, str]] = {
    ENTRA: "Users, groups, enterprise applications, directory roles and licenses of a Microsoft "
    "Entra ID tenant, formerly Azure Active Directory.",
    SELF_HOSTED: "Any connector of the Baton ecosystem, run by yourself wherever it reaches its "
    "source. It takes its real name once it reports in.",
}
_ICONS: Final[Mapping[str, str]] = {ENTRA: "users-group", SELF_HOSTED: "server"}
_HOSTED: Final = Chip("Hosted", "plug-connected", "accent", "This server runs it.")
_SELF: Final = Chip("Self-hosted", "server", hint="You run it, in a container or on a machine.")


def cards(kinds: Iterable[Kind], query: str) -> list[Card]:
    """Those with every word of `query`. Self-hosted ones are always there: they fit everything."""
    words = query.casefold().split()
    made = [(kind, _card(kind)) for kind in kinds]
    return [
        card
        for kind, card in made
        if kind.catalog_id == SELF_HOSTED
        or all(word in f"{card.name} {kind.name} {card.text}".casefold() for word in words)
    ]


def _card(kind: Kind) -> Card:
    program = f"The Baton connector {kind.program.rpartition('/')[2]}, which this server can run."
    return Card(
        name=kind.display_name,
        href=f"/connectors/add/{kind.catalog_id}",
        text=_TEXTS.get(kind.catalog_id, program),
        icon=_ICONS.get(kind.catalog_id, "plug-connected"),
        chips=(_HOSTED, _SELF) if kind.hosted else (_SELF,),
    )
