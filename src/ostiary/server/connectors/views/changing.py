"""Forms that change a connector, and what deleting it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ostiary.server.connectors.store.listed import Person
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.connectors.views.counts import total
from ostiary.server.web.components.forms import Confirmation, Field, Form
from ostiary.server.web.moments import counted

WORD: Final = "DELETE"


def details_form(path: str, connector: Connector, owners: Sequence[Person]) -> Form:
    return Form(
        action=f"{path}/edit",
        verb="Save",
        cancel=path,
        fields=(
            Field("name", "Name", value=connector.display_name, required=True),
            Field("description", "Description", "textarea", connector.description),
            owners_field(owners, "Without any, the owners of the app answer for it."),
        ),
    )


def owners_field(people: Sequence[Person], without: str) -> Field:
    """`without`: what is so when nobody is named."""
    return Field(
        "owners",
        "Owners",
        "people",
        "\n".join(each.email for each in people),
        help="They may change the connector, whatever their role, and hear when it fails; who is "
        f"new among them gets a mail. {without}",
        options=[(each.email, each.name) for each in people],
    )


def pausing(path: str) -> Confirmation:
    return Confirmation(
        key="pausing",
        title="Pause this connector",
        text="A sync that waits or runs is stopped, and nothing new comes in until somebody "
        "resumes it.",
        verb="Pause",
        action=f"{path}/pause",
        tone="accent",
        fields=(Field("reason", "Why", help="Everybody who looks at the connector reads it."),),
    )


def delete_form(path: str) -> Form:
    return Form(
        action=f"{path}/delete",
        verb="Delete connector",
        cancel=path,
        tone="danger",
        fields=(Field("typed", f"Type {WORD} to go on", required=True),),
    )


def consequences(
    working: int, syncing: bool, counts: Mapping[str, Mapping[str, int]], app_name: str
) -> list[str]:
    """`counts`: what its newest sync left in the catalogue."""
    ends = []
    if working:
        stop = "stops" if working == 1 else "stop"
        ends.append(f"{counted(working, 'credential')} of its agents {stop} working at once.")
    if syncing:
        ends.append("The sync that waits or runs is stopped.")
    ends.append("Its settings are not used any more, and nothing new comes in through it.")
    brought = {kind: total(counts, kind) for kind in ("accounts", "entitlements", "grants")}
    stays = [counted(number, kind.removesuffix("s")) for kind, number in brought.items() if number]
    if stays:
        ends.append(
            f"What it brought stays in {app_name} as it is, and grows old: {', '.join(stays)}. "
            "To remove that, delete the app."
        )
    return ends
