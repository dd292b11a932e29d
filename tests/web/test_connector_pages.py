"""The pages of connectors: what they show to whom, and what can be done there."""

from __future__ import annotations

import re

import pytest

from ostiary.server.catalog.actions import create_app
from ostiary.server.connectors.actions.hosting import Line, note_lines
from ostiary.server.connectors.actions.outcomes import Outcome, Remark
from ostiary.server.connectors.actions.registry import NewConnector, create_connector, save_config
from ostiary.server.connectors.actions.syncs import end_applied, request_sync
from ostiary.server.connectors.catalogue.kinds import ENTRA
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.authz.roles import (
    BASIC_USER,
    CONNECTOR_ADMINISTRATOR,
    READ_ONLY_ADMINISTRATOR,
)
from ostiary.server.kernel.work import Kernel
from tests.server.auth.people import People
from tests.server.connectors.world import (
    ADA,
    bring,
    complete_sync,
    fail_sync,
    finish,
    latest_sync,
    lease,
    open_sync,
    seen,
    upload,
)
from tests.web.conftest import Reader, estate
from tests.web.connectors import Held, bring_users, place
from tests.web.test_access_pages import MOST_QUERIES, queries, said
from tests.web.test_pages import HOSTILE, SCRIPT

TABS = ("", "/syncs", "/held", "/schedule", "/credentials", "/changes")


def test_the_list_tells_of_every_connector_how_it_is(
    kernel: Kernel, connector: Connector, admin: Reader
) -> None:
    page = said(admin, "/connectors")
    assert "1 connector<" in page
    assert "Not connected" in page
    assert f'href="{place(connector)}"' in page
    assert "Olga" in page
    assert "Baton (self-hosted)" in page
    complete_sync(kernel, connector)
    assert ">Connected<" in said(admin, "/connectors")
    fail_sync(kernel, connector, "the secret is wrong")
    page = said(admin, f"/apps/{connector.app_id}/connectors")
    assert ">Error<" in page
    assert "1 failure" in page
    assert "the secret is wrong" in page


def test_connectors_are_filtered_and_sorted_by_what_the_list_shows(
    kernel: Kernel, connector: Connector, admin: Reader
) -> None:
    with kernel.work(ADA) as work:
        create_connector(work, NewConnector(connector.app_id, "ours", "Another"))
    fail_sync(kernel, connector)
    assert "1 of 2 connectors" in said(admin, "/connectors?status=error")
    assert "1 of 2 connectors" in said(admin, "/connectors?kind=ours")
    assert "1 of 2 connectors" in said(admin, "/connectors?q=olga")
    assert "0 of 2 connectors" in said(admin, "/connectors?status=held")
    assert "no owner" in said(admin, "/connectors?q=another")
    for column in ("name", "status", "app", "last", "next", "kind", "updated"):
        page = said(admin, f"/connectors?sort={column}&format=csv")
        assert page.count("\n") == 3
    names = said(admin, "/connectors?sort=-name&format=csv").splitlines()[1:]
    assert [line.partition(",")[0] for line in names] == ["Our tenant", "Another"]


def test_people_see_the_connectors_that_they_may_see(
    kernel: Kernel, connector: Connector, people: People, owner: User
) -> None:
    with kernel.work(ADA) as work:
        create_connector(work, NewConnector(connector.app_id, "ours", "Another"))
    stranger = Reader(people, people.add("bob@corp.test", BASIC_USER))
    assert stranger.get("/connectors").status_code == 403
    mine = said(Reader(people, owner), "/connectors")
    assert "1 connector<" in mine
    assert "Another" not in mine
    assert "Add connector" not in mine
    reader = Reader(people, people.add("reader@corp.test", READ_ONLY_ADMINISTRATOR))
    assert "2 connectors" in said(reader, "/connectors")
    assert "Add connector" not in said(reader, "/connectors")
    manager = Reader(people, people.add("conny@corp.test", CONNECTOR_ADMINISTRATOR))
    assert "Add connector" in said(manager, "/connectors")


