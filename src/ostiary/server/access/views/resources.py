"""What is held of a resource, and what it holds itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ostiary.server.access.views import grants, states
from ostiary.server.access.views.grants import Listed
from ostiary.server.catalog.store.listed_resources import ListedResource
from ostiary.server.web.components.cells import Chip
from ostiary.server.web.components.tables import Column, List
from ostiary.server.web.components.tabs import Tab

_HELD = Column[Listed]("entitlement", "Entitlement", grants.held, sortable=False, card=True)


def with_entitlement(listing: List[Listed]) -> List[Listed]:
    """A list of holders that says of each which entitlement it is."""
    first, *others = listing.columns
    return replace(listing, name=f"{listing.name}-of-resource", columns=(first, _HELD, *others))


def holdings(kinds: Sequence[tuple[str, str, str]]) -> List[Listed]:
    return replace(grants.holdings(kinds, linked=True), name="access-of-resource")


def chips(resource: ListedResource) -> list[Chip]:
    shown = states.status(resource.status)
    return [shown] if isinstance(shown, Chip) else []


def tabs(here: str, current: str) -> list[Tab]:
    titles = {
        "now": ("Entitlements", here),
        "holders": ("Who has them", f"{here}/holders"),
        "access": ("What it has", f"{here}/access"),
        "inside": ("Inside", f"{here}/inside"),
        "past": ("Past", f"{here}/past"),
        "history": ("History", f"{here}/history"),
        "changes": ("Compare dates", f"{here}/changes"),
    }
    return [Tab(title, href, key == current) for key, (title, href) in titles.items()]
