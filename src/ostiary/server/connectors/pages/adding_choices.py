"""What somebody who adds a connector has chosen so far. It is all in the address: nothing is stored
before the last step, and whoever leaves leaves nothing behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from ostiary.server.catalog.ownership import create_owned_app
from ostiary.server.catalog.store import app_choice
from ostiary.server.catalog.store.app_choice import AppChoice
from ostiary.server.connectors.actions.registry import NewConnector, create_connector
from ostiary.server.connectors.catalogue.kinds import SELF_HOSTED, Kind
from ostiary.server.connectors.pages import owning
from ostiary.server.connectors.store import registry
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.authz.enforcement import Access
from ostiary.server.kernel.authz.permissions import Permission, Reach
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import denied
from ostiary.server.kernel.work import UnitOfWork
from ostiary.server.web.address import Address

MOST_CHOICES: Final = 1000
LONGEST_NAME: Final = 512

NEW, MANAGED, UNMANAGED = "new", "managed", "unmanaged"
HOSTED, SELF = "hosted", "self"


@dataclass(frozen=True, slots=True)
class Choice:
    """`into`: the kind of app; `name` is of a new one, `app_id` of any other. `owners` are ids of
    users, none for whoever adds it; `run`: by this server, or by themselves."""

    into: str = NEW
    name: str = ""
    app_id: str = ""
    owners: tuple[str, ...] = ()
    run: str = HOSTED

    @classmethod
    def of(cls, address: Address, kind: Kind) -> Choice:
        into = address.get("into")
        run = SELF if not kind.hosted or address.get("run") == SELF else HOSTED
        return cls(
            into=into if into in (MANAGED, UNMANAGED) else NEW,
            name=address.get("name"),
            app_id=address.get("app"),
            owners=address.all("owner"),
            run=run,
        )

    @property
    def query(self) -> str:
        pairs = [("into", self.into), ("name", self.name), ("app", self.app_id), ("run", self.run)]
        owners = [("owner", owner) for owner in self.owners]
        return urlencode([pair for pair in (*pairs, *owners) if pair[1]])


@dataclass(frozen=True, slots=True)
class Offered:
    """The apps to choose from, and whether the caller may make a new one. `partly`: there are
    apps that the caller may not see."""

    managed: Sequence[AppChoice]
    unmanaged: Sequence[AppChoice]
    new: bool
    partly: bool

    @property
    def cut(self) -> bool:
        return MOST_CHOICES in (len(self.managed), len(self.unmanaged))


def offered(connection: Connection, access: Access) -> Offered:
    """All apps for who sees all; else their own, and those whose connectors they see anyway."""
    caller = access.caller
    everything = Reach.ALL in caller.reach(Permission.APPS_VIEW)
    viewer = None if everything else caller.user.public_id
    also = [] if everything else sorted({each.app_id for each in registry.find_all(connection)})
    managed, unmanaged = (
        app_choice.choices(connection, viewer, also, managed=each, most=MOST_CHOICES)
        for each in (True, False)
    )
    return Offered(managed, unmanaged, _may_create(access), not everything)


def started(connection: Connection, choice: Choice, kind: Kind, address: Address) -> Choice:
    """With what to begin: the app that the address names, or a new one called after the kind."""
    if choice.app_id and not address.get("into"):
        app = app_choice.choice(connection, choice.app_id)
        if app is not None:
            choice = replace(choice, into=MANAGED if app.managed else UNMANAGED)
    return choice if choice.name else replace(choice, name=kind.display_name)


def problems(
    connection: Connection, access: Access, choice: Choice
) -> tuple[Choice, dict[str, str]]:
    """The choice as it counts, and what is wrong with it by field."""
    wrong: dict[str, str] = {}
    if choice.into == NEW:
        choice = replace(choice, app_id="", name=choice.name.strip())
        if not _may_create(access):
            wrong["into"] = "You may not create apps. Choose one that is there."
        elif not 1 <= len(choice.name) <= LONGEST_NAME or "\x00" in choice.name:
            wrong["name"] = f"A name has 1 to {LONGEST_NAME} characters."
    elif app_choice.choice(connection, choice.app_id) is None:
        choice = replace(choice, app_id="")
        wrong[choice.into] = "Choose an app."
    if owning.gone(connection, choice.owners):
        wrong["owners"] = "Somebody who was chosen is not there any more."
    return choice, wrong


def make(work: UnitOfWork, access: Access, kind: Kind, choice: Choice) -> Connector:
    """The connector, and its app if that is new, both owned by whom the choice names."""
    owners = list(choice.owners) or [access.caller.user.public_id]
    app_id = choice.app_id
    if choice.into == NEW:
        if not _may_create(access):
            raise denied(f"this needs the permission {Permission.APPS_CREATE}")
        app_id = create_owned_app(work, choice.name, "", [access.caller.user.public_id])
    catalog_id = SELF_HOSTED if choice.run == SELF else kind.catalog_id
    return create_connector(
        work, NewConnector(app_id, catalog_id, kind.display_name, owner_ids=owners)
    )


def _may_create(access: Access) -> bool:
    return bool(access.caller.reach(Permission.APPS_CREATE))