def test_hostile_names_of_connectors_are_text(kernel: Kernel, admin: Reader) -> None:
    with kernel.work(ADA) as work:
        app_id = create_app(work, SCRIPT)
        for name in HOSTILE:
            create_connector(work, NewConnector(app_id, "ours", name[:256]))
    assert SCRIPT not in said(admin, "/connectors")
    assert SCRIPT not in said(admin, f"/apps/{app_id}/connectors")


def test_a_connector_says_what_to_do_next(
    kernel: Kernel, connector: Connector, admin: Reader
) -> None:
    page = said(admin, place(connector))
    assert "(self-hosted) connector of Demo" in page
    assert "Its agent needs a client id and a secret" in page
    assert "Waiting for an agent" in page
    assert "Olga (olga@corp.test)" in page
    assert "every hour" in page
    complete_sync(kernel, connector)
    assert "Its agent needs" not in said(admin, place(connector))
    for _ in range(3):
        fail_sync(kernel, connector, "Entra refused the secret. Copy the Value column.")
    page = said(admin, place(connector))
    assert "The last sync failed" in page
    assert "Entra refused the secret. Copy the Value column." in page
    assert "3 syncs in a row failed. The owners were told." in page


def test_the_sidebar_marks_where_the_way_to_a_page_begins(
    connector: Connector, admin: Reader, people: People, owner: User
) -> None:
    marked = re.compile(r'<a href="([^"]*)" data-go="\w" aria-current="page">')
    assert marked.findall(said(admin, place(connector))) == ["/connectors"]
    assert marked.findall(said(admin, place(connector, "/edit"))) == ["/connectors"]
    assert marked.findall(said(admin, f"/apps/{connector.app_id}/connectors")) == ["/apps"]
    assert marked.findall(said(Reader(people, owner), place(connector))) == []


def test_a_running_sync_tells_how_much_its_agent_has_read(
    kernel: Kernel, connector: Connector, admin: Reader
) -> None:
    assert lease(kernel, connector, "host-a")
    objects = {"user": 1200, "group": 40, "broken": "many"}
    line = Line("info", "syncing", {"phase": "Groups", "objects": objects})
    with kernel.work(SYSTEM) as work:
        note_lines(work, connector.key, [line])
    page = said(admin, place(connector))
    assert "Reading from the source" in page
    assert "Groups" in page
    assert ">1,200<" in page
    assert "many" not in page


def test_syncs_are_asked_for_stopped_paused_and_resumed(
    kernel: Kernel, connector: Connector, admin: Reader
) -> None:
    assert admin.post(place(connector, "/stop")).status_code == 303
    assert latest_sync(kernel, connector).state == "cancelled"
    assert "Sync now" in said(admin, place(connector))
    assert admin.post(place(connector, "/sync")).status_code == 303
    assert open_sync(kernel, connector)
    again = admin.post(place(connector, "/sync"))
    assert again.status_code == 409
    assert "A sync is already waiting or running." in again.text
    assert admin.post(place(connector, "/pause"), data={"reason": "we move"}).status_code == 303
    page = said(admin, place(connector))
    assert ">Paused<" in page
    assert "we move. Nothing new comes in" in page
    assert "Sync now" not in page
    admin.post(place(connector, "/resume"))
    assert seen(kernel, connector).paused_at is None


def test_one_sync_is_told_in_three_parts(
    kernel: Kernel, connector: Connector, admin: Reader
) -> None:
    task = lease(kernel, connector, "host-a")
    assert task
    upload(kernel, connector, "host-a", task.id)
    left = Remark(
        "Left out: 2 groups: nobody may read them.",
        {"count": 2, "subject": "groups", "reason": "nobody may read them"},
    )
    finish(kernel, connector, "host-a", task.id, Outcome(remarks=[left]))
    counts = {"resources": {"user": 3}, "grants": {"group": 7}}
    deltas = {"resources": {"user": {"added": 1, "removed": 2, "changed": 0}}}
    sync = latest_sync(kernel, connector)
    with kernel.work(SYSTEM) as work:
        end_applied(work, sync.id, counts, deltas)
    listed = said(admin, place(connector, "/syncs"))
    assert "+1 \u22122" in listed
    assert "1 of 1 sync<" in said(admin, place(connector, "/syncs?state=done"))
    assert "0 of 1 sync<" in said(admin, place(connector, "/syncs?state=failed"))
    page = said(admin, place(connector, f"/syncs/{sync.id}"))
    assert "nobody may read them" in page
    assert "Sync applied." in page
    assert "Sync started." in page
    dropped = page[page.index('id="dropped"') : page.index('id="lines"')]
    assert "<strong>2</strong>" in dropped
    assert admin.get(place(connector, "/syncs/another")).status_code == 404


