"""What a connector uploads is taken whole and faithfully, or refused with a reason that its owners
read; nothing in it is an error of the server.
"""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from ostiary.baton.c1z import container
from ostiary.server.app import JOBS
from ostiary.server.app import create_app as create_server
from ostiary.server.catalog.actions import create_app
from ostiary.server.connectors.actions.registry import NewConnector, create_connector
from ostiary.server.connectors.actions.syncs import request_sync
from ostiary.server.connectors.files import upload_path, uploads_folder
from ostiary.server.connectors.rules import SyncState
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.authz.roles import SUPER_ADMINISTRATOR
from ostiary.server.kernel.work import Kernel
from ostiary.server.kernel.worker import Worker
from tests.server.auth.people import People
from tests.server.connectors import world
from tests.server.connectors.world import ADA
from tests.server.ingest.states import state
from tests.server.security import uploads
from tests.server.security.uploads import SURROGATE, Make, altered, enveloped, of_bytes

UNDONE = sa.text("SELECT task_name, status FROM procrastinate_jobs WHERE status <> 'succeeded'")
ENDLESS = (
    "CREATE VIEW v1_grants AS WITH RECURSIVE rows(id) AS (SELECT 1 UNION ALL SELECT id + 1"
    " FROM rows) SELECT id, x'' AS data, (SELECT sync_id FROM v1_sync_runs) AS sync_id,"
    " 'user' AS resource_type_id, '' AS entitlement_id, 'user' AS principal_resource_type_id,"
    " 'ann' AS principal_resource_id, 'g' AS external_id FROM rows"
)

