"""What the tests of mail share: people, servers that send, and a look into the outbox."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.auth import user_store, users
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.authz.roles import SUPER_ADMINISTRATOR, Role
from ostiary.server.kernel.work import Kernel
from ostiary.server.notify import store
from ostiary.server.notify.actions import tell
from ostiary.server.notify.delivery import deliver
from ostiary.server.notify.jobs import deliver_due
from ostiary.server.notify.store import Mail
from ostiary.server.notify.templates import Kind
from tests.server.notify.post import PostOffice

BASE = "https://ostiary.corp.test"
OWNED = {"connector": "Entra", "by": "Carol", "app_id": "app1", "connector_id": "connector1"}

_DEFERRED = sa.text(
    "SELECT args ->> 'mail_id' FROM procrastinate_jobs WHERE task_name = 'notify.deliver' "
    "ORDER BY id"
)


def sending(kernel: Kernel, office: PostOffice, **more: object) -> Kernel:
    changes = {
        "smtp_host": "127.0.0.1",
        "smtp_port": office.port,
        "smtp_security": "none",
        "mail_from": "ostiary@corp.test",
        "base_url": BASE,
        **more,
    }
    return replace(kernel, settings=kernel.settings.model_copy(update=changes))


def person(kernel: Kernel, name: str, *roles: Role, enabled: bool = True) -> User:
    with kernel.work(SYSTEM) as work:
        user = users.create_person(work, f"{name.lower()}@corp.test", name, "local")
        user = users.set_roles(work, user, [role.id for role in roles])
        if not enabled:
            user = users.set_status(work, user, enabled=False)
    return user


def administrator(kernel: Kernel) -> User:
    return person(kernel, "Admin", SUPER_ADMINISTRATOR)


def rename_address(kernel: Kernel, user: User, address: str) -> None:
    with kernel.work(SYSTEM) as work:
        user_store.change(work, user, email=address)


def told(kernel: Kernel, *recipients: User, once: str | None = None) -> int:
    with kernel.work(SYSTEM) as work:
        ids = [user.public_id for user in recipients]
        return tell(work, ids, Kind.CONNECTOR_OWNER, OWNED, once=once)


def outbox(kernel: Kernel) -> list[Mail]:
    """Oldest first."""
    with kernel.read() as connection:
        return list(reversed(store.page(connection, limit=1000)))


def states(kernel: Kernel) -> list[str]:
    return [mail.state.value for mail in outbox(kernel)]


def deferred(kernel: Kernel) -> list[str]:
    """Ids of the mails that workers were told to deliver."""
    with kernel.read() as connection:
        return list(connection.scalars(_DEFERRED))


def deliver_all(kernel: Kernel) -> None:
    """As workers do: what was deferred, then what is due."""
    for mail_id in deferred(kernel):
        deliver(kernel, mail_id)
    deliver_due(kernel)