def test_a_sync_calls_types_as_the_connector_does(
    kernel: Kernel, connector: Connector, admin: Reader
) -> None:
    sync = bring(kernel, connector, estate(["Expenses"]).write)
    page = said(admin, place(connector, f"/syncs/{sync.id}"))
    rows = re.findall(
        r'<th scope="row" class="name"><bdi>([^<]+)</bdi></th><td data-title="Kind">(\w+)</td>',
        page,
    )
    assert ("App", "Resources") in rows
    assert ("App", "Grants") in rows
    assert ("User", "Resources") in rows


def test_name_and_owners_are_changed_together(
    kernel: Kernel, connector: Connector, admin: Reader, people: People
) -> None:
    people.add("erin@corp.test", BASIC_USER)
    path = place(connector, "/edit")
    assert "olga@corp.test" in said(admin, path)
    form = {
        "name": "Renamed",
        "description": "of ours",
        "owners": "erin@corp.test\nnobody@corp.test",
    }
    refused = admin.post(path, data=form)
    assert refused.status_code == 400
    assert "Nobody here has the e-mail address nobody@corp.test." in refused.text
    assert "Renamed" in refused.text
    assert seen(kernel, connector).display_name == "Our tenant"
    assert admin.post(path, data=form | {"owners": "erin@corp.test"}).status_code == 303
    page = said(admin, place(connector))
    assert "Renamed" in page
    assert "erin@corp.test" in page
    assert "olga@corp.test" not in page


def test_a_connector_is_deleted_by_typing_after_saying_what_that_means(
    kernel: Kernel, connector: Connector, admin: Reader
) -> None:
    admin.post(place(connector, "/credentials/rotate"))
    assert "What it brought" not in said(admin, place(connector, "/delete"))
    bring_users(kernel, connector, 3)
    with kernel.work(ADA) as work:
        request_sync(work, connector.id)
    page = said(admin, place(connector, "/delete"))
    assert "1 credential of its agents stops working at once." in page
    assert "The sync that waits or runs is stopped." in page
    assert "What it brought stays in Demo as it is, and grows old: 3 accounts." in page
    path = place(connector, "/delete")
    assert admin.post(path, data={"typed": "delet"}).status_code == 400
    assert seen(kernel, connector).deleted_at is None
    assert admin.post(path, data={"typed": "DELETE"}).status_code == 303
    page = said(admin, place(connector))
    assert ">Deleted<" in page
    assert "Sync now" not in page
    assert "0 connectors" in said(admin, "/connectors")


def test_owners_steer_their_connector_and_readers_only_look(
    kernel: Kernel, connector: Connector, people: People, owner: User
) -> None:
    mine = Reader(people, owner)
    assert "Delete" in said(mine, place(connector))
    assert mine.post(place(connector, "/stop")).status_code == 303
    reader = Reader(people, people.add("reader@corp.test", READ_ONLY_ADMINISTRATOR))
    for tab in TABS:
        page = said(reader, place(connector, tab))
        for verb in ("Sync now", "Rotate</button>", ">Save<", "Delete"):
            assert verb not in page, (tab, verb)
    assert reader.post(place(connector, "/sync")).status_code == 403
    stranger = Reader(people, people.add("bob@corp.test", BASIC_USER))
    for tab in TABS:
        assert stranger.get(place(connector, tab)).status_code == 403


