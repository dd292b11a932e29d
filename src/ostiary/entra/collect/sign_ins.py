"""Last sign-ins, beside the sync and never in its way.

Graph allows ten such requests a minute. What does not fit into the time the other streams take is
read by later syncs, from where this one stopped; until then those users' sign-ins are unknown.
"""

from __future__ import annotations

import msgspec

from ostiary.entra.collect.query import Query
from ostiary.entra.collect.reader import Reader
from ostiary.entra.records import SignInActivity, encode
from ostiary.graph.faults import NotLicensed, PageTokenExpired, PermissionMissing

STREAM = "sign-in activity"
PAGES_PER_SYNC = 10
"""The quota of one minute: beyond it every page would wait."""


class Activity(msgspec.Struct):
    id: str
    signInActivity: SignInActivity | None = None


_QUERY = Query("/users", select="id,signInActivity", top=500)


async def read_sign_ins(reader: Reader) -> str:
    """Read some pages of sign-ins; returns why there are none, "" when there are.

    Raises:
        GraphError: Graph failed for another reason than permission or licence.
    """
    try:
        await _read(reader)
        reader.finished(STREAM)
    except PageTokenExpired:
        with reader.image.transaction():
            reader.image.cursors.forget(STREAM)
    except PermissionMissing:
        return "the application lacks the permission AuditLog.Read.All"
    except NotLicensed:
        return "the tenant has no Microsoft Entra ID P1 or P2 licence"
    return ""


async def _read(reader: Reader) -> None:
    image = reader.image
    cursor = image.cursors.get(STREAM, _QUERY.text)
    left = PAGES_PER_SYNC
    async for page in reader.graph.pages(
        _QUERY.path, Activity, params=_QUERY.params, stream=STREAM, resume=cursor.next_link
    ):
        with image.transaction():
            rows = [(u.id, encode(u.signInActivity)) for u in page.value if u.signInActivity]
            image.sign_ins.put(rows)
            image.cursors.advance(STREAM, _QUERY.text, page.next_link, None)
        reader.took(STREAM, len(page.value))
        left -= 1
        if left == 0:
            return
