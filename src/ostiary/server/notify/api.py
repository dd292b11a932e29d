"""`/api/v1/mails`: what was mailed to whom, and what was not and why. A route of our own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.paging import Listing, PagingQuery
from ostiary.server.kernel.rest import KernelOf, Message, Timestamp
from ostiary.server.notify import store
from ostiary.server.notify.rules import MailState

router = APIRouter(prefix="/api/v1", tags=["Mail"])


class MailMessage(Message):
    """What a mail says is not shown: its reader may see more than who reads this."""

    id: str
    user_id: str
    address: str
    kind: str
    state: MailState
    attempts: int
    last_error: str
    created_at: Timestamp
    next_attempt_at: Timestamp | None = None
    sent_at: Timestamp | None = None


class MailList(Message):
    list: list[MailMessage]
    next_page_token: str = ""


@router.get("/mails")
def list_mails(
    kernel: KernelOf,
    _access: Annotated[Access, requires(Permission.SETTINGS_VIEW)],
    paging: PagingQuery,
    state: MailState | None = None,
) -> MailList:
    """Newest first."""
    listing = Listing(kernel.secrets, "mails", {"state": state})
    (before,) = listing.after(paging) or [None]
    with kernel.read() as connection:
        found = store.page(connection, state, before, paging.size + 1)
    page = listing.page(found, paging.size, lambda mail: [mail.key])
    return MailList(list=[_shown(mail) for mail in page.rows], next_page_token=page.next_page_token)


def _shown(mail: store.Mail) -> MailMessage:
    return MailMessage(**{name: getattr(mail, name) for name in MailMessage.model_fields})
