from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ostiary.server.connectors.actions.credentials import revoke_credential, rotate_credential
from ostiary.server.connectors.actions.registry import delete_connector
from ostiary.server.connectors.store import credentials
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.auth.client_ids import new_secret
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.connectors.world import ADA
from tests.server.gateway.agent import assertion
from tests.server.gateway.conftest import Enlist
from tests.server.gateway.refusals import refused


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"aud": ["127.0.0.1"]},
        {"header": {"nonce": None}, "nonce": "0" * 32},
        {"header": {"typ": "JWT"}},
        {"iat": None, "nbf": None},
    ],
    ids=["new Go", "old Go", "old Python", "with typ", "exp alone"],
)
async def test_assertions_as_the_known_clients_send_them_are_taken(
    enlist: Enlist, clock: FixedClock, changes: dict[str, Any]
) -> None:
    agent = await enlist(signed_in=False)
    signed = assertion(agent.secret, agent.client_id, clock.now(), **changes)
    status, answer = await agent.ask_for_token(signed)
    assert status == 200
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)


@pytest.mark.parametrize("behind", [-170, 170])
async def test_clocks_may_differ_by_more_than_two_minutes(
    enlist: Enlist, clock: FixedClock, behind: int
) -> None:
    """The client allows for two minutes itself, before and after."""
    agent = await enlist(signed_in=False)
    theirs = clock.now() + timedelta(seconds=behind)
    signed = assertion(agent.secret, agent.client_id, theirs, iat=None)
    status, _ = await agent.ask_for_token(signed)
    assert status == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "elsewhere.example"},
        {"aud": None},
        {"exp": 0},
        {"exp": 99_999_999_999},
        {"exp": "soon"},
        {"nbf": 9_999_999_999},
        {"iss": "somebody@127.0.0.1/cnc"},
        {"sub": "somebody@127.0.0.1/cnc"},
        {"header": {"alg": "none"}},
        {"header": {"alg": "HS256"}},
        {"header": {"crit": ["b64"]}},
    ],
    ids=str,
)
async def test_assertions_that_are_not_quite_right_are_refused(
    enlist: Enlist, clock: FixedClock, changes: dict[str, Any]
) -> None:
    agent = await enlist(signed_in=False)
    signed = assertion(agent.secret, agent.client_id, clock.now(), **changes)
    status, answer = await agent.ask_for_token(signed)
    assert status == 401
    assert answer["error"] == "invalid_client"


async def test_an_assertion_signed_with_another_key_is_refused(
    enlist: Enlist, clock: FixedClock
) -> None:
    agent = await enlist(signed_in=False)
    forged = assertion(new_secret().secret, agent.client_id, clock.now())
    status, _ = await agent.ask_for_token(forged)
    assert status == 401


async def test_an_assertion_is_good_once(enlist: Enlist, clock: FixedClock) -> None:
    agent = await enlist(signed_in=False)
    signed = assertion(agent.secret, agent.client_id, clock.now())
    first, _ = await agent.ask_for_token(signed)
    again, _ = await agent.ask_for_token(signed)
    assert (first, again) == (200, 401)


async def test_the_whole_secret_is_taken_as_well(enlist: Enlist) -> None:
    agent = await enlist(signed_in=False)
    right, _ = await agent.ask_for_token(client_secret=agent.secret)
    wrong, _ = await agent.ask_for_token(client_secret=new_secret().secret)
    assert (right, wrong) == (200, 401)


async def test_using_a_credential_is_noted(
    kernel: Kernel, connector: Connector, enlist: Enlist, clock: FixedClock
) -> None:
    await enlist()
    with kernel.read() as connection:
        used = credentials.find_of(connection, connector.key)[0]
    assert used.last_used_at == clock.now()


async def test_calls_without_a_good_token_are_unauthenticated(enlist: Enlist) -> None:
    agent = await enlist(signed_in=False)
    for token in ("", "ost_wrong", "x" * 5000):
        agent.token = token
        await refused(agent.hello(), "UNAUTHENTICATED")
        await refused(agent.get_task(), "UNAUTHENTICATED")
        await refused(agent.get_tasks(5), "UNAUTHENTICATED")
        await refused(agent.heartbeat("0" * 27), "UNAUTHENTICATED")
        await refused(agent.succeed("0" * 27), "UNAUTHENTICATED")
        await refused(agent.upload("0" * 27, b"content"), "UNAUTHENTICATED")


async def test_a_token_works_for_an_hour(enlist: Enlist, clock: FixedClock) -> None:
    agent = await enlist()
    clock.advance(timedelta(minutes=59, seconds=59))
    await agent.get_task()
    clock.advance(1)
    await refused(agent.get_task(), "UNAUTHENTICATED")


async def test_revoking_a_credential_ends_its_tokens_at_once(
    kernel: Kernel, connector: Connector, enlist: Enlist
) -> None:
    agent = await enlist()
    with kernel.work(ADA) as work:
        credential = credentials.find_of(work.connection, connector.key)[0]
        revoke_credential(work, connector.id, credential.id)
    await refused(agent.get_task(), "UNAUTHENTICATED")


async def test_a_replaced_secret_stops_when_its_grace_is_over(
    kernel: Kernel, connector: Connector, enlist: Enlist, clock: FixedClock
) -> None:
    old = await enlist()
    with kernel.work(ADA) as work:
        rotated = rotate_credential(work, connector.id, "127.0.0.1:8443")
    assert rotated.old_until is not None
    clock.advance(rotated.old_until - clock.now() - timedelta(seconds=1))
    await old.sign_in(clock.now())
    await old.get_task()
    clock.advance(1)
    await refused(old.get_task(), "UNAUTHENTICATED")
    status, _ = await old.ask_for_token(assertion(old.secret, old.client_id, clock.now()))
    assert status == 401


async def test_agents_of_a_deleted_connector_are_locked_out(
    kernel: Kernel, connector: Connector, enlist: Enlist
) -> None:
    agent = await enlist()
    with kernel.work(ADA) as work:
        delete_connector(work, connector.id)
    await refused(agent.get_task(), "UNAUTHENTICATED")
