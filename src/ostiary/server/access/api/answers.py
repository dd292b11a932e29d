"""What our own routes answer; names follow `access.facts`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict

from ostiary.server.access import facts
from ostiary.server.catalog.api.messages import ImmutableCode, immutable_code
from ostiary.server.kernel.paging import Listing
from ostiary.server.kernel.rest import Message, Timestamp


class Told(Message):
    model_config = ConfigDict(from_attributes=True)


class Principal(Told):
    id: str
    type: str
    external_id: str
    display_name: str
    status: str


class HeldEntitlement(Told):
    id: str
    external_id: str
    display_name: str
    slug: str
    resource: Principal


class Source(Told):
    entitlement: HeldEntitlement
    direct: bool


class Held(Told):
    """`since`: of this state of the grant; `grantedAt`: of unbroken holding. Without
    `immutableReason` it can be revoked by itself; `immutableCode` is the same for programs."""

    entitlement: HeldEntitlement
    principal: Principal
    direct: bool
    sources: list[Source]
    immutable_reason: str | None = None
    immutable_code: Annotated[ImmutableCode, BeforeValidator(immutable_code)]
    metadata: dict[str, Any]
    granted_at: Timestamp
    since: Timestamp
    ended_at: Timestamp | None = None


class HeldList(Message):
    list: list[Held]
    next_page_token: str = ""


class History(Message):
    list: list[Held]


class Step(Told):
    """Holding `entitlement`, because `via` holds it; the first step is held directly."""

    entitlement: HeldEntitlement
    via: Principal | None = None


class Path(Message):
    steps: list[Step]


class Explanation(Message):
    """No grant: it is not held. Not `complete`: there are more paths than are told."""

    grant: Held | None = None
    paths: list[Path]
    complete: bool


class Difference(Told):
    """`change`: added, removed or changed; `before` tells what a changed grant was."""

    change: str
    grant: Held
    before: Held | None = None


class DifferenceList(Message):
    list: list[Difference]
    next_page_token: str = ""


def held(grant: facts.Grant) -> Held:
    return Held.model_validate(grant)


def held_list(page: facts.Page[facts.Grant], listing: Listing) -> HeldList:
    shown = [held(grant) for grant in page.items]
    return HeldList(list=shown, next_page_token=_token(listing, page.next))


def explanation(told: facts.Explanation) -> Explanation:
    return Explanation(
        grant=held(told.grant) if told.grant else None,
        paths=[Path(steps=[Step.model_validate(step) for step in path]) for path in told.paths],
        complete=told.complete,
    )


def difference_list(
    page: facts.Page[facts.Difference], listing: Listing, until: datetime
) -> DifferenceList:
    shown = [Difference.model_validate(each) for each in page.items]
    return DifferenceList(list=shown, next_page_token=_token(listing, page.next, until))


def _token(listing: Listing, following: str, *more: datetime) -> str:
    if not following:
        return ""
    return listing.page([None, None], 1, lambda _: [following, *more]).next_page_token
