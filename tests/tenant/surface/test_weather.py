"""Faults strike where the forecast says, and nowhere else."""

from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError

from ostiary.tenant.directory import Kind
from ostiary.tenant.surface import Quirks, Weather
from ostiary.tenant.surface.weather import InvalidWeatherError
from tests.tenant.surface.api import Api
from tests.tenant.surface.conftest import Serve
from tests.tenant.surface.tenant import many_users


def weather(*rules: dict[str, Any], seed: int = 1) -> Weather:
    return Weather.of({"rules": list(rules), "seed": seed})


async def statuses(api: Api, path: str, times: int) -> list[int]:
    return [(await api.get(path)).status for _ in range(times)]


async def test_nth_request_is_struck(api: Api) -> None:
    api.surface.weather = weather({"match": "GET /users", "fault": "unavailable", "nth": [2, 4]})
    assert await statuses(api, "/users", 5) == [200, 503, 200, 503, 200]
    assert (await api.get("/groups")).status == 200


async def test_every_third_at_most_twice(api: Api) -> None:
    api.surface.weather = weather({"fault": "unavailable", "every": 3, "times": 2})
    assert await statuses(api, "/users", 9) == [200, 200, 503, 200, 200, 503, 200, 200, 200]


async def test_chance_is_the_same_for_the_same_seed(serve: Serve) -> None:
    rule = {"fault": "unavailable", "probability": 0.5}
    first = await statuses(await serve(weather=weather(rule, seed=5)), "/users", 30)
    again = await statuses(await serve(weather=weather(rule, seed=5)), "/users", 30)
    assert first == again
    assert {200, 503} == set(first)


async def test_script_is_followed_once(api: Api) -> None:
    api.surface.weather = weather({"script": [None, "unavailable", "expired_token"]})
    assert await statuses(api, "/users", 5) == [200, 503, 401, 200, 200]
    assert api.surface.weather.struck == {"unavailable": 1, "expired_token": 1}


async def test_rules_match_operations_and_paths(api: Api) -> None:
    api.surface.weather = weather(
        {"match": "GET /users/{id}", "fault": "unavailable", "status": 500},
        {"match": "* /organization*", "fault": "unavailable", "status": 504},
    )
    assert (await api.get("/users/alice@contoso.test")).status == 500
    assert (await api.get("/organization")).status == 504
    assert (await api.get("/users")).status == 200


async def test_throttle_holds_until_its_retry_after(api: Api) -> None:
    api.surface.weather = weather({"fault": "throttle", "nth": [1], "retry_after": 2.5})
    refused = await api.get("/users")
    assert (refused.status, refused.headers["Retry-After"]) == (429, "2.5")
    assert (await api.get("/groups")).status == 429
    assert len(api.surface.ledger.violations) == 1
    api.directory.clock.advance(2.5)
    assert (await api.get("/users")).status == 200


async def test_throttle_may_leave_out_retry_after(api: Api) -> None:
    api.surface.weather = weather({"fault": "throttle", "times": 1, "retry_after": None})
    refused = await api.get("/users")
    assert refused.status == 429
    assert "Retry-After" not in refused.headers
    assert (await api.get("/users")).status == 200


async def test_unavailable_may_name_a_wait(api: Api) -> None:
    api.surface.weather = weather({"fault": "unavailable", "retry_after": 4})
    assert (await api.get("/users")).headers["Retry-After"] == "4"


@pytest.mark.parametrize("status", [502, 200])
async def test_proxy_answers_html(api: Api, status: int) -> None:
    api.surface.weather = weather({"fault": "html", "status": status})
    answer = await api.get("/users")
    assert answer.status == status
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.body.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    "rule",
    [
        {"fault": "drop"},
        {"fault": "truncate", "share": 0.5},
        {"fault": "stall", "seconds": 0},
        {"fault": "stall", "share": 0.2, "seconds": 0},
    ],
)
async def test_broken_connection_is_an_error_and_the_next_one_works(
    api: Api, rule: dict[str, Any]
) -> None:
    api.surface.weather = weather({"match": "GET /users", "nth": [1], **rule})
    with pytest.raises(ClientError):
        await api.get("/users")
    assert (await api.get("/users")).status == 200


async def test_later_page_may_have_expired(serve: Serve) -> None:
    api = await serve(directory=many_users(3), weather=weather({"fault": "expired_page"}))
    first = await api.get("/users?$top=1")
    assert (await api.get(first.next)).error[:2] == (400, "Directory_ExpiredPageToken")


async def test_delta_is_resynchronized_in_mid_stream(serve: Serve) -> None:
    api = await serve(
        directory=many_users(450),
        quirks=Quirks(0, 0),
        weather=weather({"fault": "resync", "nth": [2]}),
    )
    first = await api.get("/users/delta?$select=id")
    second = await api.get(first.next)
    assert second.status == 200
    lost = await api.get(second.next)
    assert lost.status == 410
    assert (await api.get(lost.headers["Location"])).status == 200


async def test_delta_state_may_be_lost(api: Api) -> None:
    link = (await api.get("/users/delta")).delta
    api.surface.weather = weather({"fault": "sync_lost", "times": 1})
    assert (await api.get(link or "")).error[:2] == (400, "syncStateNotFound")


async def test_object_vanishes_after_a_page(serve: Serve) -> None:
    api = await serve(directory=many_users(30), weather=weather({"fault": "vanish", "nth": [1]}))
    pages = await api.pages("/users?$top=10")
    assert len(api.directory.objects[Kind.USER]) == 29
    assert sum(len(page.value) for page in pages) in (29, 30)


async def test_link_leads_to_a_foreign_host(serve: Serve) -> None:
    rule = {"fault": "foreign_link", "host": "graph.evil.test"}
    api = await serve(directory=many_users(3), weather=weather(rule))
    assert ((await api.get("/users?$top=1")).next or "").startswith("https://graph.evil.test/v1.0/")


async def test_parts_of_a_batch_are_struck_on_their_own(api: Api) -> None:
    api.surface.weather = weather({"match": "GET /users", "fault": "drop"})
    parts = [
        {"id": "1", "method": "GET", "url": "/users"},
        {"id": "2", "method": "GET", "url": "/groups"},
    ]
    answer = await api.ask("POST", "/$batch", {"requests": parts})
    assert {each["id"]: each["status"] for each in answer.body["responses"]} == {"1": 503, "2": 200}


async def test_forecast_is_read_from_yaml(api: Api, tmp_path: Path) -> None:
    path = tmp_path / "storm.yaml"
    path.write_text(
        "seed: 3\nrules:\n  - {match: GET /users, fault: throttle, retry_after: 0.5, times: 1}\n"
    )
    api.surface.weather = Weather.load(path)
    assert (await api.get("/users")).headers["Retry-After"] == "0.5"


@pytest.mark.parametrize(
    "rule",
    [{"fault": "earthquake"}, {"match": "*"}, {"fault": "drop", "colour": "red"}],
)
def test_forecast_that_makes_no_sense_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(InvalidWeatherError):
        weather(rule)
