"""The client against the simulated tenant, whose idea of Graph is not ours."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from ostiary.graph import (
    BatchPart,
    CredentialRefused,
    GraphClient,
    Hosts,
    Ledger,
    NotFound,
    Page,
    client_secret,
)
from ostiary.tenant.hosting import TenantServer, connector_environment
from ostiary.tenant.stories import story


class Thing(msgspec.Struct):
    id: str


@pytest.fixture
async def environment(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[dict[str, str]]:
    server = TenantServer(story())
    await server.start()
    settings = connector_environment(server)
    monkeypatch.setenv("SSL_CERT_FILE", settings["SSL_CERT_FILE"])
    yield settings
    await server.stop()


@pytest.fixture
def hosts(environment: dict[str, str]) -> Hosts:
    return Hosts(environment["BATON_GRAPH_DOMAIN"], environment["BATON_ENTRA_LOGIN_DOMAIN"])


async def test_sign_in_list_delta_and_batch(environment: dict[str, str], hosts: Hosts) -> None:
    credential = client_secret(
        tenant_id=environment["BATON_ENTRA_TENANT_ID"],
        client_id=environment["BATON_ENTRA_CLIENT_ID"],
        secret=environment["BATON_ENTRA_CLIENT_SECRET"],
        hosts=hosts,
    )
    ledger = Ledger()
    async with GraphClient(credential, domain=hosts.graph, observer=ledger) as graph:
        options = {"$select": "id", "$top": "10"}
        pages = [page async for page in graph.pages("/users", Thing, params=options, stream="u")]
        users = {user.id for page in pages for user in page.value}
        assert len(pages) > 2
        assert len(users) == sum(len(page.value) for page in pages)

        latest = await graph.latest_delta("/users/delta", {"$select": "id"}, stream="u")
        resumed = graph.pages("/users/delta", Thing, stream="u", resume=latest)
        assert [page.value async for page in resumed] == [[]]

        some = min(users)
        parts = [BatchPart(id, f"/users/{id}?$select=id", Thing) for id in (some, "absent")]
        found, missing = (await graph.batch(parts, stream="b")).values()
        assert found == Thing(some)
        assert isinstance(missing, NotFound)
        assert "User.Read.All" in (await credential.token()).roles
    assert ledger.streams["u"].requests == len(pages) + 2
    assert ledger.streams["u"].resource_units > 0
    assert ledger.total.requests == len(pages) + 3


async def test_a_paging_error_is_named(environment: dict[str, str], hosts: Hosts) -> None:
    credential = client_secret(
        tenant_id=environment["BATON_ENTRA_TENANT_ID"],
        client_id=environment["BATON_ENTRA_CLIENT_ID"],
        secret=environment["BATON_ENTRA_CLIENT_SECRET"],
        hosts=hosts,
    )
    async with GraphClient(credential, domain=hosts.graph) as graph:
        with pytest.raises(Exception, match="Invalid page size specified: '1000'"):
            await graph.get("/users", Page[Thing], params={"$top": "1000"})


async def test_a_pasted_secret_id_is_recognised(environment: dict[str, str], hosts: Hosts) -> None:
    credential = client_secret(
        tenant_id=environment["BATON_ENTRA_TENANT_ID"],
        client_id=environment["BATON_ENTRA_CLIENT_ID"],
        secret="0f8fad5b-d9cb-469f-a165-70867728950e",
        hosts=hosts,
    )
    with pytest.raises(CredentialRefused, match="looks like the secret's ID") as caught:
        await credential.token()
    assert caught.value.code == "AADSTS7000215"
    await credential.aclose()