def test_who_may_only_look_is_told_whom_to_ask(
    kernel: Kernel, connector: Connector, people: People, admin: Reader
) -> None:
    reader = Reader(people, people.add("reader@corp.test", READ_ONLY_ADMINISTRATOR))
    told = "For that, ask its owner Olga, or a Connector Administrator."
    for tab in TABS:
        if tab != "/syncs":
            assert (told in said(reader, place(connector, tab))) is (tab != "/changes")
            assert told not in said(admin, place(connector, tab))
    page = said(reader, place(connector))
    assert "Its agent needs a client id and a secret" in page
    assert ">Rotate</a>" not in page
    assert ">Rotate</a>" in said(admin, place(connector))
    with kernel.work(ADA) as work:
        hosted = create_connector(work, NewConnector(connector.app_id, ENTRA, "Hosted"))
    page = said(reader, place(hosted))
    assert "It has no settings yet" in page
    assert "Enter settings" not in page
    assert "ask an owner of the app or a Connector Administrator" in page


def test_a_sign_in_that_nobody_finished_is_told_with_ways_on_and_out(
    kernel: Kernel, connector: Connector, admin: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OSTIARY_ENTRA_CLIENT_ID", "6f2f1f3c-0000-4000-8000-000000000001")
    monkeypatch.setenv("OSTIARY_ENTRA_CLIENT_SECRET", "of-the-operator")
    with kernel.work(ADA) as work:
        left = create_connector(work, NewConnector(connector.app_id, ENTRA, "Left"))
    page = said(admin, place(left))
    assert "Not connected: sign-in not finished" in page
    assert f'href="{place(left, "/sign-in")}"' in page
    assert f'href="{place(left, "/delete")}"' in page
    assert "Waiting for an agent" not in page
    assert "Sync now" not in page
    assert "sign-in not finished" in said(admin, "/connectors?q=left")
    assert "sign-in not finished" not in said(admin, "/connectors?q=tenant")


def test_nothing_is_offered_that_changes_the_past(connector: Connector, admin: Reader) -> None:
    for tab in TABS:
        page = said(admin, place(connector, f"{tab}?as_of=2026-03-01"))
        for verb in ("Sync now", "Rotate</button>", ">Save<", "/delete"):
            assert verb not in page, (tab, verb)


def test_no_page_of_a_connector_asks_the_database_often(held: Held, admin: Reader) -> None:
    sync = latest_sync(held.kernel, held.connector)
    own = (*TABS, "/edit", "/delete", "/held?names=1", f"/syncs/{sync.id}")
    for path in (
        "/connectors",
        f"/apps/{held.connector.app_id}/connectors",
        *(place(held.connector, tab) for tab in own),
    ):
        with queries(held.kernel) as asked:
            said(admin, path)
        assert 1 < len(asked) <= MOST_QUERIES, (path, len(asked))


def test_changes_tell_who_did_what(kernel: Kernel, connector: Connector, admin: Reader) -> None:
    form = {"name": "Renamed", "owners": "olga@corp.test"}
    assert admin.post(place(connector, "/edit"), data=form).status_code == 303
    admin.post(place(connector, "/credentials/rotate"))
    with kernel.work(ADA) as work:
        save_config(work, connector.id, {"client-secret": "hush"}, kernel.secrets)
    page = said(admin, place(connector, "/changes"))
    assert "displayName: Our tenant \u2192 Renamed" in page
    assert re.search("Credential made</strong> by <bdi>[^<]*super", page, re.I)
    assert "Added</strong> by <bdi>Ada</bdi>" in page
    assert "Settings saved" in page
    assert "client-secret" in page
    assert "hush" not in page


def test_the_palette_finds_connectors_for_who_may_see_them(
    connector: Connector, admin: Reader, people: People, owner: User
) -> None:
    assert place(connector) in said(admin, "/search?q=TENANT")
    assert place(connector) in said(Reader(people, owner), "/search?q=tenant")
    stranger = Reader(people, people.add("bob@corp.test", BASIC_USER))
    assert place(connector) not in said(stranger, "/search?q=tenant")
