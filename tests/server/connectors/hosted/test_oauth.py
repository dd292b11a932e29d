"""Connecting a tenant by signing in to it: before consent, consent, after it."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import psycopg

from ostiary.tenant.server import SimulatedTenant
from tests.server.connectors.hosted.world import (
    ENTRA,
    World,
    administrator,
    application_not_let_in,
    configuration,
    hosting,
    shown,
)

JSON = {"accept": "application/json"}


@contextmanager
def offering(
    folder: Path, database: str, tenant: SimulatedTenant, roles: tuple[str, ...]
) -> Iterator[World]:
    """A server whose operator has an application that nobody has let in yet."""
    application = application_not_let_in(tenant)
    with hosting(folder, database, tenant, roles=roles, **application) as world:
        yield world


class Person:
    """Clicks through the pages of the tenant with the account of an administrator."""

    def __init__(self, tenant: SimulatedTenant) -> None:
        trust = ssl.create_default_context(cafile=str(tenant.ca_file))
        self._browser = httpx2.Client(base_url=tenant.url, verify=trust)

    def goes_through(self, url: str, decision: str = "accept") -> str:
        """Where the pages send the browser in the end."""
        page = self._browser.get(url)
        account = re.search(r'name="account" value="([^"]+)"', page.text)
        assert account, page.text
        reply = self._submit(page, account=account[1])
        if not reply.has_redirect_location:
            reply = self._submit(reply, decision=decision)
        return reply.headers["location"]

    def _submit(self, page: httpx2.Response, **fields: str) -> httpx2.Response:
        action = re.search(r'action="([^"]+)"', page.text)
        context = re.search(r'name="ctx" value="([^"]+)"', page.text)
        assert action, page.text
        assert context, page.text
        return self._browser.post(action[1], data={"ctx": context[1], **fields})

    def close(self) -> None:
        self._browser.close()


@contextmanager
def person_of(tenant: SimulatedTenant) -> Iterator[Person]:
    person = Person(tenant)
    try:
        yield person
    finally:
        person.close()


def unconfigured(world: World) -> tuple[dict[str, Any], str]:
    """A connector without settings, and its address."""
    connector = shown(world.client.post(world.connectors, json={"catalogId": ENTRA}))
    return connector, f"{world.connectors}/{connector['id']}"


def started(world: World, one: str, what: str = "start", **body: Any) -> str:
    reply = world.client.post(f"{one}/oauth/{what}", json=body or None)
    assert reply.status_code == 200, reply.text
    url: str = reply.json()["url"]
    return url


def cause_of(reply: httpx2.Response) -> str:
    assert reply.status_code == 400, reply.text
    [finding] = reply.json()["details"][0]["findings"]
    cause: str = finding["cause"]
    return cause


def changed(url: str, **query: str) -> str:
    parts = urlsplit(url)
    before = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return parts._replace(query=urlencode(before | query)).geturl()


def test_a_first_sign_in_asks_for_consent_and_the_second_connects(
    folder: Path, empty_database: str, tenant: SimulatedTenant
) -> None:
    with offering(folder, empty_database, tenant, ("all",)) as world, person_of(tenant) as person:
        connector, one = unconfigured(world)
        before = world.client.get(f"{one}/oauth").json()
        assert (before["offered"], before["login"], before["authorizedAt"]) == (True, "", None)

        url = started(world, one, values={"skip-ad-groups": "true"})
        first = world.client.get(person.goes_through(url), headers=JSON).json()
        assert (first["phase"], first["tenantId"]) == ("consent_needed", tenant.tenant_id)
        assert [each["cause"] for each in first["check"]["findings"]] == ["app_unknown"]
        assert world.look(connector)["status"]["status"] == "SYNC_STATUS_UNSPECIFIED"
        assert world.client.get(f"{one}/oauth").json()["authorizedAt"] is None

        back = world.client.get(person.goes_through(first["consentUrl"]), headers=JSON).json()
        assert back["phase"] == "consented"

        url = started(world, one, values={"skip-ad-groups": "true"})
        location = person.goes_through(url)
        second = world.client.get(location, headers={"accept": "text/html"})
        page = f"/apps/{world.app_id}/connectors/{connector['id']}"
        assert (second.status_code, second.headers["location"]) == (303, page)
        world.wait_for(connector, "SYNC_STATUS_DONE")
        authorized = world.client.get(f"{one}/oauth").json()
        assert authorized["tenantId"] == tenant.tenant_id
        assert authorized["login"].endswith("@corp.example")
        assert authorized["authorizedAt"] >= authorized["consentedAt"]

        settings = world.client.get(f"{one}/config").json()
        assert settings["values"] == {"auth-method": "oauth", "skip-ad-groups": "true"}
        assert cause_of(world.client.get(location, headers=JSON)) == "state_unknown"
        kept = world.everything_stored() + world.logs + world.client.get(one).text
        assert tenant.client_secret not in kept


def test_nobody_attaches_a_tenant_by_naming_it_or_with_what_is_not_theirs(
    folder: Path, empty_database: str, tenant: SimulatedTenant
) -> None:
    with offering(folder, empty_database, tenant, ("web",)) as world, person_of(tenant) as person:
        _, one = unconfigured(world)
        typed = {"auth-method": "oauth", "entra-tenant-id": tenant.tenant_id}
        assert (
            "another way to sign in"
            in world.client.post(f"{one}/config", json={"values": typed}).text
        )
        untold = world.client.post(f"{one}/config", json={"values": {"auth-method": "oauth"}})
        assert (untold.status_code, "Nobody has signed in" in untold.text) == (400, True)

        location = person.goes_through(started(world, one))
        with administrator(world.environment, folder, "mallory@corp.test") as mallory:
            assert cause_of(mallory.get(location, headers=JSON)) == "state_of_another"
        assert cause_of(world.client.get(location, headers=JSON)) == "state_unknown"

        location = changed(person.goes_through(started(world, one)), code="forged")
        assert cause_of(world.client.get(location, headers=JSON)) == "code_refused"

        elsewhere = "00000000-0000-4000-8000-000000000001"
        pinned = started(world, one, tenantId=elsewhere)
        location = person.goes_through(pinned.replace(elsewhere, "organizations"))
        assert cause_of(world.client.get(location, headers=JSON)) == "code_refused"

        denied = changed(person.goes_through(started(world, one)), error="access_denied", code="")
        assert cause_of(world.client.get(denied, headers=JSON)) == "sign_in_denied"

        first = world.client.get(person.goes_through(started(world, one)), headers=JSON).json()
        location = person.goes_through(first["consentUrl"], "cancel")
        assert cause_of(world.client.get(location, headers=JSON)) == "consent_denied"
        location = person.goes_through(started(world, one, "consent"))
        forged = changed(location, tenant=elsewhere)
        assert cause_of(world.client.get(forged, headers=JSON)) == "tenant_mismatch"

        with psycopg.connect(empty_database, autocommit=True) as connection:
            connection.execute(
                "UPDATE connector_authorizations SET tenant_id = %s, authorized_at = now()",
                [elsewhere],
            )
        location = person.goes_through(started(world, one))
        assert cause_of(world.client.get(location, headers=JSON)) == "tenant_mismatch"
        assert world.client.get(f"{one}/config").json()["values"] == {}


def test_a_connector_with_a_secret_changes_to_signing_in_and_stays_in_its_tenant(
    folder: Path, empty_database: str, tenant: SimulatedTenant
) -> None:
    roles = set(tenant.registration.roles)
    with offering(folder, empty_database, tenant, ("web",)) as world, person_of(tenant) as person:
        tenant.registration.roles.update(roles)
        tenant.registration.installed = True
        connector = world.create(tenant)
        one = f"{world.connectors}/{connector['id']}"
        location = person.goes_through(started(world, one))
        reply = world.client.get(location, headers=JSON).json()
        assert (reply["phase"], reply["tenantId"]) == ("connected", tenant.tenant_id)
        mixed = configuration({"C1_selected_field_group_name": "entra_group_oauth"})
        body = {"connector": {"config": mixed}, "updateMask": "config"}
        assert world.client.post(one, json=body).status_code == 200
