"""Groups of the identity provider that a managed app is assigned to, and what is made of them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ostiary.cli.main import app as commands
from ostiary.server.access import store as access
from ostiary.server.ingest.jobs import refresh_access
from ostiary.server.kernel.authz.roles import APPLICATION_ADMINISTRATOR
from tests.server.access.asking import Story, names
from tests.server.auth.people import People
from tests.server.catalog.lasting import Lasting
from tests.server.ingest.tenants import Held, Tenant

CREATE, PROVISION, SKIP = (
    f"LINKED_GROUP_CHOICE_{word}" for word in ("CREATE_ROLE", "PROVISION", "SKIP")
)


def some_tenant() -> Tenant:
    """Ann is in SG-Finance, Bob in SG-Nested within it; SG-Finance may use Expenses."""
    tenant = Tenant()
    ann, bob = tenant.user("ann"), tenant.user("bob")
    tenant.user("cy")
    nested = tenant.group("SG-Nested", bob)
    finance = tenant.group("SG-Finance", ann)
    tenant.hold(finance, ("group", "SG-Nested"), Held(through=(nested,)))
    tenant.inherit(finance, bob, nested)
    expenses = tenant.app("Expenses")
    tenant.hold(expenses, ("group", "SG-Finance"), Held(through=(finance,)))
    for who in (ann, bob):
        tenant.inherit(expenses, who, finance)
    tenant.app("Legacy")
    return tenant


class Linked:
    """The managed app Expenses and what is said over HTTP about its groups."""

    def __init__(self, admin: Lasting, story: Story) -> None:
        self.tenant = some_tenant()
        self.started = story.sync(self.tenant)
        self.story = story
        self._admin = admin
        reply = admin.post("/api/v1/search/apps", json={"managed": False, "query": "Expenses"})
        self.app = reply.json()["list"][0]["id"]
        self.url = f"/api/v1/apps/{self.app}/linked_groups"
        assert admin.post(f"/api/v1/apps/{self.app}/manage", json={}).status_code == 200
        self.finance = story.resource(("group", "SG-Finance"))

    def sync(self) -> datetime:
        return self.story.sync(self.tenant)

    def shown(self) -> dict[str, Any]:
        [group] = self._admin.get(self.url).json()["list"]
        told: dict[str, Any] = group
        return told

    def decide(self, choice: str, **more: Any) -> Any:
        """A minute later."""
        self.story.clock.advance(timedelta(minutes=1))
        return self._admin.put(f"{self.url}/{self.finance}", json={"choice": choice, **more})

    def decided(self, choice: str, **more: Any) -> dict[str, Any]:
        reply = self.decide(choice, **more)
        assert reply.status_code == 200, reply.text
        told: dict[str, Any] = reply.json()["linkedGroup"]
        return told

    def reconsider(self) -> None:
        assert self._admin.delete(f"{self.url}/{self.finance}").json() == {}

    def holders(self, entitlement: str, at: datetime | None = None) -> list[str]:
        with self.story.kernel.read() as connection:
            return names(access.who_has(connection, entitlement, at=at).items)


@pytest.fixture
def linked(admin: Lasting, story: Story) -> Linked:
    return Linked(admin, story)


def test_groups_are_offered_with_the_reason_and_the_number_of_people(linked: Linked) -> None:
    told = linked.shown()
    assert told["groupId"] == linked.finance
    assert told["displayName"] == "SG-Finance"
    assert told["assignedTo"] == [
        {
            "entitlementId": linked.story.entitlement("app:Expenses:assigned"),
            "displayName": "assigned",
        }
    ]
    assert told["memberCount"] == "2"
    assert told["membersEntitlementId"] == linked.story.entitlement("group:SG-Finance:members")
    assert told["choice"] == "LINKED_GROUP_CHOICE_UNSPECIFIED"


def test_whoever_is_in_the_group_holds_the_role_made_of_it(admin: Lasting, linked: Linked) -> None:
    told = linked.decided(CREATE)
    role = told["entitlementId"]
    assert told["entitlementDisplayName"] == "SG-Finance"
    assert linked.holders(role) == ["ann", "bob"]
    assert linked.holders(role, linked.started) == []

    linked.tenant.remove(("user", "ann"))
    linked.tenant.hold("group:SG-Finance:members", ("user", "cy"))
    before = linked.story.clock.now()
    linked.sync()
    assert linked.holders(role) == ["bob", "cy"]
    assert linked.holders(role, before) == ["ann", "bob"]

    entitlement = admin.get(f"/api/v1/apps/{linked.app}/entitlements/{role}").json()
    shown = entitlement["appEntitlementView"]["appEntitlement"]
    assert (shown["displayName"], shown["isManuallyManaged"], shown["systemBuiltin"]) == (
        "SG-Finance",
        True,
        False,
    )


def test_grants_of_a_role_name_the_group_and_explain_the_way_through_it(linked: Linked) -> None:
    role = linked.decided(CREATE)["entitlementId"]
    with linked.story.kernel.read() as connection:
        grants = access.who_has(connection, role).items
        bob = linked.story.resource(("user", "bob"))
        told = access.explain(connection, role, bob)
    sources = {
        grant.principal.display_name: [
            (source.entitlement.external_id, source.direct) for source in grant.sources
        ]
        for grant in grants
    }
    assert sources == {
        "ann": [("group:SG-Finance:members", True)],
        "bob": [("group:SG-Finance:members", False)],
    }
    assert [grant.direct for grant in grants] == [False, False]
    assert [[step.entitlement.external_id for step in path] for path in told.paths] == [
        [
            "group:SG-Nested:members",
            "group:SG-Finance:members",
            f"linked_group:{linked.finance}:member",
        ]
    ]


def test_a_role_of_a_group_and_access_to_the_app_do_not_mix(admin: Lasting, linked: Linked) -> None:
    role = linked.decided(CREATE)["entitlementId"]
    refresh_access(linked.story.kernel, app_id=linked.app)
    linked.tenant.hold("app:Expenses:assigned", ("user", "cy"))
    linked.sync()
    listed = admin.get(f"/api/v1/apps/{linked.app}/entitlements").json()["list"]
    found = {view["appEntitlement"]["displayName"]: view["appEntitlement"]["id"] for view in listed}
    assert found.keys() == {"Access", "SG-Finance"}
    assert linked.holders(found["Access"]) == ["ann", "bob", "cy"]
    assert linked.holders(role) == ["ann", "bob"]


def test_an_entitlement_is_provisioned_through_the_group(linked: Linked) -> None:
    approver = linked.story.entitlement("app:Expenses:assigned")
    told = linked.decided(PROVISION, entitlementId=approver, triggerScim=True)
    linked.sync()
    assert linked.shown() == {**told, "decidedAt": told["decidedAt"]}
    assert (told["entitlementId"], told["triggerScim"]) == (approver, True)
    assert told["membersEntitlementId"] == linked.story.entitlement("group:SG-Finance:members")


def test_only_entitlements_of_the_app_are_provisioned(linked: Linked) -> None:
    other = linked.story.entitlement("app:Legacy:assigned")
    assert linked.decide(PROVISION, entitlementId=other).status_code == 404
    role = linked.decided(CREATE)["entitlementId"]
    assert linked.decide(PROVISION, entitlementId=role).status_code == 404


def test_contradicting_decisions_are_refused(linked: Linked) -> None:
    assert linked.decide(PROVISION).status_code == 400
    assert linked.decide(SKIP, entitlementId="0" * 27).status_code == 400
    assert linked.decide(SKIP, triggerScim=True).status_code == 400
    assert linked.decide("LINKED_GROUP_CHOICE_MAYBE").status_code == 400


def test_a_mind_can_be_changed_and_the_role_is_the_same_again(linked: Linked) -> None:
    role = linked.decided(CREATE, displayName="Approvers")
    assert role["entitlementDisplayName"] == "Approvers"
    made = linked.story.clock.now()
    linked.sync()
    linked.decided(SKIP)
    assert linked.holders(role["entitlementId"]) == []
    assert linked.holders(role["entitlementId"], made) == ["ann", "bob"]
    linked.sync()
    assert linked.holders(role["entitlementId"]) == []
    again = linked.decided(CREATE)
    assert again["entitlementId"] == role["entitlementId"]
    assert linked.holders(role["entitlementId"]) == ["ann", "bob"]
    linked.reconsider()
    linked.reconsider()
    assert linked.shown()["choice"] == "LINKED_GROUP_CHOICE_UNSPECIFIED"
    assert linked.holders(role["entitlementId"]) == []


def test_a_group_that_is_gone_is_said_to_be_and_nobody_holds_its_role(linked: Linked) -> None:
    role = linked.decided(CREATE)["entitlementId"]
    linked.tenant.remove(("group", "SG-Finance"))
    gone = linked.sync()
    told = linked.shown()
    assert told["groupDeletedAt"] == gone.isoformat().replace("+00:00", "Z")
    assert (told["assignedTo"], told["choice"]) == ([], CREATE)
    assert linked.holders(role) == []
    assert linked.decide(CREATE).status_code == 400
    assert linked.decided(SKIP)["choice"] == SKIP


def test_the_role_follows_the_name_of_the_group_unless_it_has_its_own(linked: Linked) -> None:
    linked.decided(CREATE)
    linked.tenant.resources["group", "SG-Finance"] = "SG-Money"
    linked.sync()
    assert linked.shown()["entitlementDisplayName"] == "SG-Money"


def test_operators_see_and_decide_at_the_console(linked: Linked, tmp_path: Path) -> None:
    environment = {
        "OSTIARY_DATABASE_URL": linked.story.kernel.database.url,
        "OSTIARY_DATA_DIR": str(tmp_path),
    }

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(commands, ["apps", "linked", *words], env=environment)
        return result.exit_code, result.output.strip()

    def listed() -> dict[str, Any]:
        told: dict[str, Any] = json.loads(run("list", "Expenses", "--json")[1])
        return told

    assert (listed()["group"], listed()["assigned_to"]) == ("SG-Finance", "assigned")
    assert run("decide", "expenses", "SG-Finance")[0] == 2
    assert run("decide", "expenses", "SG-Other", "--skip")[0] == 1
    named = ("decide", "expenses", "SG-Finance", "--role", "--role-name", "Approvers")
    assert run(*named) == (0, "SG-Finance: its 2 members hold the role Approvers")
    assert (listed()["choice"], listed()["entitlement"]) == ("create_role", "Approvers")
    approver = linked.story.entitlement("app:Expenses:assigned")
    provisioned = run("decide", "expenses", linked.finance, "--provision", approver, "--scim")
    assert provisioned == (0, "SG-Finance: assigned is granted by putting people into it")
    assert run("reconsider", "expenses", "SG-Finance") == (0, "SG-Finance is undecided.")
    assert listed()["choice"] == ""


def test_decisions_are_audited_with_what_was_before(linked: Linked, people: People) -> None:
    linked.decided(CREATE)
    linked.decided(SKIP)
    linked.reconsider()
    with linked.story.kernel.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT before ->> 'choice', after ->> 'choice' FROM audit_entries "
            "WHERE action = 'catalog.linked_group.decide' ORDER BY sequence"
        )
        assert [tuple(row) for row in rows] == [
            (None, "create_role"),
            ("create_role", "skip"),
            ("skip", None),
        ]


def test_only_groups_of_managed_apps_are_decided_and_only_by_who_may(
    admin: Lasting, linked: Linked, people: People
) -> None:
    keeper = Lasting(people, people.add("keeper@corp.test", APPLICATION_ADMINISTRATOR))
    body = {"choice": SKIP}
    assert keeper.put(f"{linked.url}/{linked.finance}", json=body).status_code == 403
    reply = admin.post("/api/v1/search/apps", json={"managed": False, "query": "Legacy"})
    legacy = reply.json()["list"][0]["id"]
    url = f"/api/v1/apps/{legacy}/linked_groups/{linked.finance}"
    refused = admin.put(url, json=body)
    assert (refused.status_code, refused.json()["code"]) == (400, 9)
    unknown = admin.put(f"{linked.url}/{linked.story.resource(('group', 'SG-Nested'))}", json=body)
    assert unknown.status_code == 404
