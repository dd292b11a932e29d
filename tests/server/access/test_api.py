"""Who has what, over HTTP, of tenants that connectors brought."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from ostiary.baton.annotations import pack
from ostiary.baton.pb import connector_v2 as v2
from ostiary.server.app import create_app
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.authz.roles import (
    APPLICATION_ADMINISTRATOR,
    BASIC_USER,
    SUPER_ADMINISTRATOR,
)
from ostiary.server.kernel.work import Kernel
from tests.server.access.asking import Story
from tests.server.auth.people import People
from tests.server.catalog.lasting import Lasting
from tests.server.ingest.tenants import Held, Tenant

APP = "app:expenses:assigned"
FINANCE = "group:finance:members"


def nested() -> Tenant:
    """Bob is in finance, which may use expenses; ada may use it herself, and carl has nothing."""
    tenant = Tenant()
    ada, bob = tenant.user("ada"), tenant.user("bob")
    tenant.user("carl")
    finance = tenant.group("finance", bob)
    app = tenant.app("expenses", ada)
    tenant.hold(app, ("group", "finance"), Held(through=(finance,)))
    tenant.inherit(app, bob, finance)
    return tenant


@pytest.fixture
def people(kernel: Kernel) -> People:
    return People(kernel, create_app(kernel))


@pytest.fixture
def admin(people: People) -> Lasting:
    return Lasting(people, people.add("super@corp.test", SUPER_ADMINISTRATOR))


@pytest.fixture
def tenant(story: Story) -> Tenant:
    """Already synced."""
    tenant = nested()
    story.sync(tenant)
    return tenant


def own(story: Story, user: User, *accounts: str) -> None:
    """Makes accounts those of a person who can sign in."""
    with story.kernel.work(SYSTEM) as unit:
        unit.connection.execute(
            sa.text(
                "WITH person AS (INSERT INTO people (public_id, user_id, created_at) "
                "VALUES (:id, :user, :now) RETURNING id) "
                "INSERT INTO account_owners (resource_id, person_id, reason, valid_from) "
                "SELECT r.id, person.id, 'manual', :now FROM person, resources r "
                "WHERE r.public_id = ANY (:accounts)"
            ),
            {
                "id": user.public_id,
                "user": user.id,
                "now": unit.now,
                "accounts": [story.resource(("user", name)) for name in accounts],
            },
        )


def url(story: Story, entitlement: str, *rest: str) -> str:
    base = f"/api/v1/apps/{story.app}/entitlements/{story.entitlement(entitlement)}"
    return "/".join((base, *rest))


def told(reply: Any) -> Any:
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_accounts_in_the_words_of_c1(admin: Lasting, story: Story, tenant: Tenant) -> None:
    page = told(admin.get(f"/api/v1/apps/{story.app}/app_users"))
    by_name = {view["appUser"]["displayName"]: view["appUser"] for view in page["list"]}
    assert by_name.keys() == {"ada", "bob", "carl"}
    ada = by_name["ada"]
    assert (ada["email"], ada["username"]) == ("ada@example.com", "ada")
    assert ada["status"] == {"status": "STATUS_ENABLED", "details": ""}
    assert (ada["appUserType"], ada["identityUserId"]) == ("APP_USER_TYPE_USER", "")


def test_accounts_are_searched(
    admin: Lasting, story: Story, tenant: Tenant, people: People
) -> None:
    user = people.add("ada@corp.test", BASIC_USER)
    own(story, user, "ada")

    def found(**filters: Any) -> list[str]:
        page = told(admin.post("/api/v1/search/app_users", json=filters))
        return sorted(view["appUser"]["displayName"] for view in page["list"])

    assert found(query="BOB@EX") == ["bob"]
    assert found(userIds=[user.public_id]) == ["ada"]
    assert found(excludeAppUserIds=[story.resource(("user", "ada"))]) == ["bob", "carl"]
    assert found(appUserStatuses=["STATUS_DISABLED"]) == []
    assert found(appUserStatuses=["STATUS_OF_TOMORROW"]) == []
    assert found(appUserTypes=["APP_USER_TYPE_USER"]) == ["ada", "bob", "carl"]
    assert found(appId="0" * 27) == []
    assert found(appIds=[story.app, "0" * 27]) == ["ada", "bob", "carl"]
    assert found(refs=[{"appId": story.app, "id": story.resource(("user", "bob"))}]) == ["bob"]
    assert found(withoutResponsibleParty=True) == ["bob", "carl"]
    assert found(appUserStatusDetails=["On leave"]) == []
    assert found(withOpenFindings=True) == []

    external = ["APP_USER_DOMAIN_EXTERNAL"]
    assert found(appUserDomains=external) == []
    admin.put("/api/v1/settings/domains", json={"newDomains": ["corp.test"]})
    assert found(appUserDomains=external) == ["ada", "bob", "carl"]
    admin.put("/api/v1/settings/domains", json={"newDomains": ["example.com"]})
    assert found(appUserDomains=external) == []
    assert found(appUserDomains=["APP_USER_DOMAIN_TRUSTED"]) == ["ada", "bob", "carl"]


@pytest.mark.parametrize(
    ("name", "unsupported", "default"),
    [
        ("sortBy", "APP_USER_SORT_BY_NAME", "APP_USER_SORT_BY_UNSPECIFIED"),
        ("nhiTypes", ["APP_USER_NHI_TYPE_MANAGED_IDENTITY"], []),
        ("agentStatuses", ["APP_USER_AGENT_STATUS_READY"], []),
    ],
)
def test_what_the_search_of_accounts_cannot_do_is_refused_and_not_ignored(
    admin: Lasting, story: Story, tenant: Tenant, name: str, unsupported: object, default: object
) -> None:
    refused = admin.post("/api/v1/search/app_users", json={name: unsupported})
    assert refused.status_code == 400
    assert f"{name} is not supported" in refused.json()["message"]
    assert len(told(admin.post("/api/v1/search/app_users", json={name: default}))["list"]) == 3


def test_grants_of_an_entitlement_tell_from_where(
    admin: Lasting, story: Story, tenant: Tenant
) -> None:
    page = told(admin.get(url(story, APP, "grants")))
    by_name = {grant["appUser"]["displayName"]: grant for grant in page["list"]}
    assert by_name.keys() == {"ada", "bob"}
    assert (by_name["ada"]["direct"], by_name["ada"]["grantSources"]) == (True, [])
    assert by_name["bob"]["grantSources"] == [
        {"appId": story.app, "id": story.entitlement(FINANCE)}
    ]
    assert by_name["bob"]["discovered"] == "2026-03-02T10:00:00Z"
    other = told(admin.post("/api/v1/apps", json={"displayName": "Other"}))["app"]["id"]
    elsewhere = f"/api/v1/apps/{other}/entitlements/{story.entitlement(APP)}/grants"
    assert admin.get(elsewhere).status_code == 404


def test_everybody_may_ask_what_they_have_themselves(
    story: Story, tenant: Tenant, people: People
) -> None:
    user = people.add("bob@corp.test", BASIC_USER)
    own(story, user, "bob", "carl")
    bob = Lasting(people, user)
    bindings = told(bob.get(url(story, APP, "users", user.public_id, "grants")))["bindings"]
    holding, without = bindings
    assert holding["appUserId"] == story.resource(("user", "bob"))
    assert holding["createdAt"] == "2026-03-02T10:00:00Z"
    assert (without["appEntitlementId"], without["createdAt"]) == ("", None)
    mine = told(bob.get(f"/api/v1/apps/{story.app}/users/{user.public_id}/app_users"))
    assert sorted(view["appUser"]["displayName"] for view in mine["list"]) == ["bob", "carl"]
    other = people.add("ada@corp.test", BASIC_USER).public_id
    app = f"/api/v1/apps/{story.app}"
    assert told(bob.get(app))["app"]["displayName"] == "Entra"
    assert told(bob.get(url(story, APP)))["appEntitlementView"]["appEntitlement"]["slug"]
    stranger = Lasting(people, people.add("zoe@corp.test", BASIC_USER))
    for path in (app, url(story, APP)):
        assert stranger.get(path).status_code == 403
    for path in (f"{app}/app_users", f"{app}/entitlements", url(story, APP, "grants")):
        assert bob.get(path).status_code == 403
    assert bob.get(url(story, APP, "users", other, "grants")).status_code == 403
    assert bob.get(f"/api/v1/apps/{story.app}/users/{other}/app_users").status_code == 403


def test_grants_are_searched_and_paged(
    admin: Lasting, story: Story, tenant: Tenant, people: People
) -> None:
    user = people.add("bob@corp.test", BASIC_USER)
    own(story, user, "bob")

    def found(**filters: Any) -> list[tuple[str, str]]:
        page = told(admin.post("/api/v1/search/grants", json=filters))
        return sorted(
            (
                grant["appEntitlementUserBinding"]["appUser"]["appUser"]["displayName"],
                grant["entitlement"]["appEntitlement"]["externalId"],
            )
            for grant in page["list"]
        )

    assert found(userId=user.public_id) == [
        ("bob", APP),
        ("bob", "credential:access"),
        ("bob", FINANCE),
    ]
    assert found(appUserIds=[story.resource(("user", "ada"))]) == [
        ("ada", APP),
        ("ada", "credential:access"),
    ]
    refs = [{"appId": story.app, "id": story.entitlement(APP)}]
    assert found(entitlementRefs=refs) == [("ada", APP), ("bob", APP)]
    assert found(resourceIds=[story.resource(("group", "finance"))]) == [("bob", FINANCE)]
    assert found(appIds=["0" * 27]) == []
    assert found(entitlementSlugs=["members"]) == [("bob", FINANCE)]
    assert found(purpose=["APP_ENTITLEMENT_PURPOSE_VALUE_OWNERSHIP"]) == []
    assert len(found()) == 6


def test_a_found_grant_tells_its_entitlement_whole(
    admin: Lasting, story: Story, tenant: Tenant
) -> None:
    path = f"/api/v1/apps/{story.app}/entitlements/{story.entitlement(APP)}"
    told(admin.post(path, json={"entitlement": {"alias": "expenses"}, "updateMask": "alias"}))
    whole = told(admin.get(path))["appEntitlementView"]["appEntitlement"]
    assert (whole["alias"], whole["grantCount"]) == ("expenses", "3")
    refs = {"entitlementRefs": [{"appId": story.app, "id": story.entitlement(APP)}]}
    mask = {"expandMask": {"paths": ["app_resource_id", "app_resource_type_id"]}}
    page = told(admin.post("/api/v1/search/grants", json=refs | mask))
    views = [each["entitlement"] for each in page["list"]]
    assert [view["appEntitlement"] for view in views] == [whole, whole]
    assert len(page["expanded"]) == 2
    assert all(view["appResourcePath"] and view["appResourceTypePath"] for view in views)


def test_apps_of_accounts_and_grants_are_expanded_once(
    admin: Lasting, story: Story, tenant: Tenant
) -> None:
    app = {
        "@type": "type.googleapis.com/c1.api.app.v1.App",
        "id": story.app,
        "displayName": "Entra",
    }
    body = {"expandMask": {"paths": ["app_id"]}}
    grants = told(admin.post("/api/v1/search/grants", json=body))
    assert [app | each for each in grants["expanded"]] == grants["expanded"]
    assert len(grants["expanded"]) == 1
    assert {each["entitlement"]["appPath"] for each in grants["list"]} == {"$.expanded[0]"}
    accounts = told(admin.get(f"/api/v1/apps/{story.app}/app_users", params={"expand_mask": "*"}))
    assert accounts["expanded"] == [app]
    assert {each["appPath"] for each in accounts["list"]} == {"$.expanded[0]"}
    assert told(admin.post("/api/v1/search/app_users", json={}))["expanded"] == []


def test_pages_of_grants_join_to_the_whole(admin: Lasting, story: Story) -> None:
    tenant = Tenant()
    everybody = [f"u{number:02}" for number in range(23)]
    app = tenant.app("x", *[tenant.user(name) for name in everybody])
    then = story.sync(tenant)
    tenant.remove(("user", "u07"))
    story.sync(tenant)
    for path, principal in (("grants", "appUser"), ("holders", "principal")):
        for at, count in ((None, 22), (then.isoformat(), 23)):
            seen: list[str] = []
            token = ""
            while token or not seen:
                query = {"page_size": 10, "page_token": token} | ({"as_of": at} if at else {})
                page = told(admin.get(url(story, app, path), params=query))
                seen += [grant[principal]["displayName"] for grant in page["list"]]
                token = page["nextPageToken"]
            assert len(seen) == len(set(seen)) == count


def test_every_path_is_explained_now_and_then(admin: Lasting, story: Story, tenant: Tenant) -> None:
    bob = story.resource(("user", "bob"))
    then = story.clock.now()
    answer = told(admin.get(url(story, APP, "holders", bob, "explanation")))
    (path,) = answer["paths"]
    assert [step["entitlement"]["externalId"] for step in path["steps"]] == [FINANCE, APP]
    assert [step["via"] and step["via"]["displayName"] for step in path["steps"]] == [
        None,
        "finance",
    ]
    assert answer["complete"]
    assert not answer["grant"]["direct"]
    del tenant.grants[APP, ("user", "bob")]
    story.sync(tenant)
    gone = told(admin.get(url(story, APP, "holders", bob, "explanation")))
    assert gone == {"grant": None, "paths": [], "complete": True}
    url_of_past = url(story, APP, "holders", bob, "explanation")
    past = told(admin.get(url_of_past, params={"as_of": then.isoformat()}))
    assert past["paths"] == answer["paths"]
    assert past["grant"]["endedAt"] == "2026-03-02T11:00:00Z"


def test_history_and_differences_tell_what_came_and_went(
    admin: Lasting, story: Story, tenant: Tenant
) -> None:
    start = story.clock.now()
    del tenant.grants[APP, ("user", "ada")]
    tenant.hold(APP, ("user", "carl"))
    end = story.sync(tenant)
    (stretch,) = told(
        admin.get(url(story, APP, "holders", story.resource(("user", "ada")), "history"))
    )["list"]
    assert (stretch["since"], stretch["endedAt"]) == (
        "2026-03-02T10:00:00Z",
        "2026-03-02T11:00:00Z",
    )
    for path in ("access/differences", f"apps/{story.app}/grant_differences"):
        query = {"start": start.isoformat(), "end": end.isoformat()}
        changes = told(admin.get(f"/api/v1/{path}", params=query))["list"]
        assert sorted((c["change"], c["grant"]["principal"]["displayName"]) for c in changes) == [
            ("added", "carl"),
            ("removed", "ada"),
        ]
    story.clock.advance(timedelta(hours=1))
    backwards = {"start": end.isoformat(), "end": start.isoformat()}
    assert admin.get("/api/v1/access/differences", params=backwards).status_code == 400


def test_pages_of_differences_keep_the_instant_of_the_first(admin: Lasting, story: Story) -> None:
    tenant = Tenant()
    tenant.group("first")
    start = story.sync(tenant)
    app = tenant.app("x", *[tenant.user(f"u{number:02}") for number in range(15)])
    story.sync(tenant)
    query: dict[str, Any] = {"start": start.isoformat(), "page_size": 20}
    first = told(admin.get("/api/v1/access/differences", params=query))
    tenant.group("later", ("user", "u00"))
    del tenant.grants[app, ("user", "u14")]
    story.sync(tenant)
    query["page_token"] = first["nextPageToken"]
    second = told(admin.get("/api/v1/access/differences", params=query))
    changes = first["list"] + second["list"]
    # 15 assigned, each with an account
    assert [change["change"] for change in changes] == ["added"] * 30
    assert second["nextPageToken"] == ""


def test_what_a_principal_holds(admin: Lasting, story: Story, tenant: Tenant) -> None:
    group = story.resource(("group", "finance"))
    page = told(admin.get(f"/api/v1/access/principals/{group}/grants"))
    assert [grant["entitlement"]["externalId"] for grant in page["list"]] == [APP]
    assert admin.get(f"/api/v1/access/principals/{'0' * 27}/grants").status_code == 404


def test_owners_of_apps_see_the_access_in_them_and_no_other(
    admin: Lasting, story: Story, tenant: Tenant, people: People
) -> None:
    user = people.add("keeper@corp.test", APPLICATION_ADMINISTRATOR)
    keeper = Lasting(people, user)
    for what in ("grants", "app_users"):
        assert told(keeper.post(f"/api/v1/search/{what}", json={}))["list"] == []
    assert keeper.get(url(story, APP, "holders")).status_code == 403
    told(admin.post(f"/api/v1/apps/{story.app}/owners/{user.public_id}", json={}))
    for what, count in (("grants", 6), ("app_users", 3)):
        assert len(told(keeper.post(f"/api/v1/search/{what}", json={}))["list"]) == count
    assert len(told(keeper.get(url(story, APP, "holders")))["list"]) == 3


def test_what_cannot_be_revoked_says_why_to_people_and_to_programs(
    admin: Lasting, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An inherited grant by itself; every grant of what is filled by a rule by its entitlement."""
    plain = Tenant._entitlement

    def fixed(tenant: Tenant, name: str) -> v2.Entitlement:
        entitlement = plain(tenant, name)
        if name == FINANCE:
            immutable = v2.EntitlementImmutable()
            immutable.metadata.update({"reason": "by a rule", "code": "dynamic_group"})
            entitlement.annotations.append(pack(immutable))
        return entitlement

    monkeypatch.setattr(Tenant, "_entitlement", fixed)
    story.sync(nested())

    def why(entitlement: str) -> dict[str, tuple[str | None, str]]:
        return {
            each["principal"]["displayName"]: (each["immutableReason"], each["immutableCode"])
            for each in told(admin.get(url(story, entitlement, "holders")))["list"]
        }

    assert why(FINANCE) == {"bob": ("by a rule", "IMMUTABLE_CODE_DYNAMIC_GROUP")}
    app = why(APP)
    assert app["ada"] == (None, "IMMUTABLE_CODE_UNSPECIFIED")
    assert app["bob"] == ("", "IMMUTABLE_CODE_INHERITED")
