"""`/api/v1/directories` as C1 has it, with a preview as ours; trusted domains; matching of apps."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from ostiary.server.directory import actions
from ostiary.server.directory.api import directory_messages as m
from ostiary.server.directory.api.accounts import Manager
from ostiary.server.directory.rules.matching import MOST_CASES, Case
from ostiary.server.directory.store import assembling, directories
from ostiary.server.kernel.auth.api.permissions import Administrator, Viewer
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import already_exists, not_found
from ostiary.server.kernel.rest import Empty, KernelOf, Message

router = APIRouter(prefix="/api/v1", tags=["Directory"])

SettingsViewer = Annotated[Access, requires(Permission.SETTINGS_VIEW)]
SettingsManager = Annotated[Access, requires(Permission.SETTINGS_MANAGE)]


class Matching(Message):
    mode: Literal["narrow", "broad", "custom"]
    cases: list[m.MatchCase] = Field(default_factory=list, max_length=MOST_CASES)


@router.get("/directories")
def list_directories(kernel: KernelOf, access: Viewer) -> m.DirectoryList:
    """In order of precedence; never more than one page."""
    with kernel.read() as connection:
        return m.DirectoryList(
            list=[m.directory_view(each) for each in directories.every(connection)]
        )


@router.post("/directories")
def create_directory(
    kernel: KernelOf, access: Administrator, request: m.CreateDirectoryRequest
) -> m.DirectoryReply:
    """An app that was synced begins to make people."""
    wanted = request.directory(request.app_id)
    with kernel.work(access.caller.actor) as unit:
        if directories.find(unit.connection, request.app_id) is not None:
            raise already_exists("this app is a directory already")
        actions.save_directory(
            unit, request.app_id, wanted, request.stored_mappings(), request.sign_in_issuer
        )
        return _reply(unit.connection, request.app_id)


@router.get("/directories/{app_id}")
def get_directory(kernel: KernelOf, access: Viewer, app_id: str) -> m.DirectoryReply:
    with kernel.read() as connection:
        return _reply(connection, app_id)


@router.put("/directories/{app_id}")
def update_directory(
    kernel: KernelOf, access: Administrator, app_id: str, request: m.DirectorySettings
) -> m.DirectoryReply:
    """Replaces the settings; the people follow in the background."""
    wanted = request.directory(app_id)
    with kernel.work(access.caller.actor) as unit:
        _reply(unit.connection, app_id)
        actions.save_directory(
            unit, app_id, wanted, request.stored_mappings(), request.sign_in_issuer
        )
        return _reply(unit.connection, app_id)


@router.delete("/directories/{app_id}")
def delete_directory(kernel: KernelOf, access: Administrator, app_id: str) -> Empty:
    """Who came from this directory alone is deleted; the app and its accounts stay."""
    with kernel.work(access.caller.actor) as unit:
        actions.remove_directory(unit, app_id)
    return Empty()


@router.post("/directories/{app_id}/preview")
def preview_directory(
    kernel: KernelOf, access: Administrator, app_id: str, request: m.DirectorySettings
) -> m.Preview:
    """Ours: what the settings would change if they were saved. Also before an app is one."""
    wanted = request.directory(app_id)
    with kernel.read() as connection:
        if directories.find_app(connection, app_id) is None:
            raise not_found("there is no such app")
        return m.preview_message(assembling.preview_saving(connection, wanted))


@router.get("/settings/domains")
def list_domains(kernel: KernelOf, access: SettingsViewer) -> m.OrgDomainList:
    """Accounts with addresses elsewhere are external; subdomains are covered."""
    with kernel.read() as connection:
        return _domains(connection)


@router.put("/settings/domains")
def set_domains(
    kernel: KernelOf, access: SettingsManager, request: m.UpdateOrgDomainsRequest
) -> m.OrgDomainList:
    """Replaces them all."""
    with kernel.work(access.caller.actor) as unit:
        actions.set_trusted_domains(unit, request.new_domains)
        return _domains(unit.connection)


@router.get("/apps/{app_id}/matching")
def get_matching(kernel: KernelOf, access: Manager, app_id: str) -> Matching:
    """Ours: how the accounts of an app find their owners."""
    with kernel.read() as connection:
        if directories.find_app(connection, app_id) is None:
            raise not_found("there is no such app")
        return _matching(connection, app_id)


@router.put("/apps/{app_id}/matching")
def set_matching(kernel: KernelOf, access: Manager, app_id: str, request: Matching) -> Matching:
    """Ours: they are looked for anew at once; owners set by hand stay."""
    cases = [Case(each.app_user_key_cel, each.user_key_cel) for each in request.cases]
    with kernel.work(access.caller.actor) as unit:
        actions.set_matching(unit, app_id, request.mode, cases)
        return _matching(unit.connection, app_id)


def _reply(connection: Connection, app_id: str) -> m.DirectoryReply:
    stored = directories.find(connection, app_id)
    if stored is None:
        raise not_found("this app is no directory")
    return m.DirectoryReply(directory_view=m.directory_view(stored))


def _matching(connection: Connection, app_id: str) -> Matching:
    mode, cases = directories.matching(connection, app_id)
    return Matching(
        mode=mode,
        cases=[
            m.MatchCase(app_user_key_cel=case.account_key, user_key_cel=case.user_key)
            for case in cases
        ],
    )


def _domains(connection: Connection) -> m.OrgDomainList:
    return m.OrgDomainList(
        list=[m.OrgDomain(id=each, domain=each) for each in directories.domains(connection)]
    )
