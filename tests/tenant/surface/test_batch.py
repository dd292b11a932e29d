"""$batch: parts that live and fail on their own."""

from typing import Any

import pytest

from ostiary.tenant.directory.ids import stable_id
from tests.tenant.surface.api import Api
from tests.tenant.surface.conftest import Serve

FINANCE = stable_id("Finance")


def part(number: int, url: str, **more: Any) -> dict[str, Any]:
    return {"id": str(number), "method": "GET", "url": url, **more}


async def batch(api: Api, *parts: dict[str, Any]) -> dict[str, dict[str, Any]]:
    answer = await api.ask("POST", "/$batch", {"requests": list(parts)})
    assert answer.status == 200, answer.body
    return {each["id"]: each for each in answer.body["responses"]}


async def test_parts_answer_by_id_with_their_own_status_and_cost(api: Api) -> None:
    done = await batch(
        api,
        part(1, "/users?$select=id"),
        part(2, f"groups/{FINANCE}/members?$select=id"),
        part(3, f"/groups/{stable_id('nobody')}"),
    )
    assert len(done["1"]["body"]["value"]) == 3
    assert done["2"]["headers"]["x-ms-resource-unit"] == "2"
    assert done["3"]["status"] == 404
    assert done["3"]["body"]["error"]["code"] == "Request_ResourceNotFound"
    assert api.surface.ledger.resource_units == 4
    assert (api.surface.ledger.requests, api.surface.ledger.http_requests) == (4, 1)


async def test_responses_are_not_in_the_order_of_the_requests(api: Api) -> None:
    parts = [part(number, "/organization") for number in range(3)]
    answer = await api.ask("POST", "/$batch", {"requests": parts})
    assert [each["id"] for each in answer.body["responses"]] == ["2", "1", "0"]


async def test_next_link_of_a_part_is_absolute(api: Api) -> None:
    done = await batch(api, part(1, "/users?$top=1&$select=id"))
    link = done["1"]["body"]["@odata.nextLink"]
    assert link.startswith(f"http://{api.host}/v1.0/users?")
    assert len((await api.get(link)).value) == 1


async def test_part_that_depends_on_a_failure_fails(api: Api) -> None:
    done = await batch(
        api,
        part(1, f"/groups/{stable_id('nobody')}"),
        part(2, "/users", dependsOn=["1"]),
        part(3, "/users", dependsOn=[]),
    )
    assert (done["2"]["status"], done["3"]["status"]) == (424, 200)
    assert done["2"]["body"]["error"]["code"] == "FailedDependency"


async def test_parts_are_throttled_one_by_one(serve: Serve) -> None:
    api = await serve(quota=3 / 3500)
    done = await batch(api, *(part(number, "/groups") for number in range(5)))
    statuses = [done[str(number)]["status"] for number in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert float(done["3"]["headers"]["Retry-After"]) > 0


async def test_header_of_a_part_counts_for_that_part(api: Api) -> None:
    done = await batch(
        api,
        part(1, "/users/$count", headers={"ConsistencyLevel": "eventual"}),
        part(2, "/users/$count"),
    )
    assert (done["1"]["status"], done["1"]["body"]) == (200, "3")
    assert done["2"]["status"] == 400


@pytest.mark.parametrize(
    "requests",
    [
        [],
        [part(number, "/users") for number in range(21)],
        [part(1, "/users"), part(1, "/groups")],
        [part(1, "/users", dependsOn=["2"]), part(2, "/users")],
        [part(1, "/$batch")],
        [{"id": "1", "method": "POST", "url": "/users", "body": {"x": 1}}],
        [{"method": "GET", "url": "/users"}],
    ],
)
async def test_malformed_batches_are_refused_whole(api: Api, requests: list[Any]) -> None:
    answer = await api.ask("POST", "/$batch", {"requests": requests})
    assert answer.error[:2] == (400, "BadRequest")


async def test_next_link_of_a_part_written_with_spaces_can_be_followed(api: Api) -> None:
    done = await batch(api, part(1, "/users?$filter=accountEnabled eq true&$top=2&$select=id"))
    link = done["1"]["body"]["@odata.nextLink"]
    assert " " not in link
    assert (await api.get(link)).ids == [stable_id("carol")]
