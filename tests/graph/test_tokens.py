"""One token for everybody, renewed in time."""

import asyncio

import pytest

from ostiary.graph import AccessToken, CredentialRefused
from ostiary.graph.tokens import RENEW_BEFORE, TokenKeeper, read_token
from tests.graph.clock import LeapingClock


class Issuer:
    def __init__(self, clock: LeapingClock, lifetime: float = 3600) -> None:
        self.clock = clock
        self.lifetime = lifetime
        self.issued = 0
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.error: Exception | None = None

    async def fetch(self) -> AccessToken:
        self.issued += 1
        await self.go_on.wait()
        if self.error is not None:
            raise self.error
        return AccessToken(f"t{self.issued}", self.clock.wall() + self.lifetime)


@pytest.fixture
def issuer(clock: LeapingClock) -> Issuer:
    return Issuer(clock)


@pytest.fixture
def keeper(issuer: Issuer, clock: LeapingClock) -> TokenKeeper:
    return TokenKeeper(issuer.fetch, clock)


async def test_many_who_ask_at_once_cause_one_fetch(keeper: TokenKeeper, issuer: Issuer) -> None:
    tokens = await asyncio.gather(*(keeper.token() for _ in range(20)))
    assert {token.value for token in tokens} == {"t1"}
    assert issuer.issued == 1


async def test_a_token_is_renewed_five_minutes_before_its_end(
    keeper: TokenKeeper, clock: LeapingClock
) -> None:
    await keeper.token()
    clock.now += 3600 - RENEW_BEFORE - 1
    assert (await keeper.token()).value == "t1"
    clock.now += 1
    assert (await keeper.token()).value == "t2"


async def test_many_refusals_of_one_token_cause_one_renewal(
    keeper: TokenKeeper, issuer: Issuer
) -> None:
    old = await keeper.token()
    tokens = await asyncio.gather(*(keeper.token(refused=old) for _ in range(20)))
    assert {token.value for token in tokens} == {"t2"}
    assert issuer.issued == 2


async def test_a_failure_reaches_all_who_wait_and_is_not_kept(
    keeper: TokenKeeper, issuer: Issuer
) -> None:
    issuer.error = CredentialRefused("no")
    results = await asyncio.gather(*(keeper.token() for _ in range(3)), return_exceptions=True)
    assert all(isinstance(result, CredentialRefused) for result in results)
    issuer.error = None
    assert (await keeper.token()).value == "t2"


async def test_one_who_waits_may_be_cancelled_without_harm_to_the_others(
    keeper: TokenKeeper, issuer: Issuer
) -> None:
    issuer.go_on.clear()
    first, second = (asyncio.create_task(keeper.token()) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    issuer.go_on.set()
    assert (await second).value == "t1"
    assert first.cancelled()


async def test_closing_ends_a_fetch_under_way(keeper: TokenKeeper, issuer: Issuer) -> None:
    issuer.go_on.clear()
    waiting = asyncio.create_task(keeper.token())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await keeper.aclose()
    with pytest.raises(asyncio.CancelledError):
        await waiting


@pytest.mark.parametrize("value", ["opaque", "a.b", "a.!!!.c", "a.e30", "a.bm90anNvbg.c", ""])
def test_a_token_that_cannot_be_read_is_still_a_token(value: str) -> None:
    assert read_token(value, 5.0) == AccessToken(value, 5.0)