REFUSED: dict[str, tuple[Make, str]] = {
    "a bomb that says so": (uploads.announced_bomb, "holds more than"),
    "a bomb": (uploads.bomb, "holds more than"),
    "a bit of zstd turned": (
        enveloped(lambda data: data[:200] + bytes([data[200] ^ 1]) + data[201:]),
        "damaged",
    ),
    "no end": (enveloped(lambda data: data[: len(data) // 2]), "truncated"),
    "more behind the end": (enveloped(lambda data: data + b"more"), "damaged"),
    "no database": (of_bytes(lambda data: b"not" + data), "no SQLite"),
    "half a database": (of_bytes(lambda data: data[: len(data) // 2]), "damaged"),
    "garbage behind the first page": (
        of_bytes(lambda data: data[:33_000] + b"\xa5" * (len(data) - 33_000)),
        "damaged",
    ),
    "another program's database": (uploads.foreign, "v1_sync_runs"),
    "runs of another shape": (
        altered("DROP TABLE v1_sync_runs", "CREATE TABLE v1_sync_runs (id integer primary key)"),
        "lacks ended_at, started_at",
    ),
    "grants of another shape": (
        altered("ALTER TABLE v1_grants RENAME COLUMN entitlement_id TO other"),
        "lacks entitlement_id",
    ),
    "no grants": (altered("DROP TABLE v1_grants"), "v1_grants"),
    "grants without end": (altered("DROP TABLE v1_grants", ENDLESS), "v1_grants"),
    "a number for data": (altered("UPDATE v1_resources SET data = 5"), "no bytes"),
    "a text for data": (altered("UPDATE v1_grants SET data = 'text'"), "no bytes"),
    "data of nothing known": (altered("UPDATE v1_resources SET data = x'ffff'"), "damaged"),
    "grants of nothing known": (altered("UPDATE v1_grants SET data = x'ffff'"), "damaged"),
    "bytes for a sync's id": (altered("UPDATE v1_sync_runs SET sync_id = x'00ff'"), "no text"),
    "NUL in a sync's id": (
        altered("UPDATE v1_sync_runs SET sync_id = CAST(x'610062' AS TEXT)"),
        "no text",
    ),
    "a number for a time": (altered("UPDATE v1_sync_runs SET started_at = 5.5"), "no text"),
    "a sync's id of a megabyte": (
        altered("UPDATE v1_sync_runs SET sync_id = printf('%.1000000c', 'x')"),
        "impossible id",
    ),
    "half a pair in a sync's id": (
        altered(f"UPDATE v1_sync_runs SET sync_id = {SURROGATE}"),
        "UTF-8",
    ),
    "half a pair in a grant": (
        altered(f"UPDATE v1_grants SET entitlement_id = {SURROGATE}"),
        "UTF-8",
    ),
    "half a pair in a name": (
        of_bytes(lambda data: data.replace(b"bob@", b"b\xed\xa0\x80")),
        "damaged",
    ),
    "NUL in a grant": (
        altered("UPDATE v1_grants SET entitlement_id = CAST(x'610062' AS TEXT)"),
        "damaged",
    ),
    "the same resource twice": (
        altered(
            "DROP INDEX idx_resources_parent_resource_id_v1",
            *[
                "INSERT INTO v1_resources (resource_type_id, external_id, data, sync_id,"
                " discovered_at) SELECT resource_type_id, 'eva', CAST(replace(CAST(data AS TEXT),"
                " 'ann', 'eva') AS BLOB), sync_id, discovered_at FROM v1_resources"
                " WHERE external_id LIKE '%ann'"
            ]
            * 2,
        ),
        "damaged",
    ),
    "structures without end": (
        altered(
            "UPDATE v1_resources SET"
            f" data = CAST(data || x'{uploads.deep_profile(200).hex()}' AS BLOB)"
        ),
        "Error parsing message",
    ),
    "an unknown kind of sync": (altered("UPDATE v1_sync_runs SET sync_type = 'x'"), "only a full"),
}

TEXTS = {
    "controls": "".join(map(chr, range(1, 32))) + "\x7f\x85\u2028",
    "right to left": "\u202eabc\u202d\u2066\u200f",
    "sql": "'; DROP TABLE grants; --\\",
    "html": "<script>alert(1)</script>&amp;\"'{{ 7*7 }}",
    "formula": '=HYPERLINK("http://evil.test")',
    "cel": "true || user.email == ''",
    "beyond the first plane": "𝕏\U0010ffff\ufffe",
    "long": "name " * 200_000,
}


@pytest.fixture
def connector(kernel: Kernel) -> Connector:
    with kernel.work(ADA) as work:
        return create_connector(work, NewConnector(create_app(work, "Demo"), "", "Demo"))


async def deliver(kernel: Kernel, connector: Connector, make: Make) -> None:
    """From the upload to all that the workers do about it."""
    if world.open_sync(kernel, connector) is None:
        with kernel.work(ADA) as work:
            request_sync(work, connector.id)
    task = world.lease(kernel, connector, "host-a")
    assert task is not None
    world.upload(kernel, connector, "host-a", task.id)
    world.finish(kernel, connector, "host-a", task.id)
    sync = world.latest_sync(kernel, connector)
    assert sync.upload_id is not None
    uploads_folder(kernel.settings).mkdir(parents=True, exist_ok=True)
    make(upload_path(kernel.settings, sync.upload_id, "c1z"))
    await Worker(kernel, JOBS).drain()
    await Worker(kernel, JOBS).drain()  # what the first ones left to do
    with kernel.read() as connection:
        assert connection.execute(UNDONE).all() == [], "a job went wrong"


@pytest.mark.parametrize("name", REFUSED)
async def test_a_hostile_file_is_refused_with_its_reason_and_changes_nothing(
    kernel: Kernel, connector: Connector, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "MAX_DECODED_BYTES", 8 * 1024**2)
    make, why = REFUSED[name]
    await deliver(kernel, connector, uploads.honest)
    assert world.latest_sync(kernel, connector).state is SyncState.DONE
    before = state(kernel, kernel.clock.now(), connector.id)
    assert before["numbers"] == (3, 1, 2)

    await deliver(kernel, connector, make)
    assert world.latest_sync(kernel, connector).state is SyncState.FAILED
    told = world.seen(kernel, connector).last_error
    assert why in told
    assert str(kernel.settings.data_dir) not in told
    assert state(kernel, kernel.clock.now(), connector.id) == before
    assert list((kernel.settings.data_dir / "unpacked").iterdir()) == []

    await deliver(kernel, connector, uploads.honest)
    assert world.latest_sync(kernel, connector).state is SyncState.DONE
    assert world.seen(kernel, connector).last_error == ""


@pytest.mark.parametrize("name", TEXTS)
async def test_hostile_texts_are_kept_and_told_as_they_are(
    kernel: Kernel, connector: Connector, name: str
) -> None:
    text = TEXTS[name]
    await deliver(kernel, connector, uploads.telling(text))
    assert world.latest_sync(kernel, connector).state is SyncState.DONE
    assert everything_kept(kernel) == {text}
    browser = administrator(kernel)
    app = f"/api/v1/apps/{connector.app_id}"
    [account] = found(browser.get(f"{app}/app_users"), "appUser")
    assert (account["displayName"], account["username"]) == (text, text)
    assert account["profile"]["department"] == text
    kinds = found(browser.get(f"{app}/resource_types"), "appResourceType")
    assert text in {kind["displayName"] for kind in kinds}
    named = {
        each["displayName"] for each in found(browser.get(f"{app}/entitlements"), "appEntitlement")
    }
    assert text in named
    answer = browser.post("/api/v1/search/grants", json={"appIds": [connector.app_id]})
    assert answer.status_code == 200
    assert answer.json()["list"]


async def test_nul_which_postgresql_cannot_keep_is_replaced(
    kernel: Kernel, connector: Connector
) -> None:
    await deliver(kernel, connector, uploads.telling("a\0b"))
    assert world.latest_sync(kernel, connector).state is SyncState.DONE
    assert everything_kept(kernel) == {"a\ufffdb"}


def administrator(kernel: Kernel) -> TestClient:
    people = People(kernel, create_server(kernel))
    return people.session_of(people.add("root@corp.test", SUPER_ADMINISTRATOR))


def found(answer: Any, name: str) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text[:2000]
    return [entry.get(name, entry) for entry in answer.json()["list"]]


KEPT = (
    "SELECT display_name, description FROM resource_type_versions"
    " JOIN resource_types t ON t.id = resource_type_id WHERE t.external_id IN ('user', 'group')",
    "SELECT display_name, description FROM resource_versions"
    " JOIN resources r ON r.id = resource_id WHERE r.external_id IN ('ann', 'red')",
    "SELECT login, login_aliases[1], emails[1], status_details, profile->>'department',"
    " profile->'list'->>0, profile->'inner'->>'title', traits->'UserTrait'->>'givenName',"
    " traits->'UserTrait'->>'familyName', traits->'UserTrait'->'employeeIds'->>0"
    " FROM resource_versions WHERE login <> ''",
    "SELECT value FROM resource_versions, jsonb_each_text(profile) WHERE login = ''",
    "SELECT display_name, description, slug, immutable_reason FROM entitlement_versions"
    " WHERE immutable_reason IS NOT NULL",
    "SELECT metadata->>'note', immutable_reason FROM grant_details WHERE metadata IS NOT NULL",
)


def everything_kept(kernel: Kernel) -> set[str]:
    """What all fields together say."""
    with kernel.read() as connection:
        rows = [row for query in KEPT for row in connection.execute(sa.text(query))]
    assert len(rows) >= 8
    return {value for row in rows for value in row}
