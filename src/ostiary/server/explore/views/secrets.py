"""Secrets with their ends."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from ostiary.server.catalog.resource_views import path_of
from ostiary.server.explore.rules import urgency
from ostiary.server.explore.store.bounds import MOST
from ostiary.server.explore.store.secrets import Ending
from ostiary.server.web.components.arranging import Arranging
from ostiary.server.web.components.cells import Chip, Link, Moment, Text, text
from ostiary.server.web.components.tables import Column, Empty, Filter, List

ENDS: Final = (
    ("ended", "Ended"),
    ("week", "Within 7 days"),
    ("month", "Within 30 days"),
    ("quarter", "Within 90 days"),
)
_CHIPS: Final = {
    "ended": Chip("Ended", "circle-x", "danger"),
    "week": Chip("This week", "alert-triangle", "person"),
    "month": Chip("Within 30 days", "clock", "person"),
    "quarter": Chip("Within 90 days", "clock"),
}


def arranging(now: datetime) -> Arranging[Ending]:
    return Arranging[Ending](
        named=lambda each: f"{each.name} {each.application}",
        orders={
            "name": lambda each: each.name,
            "application": lambda each: each.application,
            "ends": lambda each: each.ends_at,
            "app": lambda each: each.app_name,
        },
        filters={"ends": lambda each: urgency(each.ends_at, now)},
        most=MOST,
    )


def path(each: Ending) -> str:
    return path_of(each.app_id, each.type_id, each.id)


def secrets(now: datetime) -> List[Ending]:
    return List[Ending](
        name="ending-secrets",
        noun="secret",
        searchable="name or application",
        columns=(
            Column("name", "Secret", lambda each: Link(each.name, path(each))),
            Column("application", "Application", lambda each: text(each.application), card=True),
            Column(
                "state", "State", lambda each: _CHIPS[urgency(each.ends_at, now)], False, card=True
            ),
            Column("ends", "Ends", lambda each: Moment(each.ends_at), card=True),
            Column("app", "Known from", lambda each: Text(each.app_name)),
        ),
        key=lambda each: each.id,
        href=path,
        filters=(Filter("ends", "Ends", ENDS),),
        sort="ends",
        empty=Empty(
            "No secret ends within 30 days",
            "Choose another end to see those that ended, or end later.",
            icon="file-certificate",
        ),
    )
