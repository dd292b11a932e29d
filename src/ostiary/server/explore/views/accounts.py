"""Accounts that a question found, as a list of all apps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ostiary.server.access.store.listed_accounts import ListedAccount
from ostiary.server.access.views import accounts, states
from ostiary.server.explore.questions import Question
from ostiary.server.web.components.cells import Link
from ostiary.server.web.components.tables import Column, Empty, Filter, List


def found(
    question: Question, apps: Sequence[tuple[str, str]], *, of_any_state: bool
) -> List[ListedAccount]:
    """`apps`: ids and names of those that have accounts."""
    app = Column[ListedAccount](
        "app", "App", lambda each: Link(each.app_name, f"/apps/{each.app_id}"), card=True
    )
    listing = accounts.of_app(people_linked=True)
    status = (Filter("status", "Status", states.STATUSES),) if of_any_state else ()
    return replace(
        listing,
        name=f"{question.key}-accounts",
        columns=(listing.columns[0], app, *listing.columns[1:]),
        filters=(
            Filter("app", "App", apps),
            *status,
            Filter("type", "Type", states.TYPES),
            Filter("owned", "Owner", accounts.OWNED),
        ),
        empty=Empty("No such account", "None of them holds anything.", icon="shield-check"),
    )
