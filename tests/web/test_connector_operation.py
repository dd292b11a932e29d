"""What is done on the pages of connectors: credentials, schedules, syncs that were held."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import yaml

from ostiary.server.connectors.jobs import ingest_sync
from ostiary.server.connectors.schedule import Interval
from ostiary.server.connectors.store import credentials
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from ostiary.server.web.moments import exact
from tests.server.connectors.world import (
    latest_sync,
    seen,
)
from tests.web.conftest import Reader
from tests.web.connectors import Held, place
from tests.web.test_access_pages import said


def test_a_rotated_secret_is_shown_once_with_what_starts_an_agent(
    kernel: Kernel, connector: Connector, admin: Reader
) -> None:
    answer = admin.post(place(connector, "/credentials/rotate"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    page = html.unescape(answer.text)
    secret = re.search(r"secret-token:\S+?(?=[\"'<])", page)
    assert secret
    shown = re.search(r'<pre[^>]*aria-labelledby="kubernetes"[^>]*>(.*?)</pre>', page, re.S)
    assert shown
    documents = list(yaml.safe_load_all(shown[1]))
    assert [each["kind"] for each in documents] == ["Secret", "Deployment"]
    assert {each["metadata"]["name"] for each in documents} == {"ostiary-our-tenant"}
    given = documents[0]["stringData"]
    assert given["BATON_CLIENT_SECRET"] == secret[0]
    assert kernel.settings.external_authority in given["BATON_CLIENT_ID"]
    assert f"export BATON_CLIENT_SECRET='{secret[0]}'" in page
    after = said(admin, place(connector, "/credentials"))
    assert secret[0] not in html.unescape(after)
    assert given["BATON_CLIENT_ID"] in html.unescape(after)
    assert "in an hour" in after


def test_what_agents_must_trust_is_in_the_manifest(
    kernel: Kernel, connector: Connector, admin: Reader
) -> None:
    folder = kernel.settings.data_dir / "tls"
    folder.mkdir(parents=True)
    pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    (folder / "ca.pem").write_text(pem)
    page = html.unescape(admin.post(place(connector, "/credentials/rotate")).text)
    shown = re.search(r'<pre[^>]*aria-labelledby="kubernetes"[^>]*>(.*?)</pre>', page, re.S)
    assert shown
    secret, trust, deployment = yaml.safe_load_all(shown[1])
    assert trust["data"]["ca.pem"] == pem
    pod = deployment["spec"]["template"]["spec"]
    assert pod["volumes"][1]["configMap"]["name"] == trust["metadata"]["name"]
    (container,) = pod["containers"]
    assert container["envFrom"] == [{"secretRef": {"name": secret["metadata"]["name"]}}]
    assert container["env"][1] == {"name": "SSL_CERT_FILE", "value": "/etc/ostiary/ca.pem"}


def test_a_credential_is_revoked_by_typing(
    kernel: Kernel, connector: Connector, admin: Reader
) -> None:
    admin.post(place(connector, "/credentials/rotate"))
    with kernel.read() as connection:
        (made,) = credentials.find_of(connection, connector.key)
    path = place(connector, f"/credentials/{made.id}/revoke")
    assert admin.post(path, data={"typed": "no"}).status_code == 400
    assert ">Works<" in said(admin, place(connector, "/credentials"))
    assert admin.post(path, data={"typed": "revoke"}).status_code == 303
    assert ">Revoked<" in said(admin, place(connector, "/credentials"))


def test_a_schedule_shows_its_next_times_before_it_is_saved(
    kernel: Kernel, connector: Connector, admin: Reader
) -> None:
    path = place(connector, "/schedule")
    cron = {"kind": "cron", "cron": "0 6 * * 1-5", "zone": "Europe/Berlin"}
    preview = admin.get(path, params=cron).text
    assert "3 March 2026, 05:00:00 UTC" in preview
    assert "Now: every hour." in preview
    assert (
        "comes round within 30 minutes" in admin.get(path, params=cron | {"cron": "* * * * *"}).text
    )
    refused = admin.post(path, data=cron | {"zone": "Middle/Earth"})
    assert refused.status_code == 400
    assert "No such time zone" in refused.text
    assert "Middle/Earth" in refused.text
    assert admin.post(path, data=cron).status_code == 303
    assert "Now: 0 6 * * 1-5 (Europe/Berlin)." in said(admin, path)
    assert (
        admin.post(path, data={"kind": "interval", "every": "2", "unit": "hours"}).status_code
        == 303
    )
    assert seen(kernel, connector).schedule == Interval(timedelta(hours=2))
    assert admin.post(path, data={"kind": "interval", "every": "x"}).status_code == 400
    assert admin.post(path, data={"kind": "demand"}).status_code == 303
    assert seen(kernel, connector).schedule is None


def test_a_kept_schedule_goes_on_from_the_next_sync_and_a_preview_from_now(
    kernel: Kernel, connector: Connector, admin: Reader, clock: FixedClock
) -> None:
    path = place(connector, "/schedule")
    every_hour = {"kind": "interval", "every": "1", "unit": "hours"}
    assert admin.post(path, data=every_hour).status_code == 303
    due_at = seen(kernel, connector).due_at
    assert due_at is not None
    clock.advance(timedelta(minutes=20))
    following = [exact(due_at), exact(due_at + timedelta(hours=1))]
    for asked in ({}, every_hour):
        page = admin.get(path, params=asked).text
        assert re.findall(r"<li>([^<]+UTC)", page)[:2] == following
    preview = admin.get(path, params=every_hour | {"every": "2"}).text
    assert re.findall(r"<li>([^<]+UTC)", preview)[0] == exact(clock.now() + timedelta(hours=2))
    clock.advance(timedelta(hours=1))
    assert exact(clock.now()) in re.findall(r"<li>([^<]+UTC)", admin.get(path).text)[0]


def test_a_held_drop_names_what_would_be_lost_and_is_refused_or_confirmed(
    held: Held, admin: Reader
) -> None:
    kernel, connector = held.kernel, held.connector
    assert ">Held<" in said(admin, place(connector))
    page = said(admin, place(connector, "/held"))
    assert "Confirm removal of 10 resources" in page
    assert "The sync would remove 10 of 12 resources of type user" in page
    assert ">U3<" not in page
    named = said(admin, place(connector, "/held?names=1"))
    assert "<bdi>U3</bdi>" in named
    assert "<bdi>U1</bdi>" not in named
    sync = latest_sync(kernel, connector)
    one = said(admin, place(connector, f"/syncs/{sync.id}"))
    assert "Nothing was dropped." in one, "it is held as a whole"
    assert f'href="{place(connector, "/held")}">See what would be lost' in one
    path = place(connector, "/held/confirm")
    assert admin.post(path, data={"sync_id": sync.id, "typed": "yes"}).status_code == 400
    assert admin.post(path, data={"sync_id": sync.id, "typed": "confirm"}).status_code == 303
    ingest_sync(kernel, sync.id)
    assert latest_sync(kernel, connector).state == "done"
    assert ">Connected<" in said(admin, place(connector))
    assert "No sync is held" in said(admin, place(connector, "/held"))


def test_a_refused_drop_changes_nothing(held: Held, admin: Reader) -> None:
    assert admin.post(place(held.connector, "/held/refuse")).status_code == 303
    assert latest_sync(held.kernel, held.connector).state == "cancelled"
    assert seen(held.kernel, held.connector).paused_at is None
