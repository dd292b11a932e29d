"""Resource types, resources and entitlements over HTTP, as connectors bring them."""

from __future__ import annotations

from typing import Any

import pytest

from ostiary.baton.annotations import pack
from ostiary.baton.pb import connector_v2 as v2
from ostiary.server.kernel.authz.roles import APPLICATION_ADMINISTRATOR
from tests.server.access.asking import Story
from tests.server.auth.people import People
from tests.server.catalog.lasting import Lasting
from tests.server.ingest.tenants import CONNECTOR, Tenant


def some_tenant() -> Tenant:
    tenant = Tenant()
    ada, bob = tenant.user("ada"), tenant.user("bob")
    tenant.group("finance", ada, bob)
    tenant.app("expenses", ada)
    return tenant


@pytest.fixture
def tenant(story: Story) -> Tenant:
    """Already synced."""
    tenant = some_tenant()
    story.sync(tenant)
    return tenant


def listed(reply: Any, kind: str) -> list[dict[str, Any]]:
    assert reply.status_code == 200, reply.text
    return [view[kind] for view in reply.json()["list"]]


def type_ids(admin: Lasting, story: Story) -> dict[str, str]:
    reply = admin.get(f"/api/v1/apps/{story.app}/resource_types")
    return {kind["displayName"]: kind["id"] for kind in listed(reply, "appResourceType")}


def test_resource_types_and_what_is_in_them(admin: Lasting, story: Story, tenant: Tenant) -> None:
    types = type_ids(admin, story)
    assert types.keys() == {"User", "Group", "App", "Credential"}
    url = f"/api/v1/apps/{story.app}/resource_types/{types['Group']}"
    kind = admin.get(url).json()["appResourceTypeView"]["appResourceType"]
    assert (kind["traitIds"], kind["appId"]) == (["group"], story.app)
    (group,) = listed(admin.get(f"{url}/resources"), "appResource")
    assert (group["displayName"], group["externalId"]) == ("finance", "finance")
    assert group["appResourceTypeId"] == types["Group"]
    one = admin.get(f"{url}/resources/{group['id']}").json()["appResourceView"]["appResource"]
    assert one == group
    of_users = f"/api/v1/apps/{story.app}/resource_types/{types['User']}"
    assert admin.get(f"{of_users}/resources/{group['id']}").status_code == 404


def test_the_past_is_listed_as_it_was(admin: Lasting, story: Story) -> None:
    tenant = some_tenant()
    then = story.sync(tenant)
    tenant.resources["group", "finance"] = "Finance & Controlling"
    tenant.remove(("app", "expenses"))
    story.sync(tenant)
    search = "/api/v1/search/app_resources"
    now = listed(admin.post(search, json={}), "appResource")
    assert sorted(each["displayName"] for each in now) == [
        "Credential",
        "Finance & Controlling",
        "ada",
        "bob",
    ]
    past = admin.post(search, params={"as_of": then.isoformat()}, json={})
    assert sorted(each["displayName"] for each in listed(past, "appResource")) == [
        "Credential",
        "ada",
        "bob",
        "expenses",
        "finance",
    ]
    entitlements = f"/api/v1/apps/{story.app}/entitlements"
    assert len(listed(admin.get(entitlements), "appEntitlement")) == 2
    past = admin.get(entitlements, params={"as_of": then.isoformat()})
    assert len(listed(past, "appEntitlement")) == 3


def test_nothing_is_told_of_the_future(admin: Lasting, story: Story) -> None:
    url = f"/api/v1/apps/{story.app}/entitlements"
    reply = admin.get(url, params={"as_of": "2999-01-01T00:00:00Z"})
    assert (reply.status_code, reply.json()["code"]) == (400, 3)


def test_an_entitlement_in_the_words_of_c1(admin: Lasting, story: Story, tenant: Tenant) -> None:
    identity = story.entitlement("group:finance:members")
    reply = admin.get(f"/api/v1/apps/{story.app}/entitlements/{identity}").json()
    entitlement = reply["appEntitlementView"]["appEntitlement"]
    assert entitlement["grantCount"] == "2"
    assert entitlement["purpose"] == "APP_ENTITLEMENT_PURPOSE_VALUE_ASSIGNMENT"
    assert entitlement["appResourceId"] == story.resource(("group", "finance"))
    assert entitlement["slug"] == "members"
    assert entitlement["sourceConnectorIds"] == {CONNECTOR: "group:finance:members"}
    assert not entitlement["immutable"]
    assert reply["expanded"] == []


def test_expanded_objects_are_told_once_and_pointed_at(
    admin: Lasting, story: Story, tenant: Tenant
) -> None:
    paths = ["app_id", "appResourceTypeId", "app_resource_id"]
    body = {"expandMask": {"paths": paths}}
    reply = admin.post("/api/v1/search/entitlements", json=body).json()
    types = [each["@type"].rpartition(".")[2] for each in reply["expanded"]]
    assert sorted(types) == ["App"] + ["AppResource"] * 3 + ["AppResourceType"] * 3
    for view in reply["list"]:
        for path, wanted in (
            ("appPath", view["appEntitlement"]["appId"]),
            ("appResourcePath", view["appEntitlement"]["appResourceId"]),
            ("appResourceTypePath", view["appEntitlement"]["appResourceTypeId"]),
        ):
            place = int(view[path].removeprefix("$.expanded[").removesuffix("]"))
            assert reply["expanded"][place]["id"] == wanted
    url = f"/api/v1/apps/{story.app}/entitlements"
    everything = admin.get(url, params={"expand_mask": "*"}).json()
    assert everything["expanded"] == reply["expanded"]


def test_edits_survive_syncs_and_can_be_taken_back(
    admin: Lasting, story: Story, tenant: Tenant
) -> None:
    url = f"/api/v1/apps/{story.app}/entitlements/{story.entitlement('group:finance:members')}"

    def update(**entitlement: str) -> dict[str, Any]:
        reply = admin.post(
            url, json={"entitlement": entitlement, "updateMask": ",".join(entitlement)}
        )
        assert reply.status_code == 200, reply.text
        told: dict[str, Any] = reply.json()["appEntitlementView"]["appEntitlement"]
        return told

    edited = update(displayName="Finance team", alias="finance")
    assert (edited["displayName"], edited["alias"]) == ("Finance team", "finance")
    tenant.entitlements["group:finance:members"] = (("group", "finance"), "Renamed there")
    story.sync(tenant)
    kept = admin.get(url).json()["appEntitlementView"]["appEntitlement"]
    assert (kept["displayName"], kept["userEditedMask"]) == ("Finance team", "displayName")
    assert update(displayName="")["displayName"] == "Renamed there"


def test_an_entitlement_is_found_only_in_its_own_app(
    admin: Lasting, story: Story, tenant: Tenant
) -> None:
    other = admin.post("/api/v1/apps", json={"displayName": "Other"}).json()["app"]["id"]
    url = f"/api/v1/apps/{other}/entitlements/{story.entitlement('group:finance:members')}"
    assert admin.get(url).status_code == 404
    body = {"entitlement": {"displayName": "x"}}
    assert admin.post(url, json=body).status_code == 404


def test_entitlements_of_a_resource_and_of_an_account(
    admin: Lasting, story: Story, tenant: Tenant
) -> None:
    base = f"/api/v1/apps/{story.app}/entitlements"
    group = story.resource(("group", "finance"))
    kind = type_ids(admin, story)["Group"]
    of_group = listed(
        admin.get(f"{base}/resource_types/{kind}/resources/{group}"), "appEntitlement"
    )
    assert [each["externalId"] for each in of_group] == ["group:finance:members"]
    held = {
        who: [
            each["externalId"]
            for each in listed(
                admin.get(f"{base}/users/{story.resource(('user', who))}"), "appEntitlement"
            )
        ]
        for who in ("ada", "bob")
    }
    assert held == {
        "ada": ["group:finance:members", "app:expenses:assigned", "credential:access"],
        "bob": ["group:finance:members", "credential:access"],
    }


def test_searches_filter_and_combine(admin: Lasting, story: Story, tenant: Tenant) -> None:
    kinds = type_ids(admin, story)
    members = story.entitlement("group:finance:members")
    bob = story.resource(("user", "bob"))

    def found(**filters: Any) -> list[str]:
        reply = admin.post("/api/v1/search/entitlements", json=filters)
        return [each["displayName"] for each in listed(reply, "appEntitlement")]

    assert found() == ["members", "assigned", "Access"]
    assert found(query="MEM") == ["members"]
    assert found(displayName="ASSIGNED") == ["assigned"]
    assert found(appUserIds=[bob]) == ["members", "Access"]
    assert found(resourceTypeIds=[kinds["App"]]) == ["assigned"]
    assert found(excludeResourceTypeIds=[kinds["App"]]) == ["members", "Access"]
    assert found(sourceConnectorId=CONNECTOR) == ["members", "assigned"]
    assert found(refs=[{"appId": story.app, "id": members}]) == ["members"]
    assert found(excludeAppIds=[story.app]) == []
    assert found(alias="nobody's") == []

    types = admin.post("/api/v1/search/app_resource_types", json={"resourceTypeTraitIds": ["user"]})
    assert [kind["displayName"] for kind in types.json()["list"]] == ["User"]
    body = {
        "resourceTypeTraitIds": ["group", "app"],
        "excludeResourceTypeTraitIds": ["app"],
        "appId": story.app,
    }
    resources = admin.post("/api/v1/search/app_resources", json=body)
    assert [each["displayName"] for each in listed(resources, "appResource")] == ["finance"]


def test_filters_by_holders_traits_and_owners(
    admin: Lasting, story: Story, tenant: Tenant, people: People
) -> None:
    def entitlements(**filters: Any) -> list[str]:
        reply = admin.post("/api/v1/search/entitlements", json=filters)
        return [each["displayName"] for each in listed(reply, "appEntitlement")]

    def resources(**filters: Any) -> list[str]:
        reply = admin.post("/api/v1/search/app_resources", json=filters)
        return sorted(each["displayName"] for each in listed(reply, "appResource"))

    ada, bob = (story.resource(("user", who)) for who in ("ada", "bob"))
    assert entitlements(excludeAppUserIds=[bob]) == ["assigned"]
    assert entitlements(appUserIds=[ada], excludeAppUserIds=[bob]) == ["assigned"]
    assert entitlements(resourceTraitIds=["group"]) == ["members"]

    finance = story.resource(("group", "finance"))
    kind = type_ids(admin, story)["Group"]
    owner = people.add("owner@corp.test").public_id
    url = f"/api/v1/apps/{story.app}/resource_types/{kind}/resource/{finance}/owners"
    assert admin.put(url, json={"userIds": [owner]}).status_code == 200
    everything = ["Credential", "ada", "bob", "expenses", "finance"]
    assert resources(ownerUserIds=[owner]) == ["finance"]
    assert resources(ownerUserIds=[owner, "none"]) == everything
    assert resources(unownedOnly=True) == [name for name in everything if name != "finance"]
    assert resources(appIds=[story.app], refs=[{"appResourceId": finance}]) == ["finance"]
    both = {"unownedOnly": True, "ownerUserIds": [owner]}
    assert admin.post("/api/v1/search/app_resources", json=both).status_code == 400


@pytest.mark.parametrize(
    ("what", "name", "value"),
    [
        ("apps", "policyRefs", [{"id": "x"}]),
        ("entitlements", "riskLevelIds", ["high"]),
        ("entitlements", "risk_level_ids", ["high"]),
        ("entitlements", "membershipType", ["APP_ENTITLEMENT_MEMBERSHIP_TYPE_OWNER"]),
        ("entitlements", "includeDeleted", True),
        ("app_resources", "nhiTypes", ["NHI_TYPE_MANAGED_IDENTITY"]),
        ("app_resources", "sortField", "APP_RESOURCE_SORT_FIELD_LAST_USED_AT"),
        ("app_resources", "unownedOnly", "perhaps"),
    ],
)
def test_filters_that_cannot_be_answered_are_refused(
    admin: Lasting, what: str, name: str, value: Any
) -> None:
    reply = admin.post(f"/api/v1/search/{what}", json={name: value})
    assert (reply.status_code, reply.json()["code"]) == (400, 3)
    assert name in reply.json()["message"]


def test_filters_at_their_defaults_filter_nothing(admin: Lasting, story: Story) -> None:
    for what, filters in {
        "apps": {"policyRefs": [], "onlyDirectories": False},
        "entitlements": {"includeDeleted": False, "accessReviewId": "", "riskLevelIds": []},
        "app_resources": {"sortField": "APP_RESOURCE_SORT_FIELD_UNSPECIFIED"},
    }.items():
        assert admin.post(f"/api/v1/search/{what}", json=filters).status_code == 200


def test_only_directories_are_found_where_they_are_asked_for(
    admin: Lasting, story: Story, tenant: Tenant
) -> None:
    admin.post("/api/v1/apps", json={"displayName": "Payroll"})
    body = {"appId": story.app, "all": {}}
    assert admin.post("/api/v1/directories", json=body).status_code == 200
    reply = admin.post("/api/v1/search/apps", json={"onlyDirectories": True})
    assert [app["id"] for app in reply.json()["list"]] == [story.app]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"reason": "by a rule", "code": "dynamic_group"}, "DYNAMIC_GROUP"),
        ({"reason": "somehow", "code": "of_its_own_kind"}, "OTHER"),
        ({"reason": "somehow", "code": "Not a code!"}, "OTHER"),
        ({"reason": "somehow"}, "OTHER"),
        ({}, "OTHER"),
    ],
)
def test_why_access_is_fixed_is_told_to_people_and_to_programs(
    admin: Lasting,
    story: Story,
    monkeypatch: pytest.MonkeyPatch,
    told: dict[str, str],
    code: str,
) -> None:
    plain = Tenant._entitlement

    def fixed(tenant: Tenant, name: str) -> v2.Entitlement:
        entitlement = plain(tenant, name)
        if name == "group:finance:members":
            immutable = v2.EntitlementImmutable()
            immutable.metadata.update(told)
            entitlement.annotations.append(pack(immutable))
        return entitlement

    monkeypatch.setattr(Tenant, "_entitlement", fixed)
    story.sync(some_tenant())
    reply = admin.get(f"/api/v1/apps/{story.app}/entitlements")
    shown = {
        each["externalId"]: (each["immutable"], each["immutableReason"], each["immutableCode"])
        for each in listed(reply, "appEntitlement")
    }
    reason = told.get("reason", "")
    assert shown["group:finance:members"] == (True, reason, f"IMMUTABLE_CODE_{code}")
    assert shown["app:expenses:assigned"] == (False, "", "IMMUTABLE_CODE_UNSPECIFIED")


def test_pages_of_entitlements_join_to_the_whole(admin: Lasting, story: Story) -> None:
    tenant = Tenant()
    for number in range(23):
        tenant.group(f"g{number:02}")
    story.sync(tenant)
    seen, token = [], ""
    while True:
        query = {"page_size": 10, "page_token": token}
        reply = admin.get(f"/api/v1/apps/{story.app}/entitlements", params=query)
        seen += [each["externalId"] for each in listed(reply, "appEntitlement")]
        token = reply.json()["nextPageToken"]
        if not token:
            break
    groups = [f"group:g{number:02}:members" for number in range(23)]
    assert sorted(seen) == ["credential:access", *groups]


def test_owners_of_no_app_find_nothing(story: Story, tenant: Tenant, people: People) -> None:
    keeper = Lasting(people, people.add("keeper@corp.test", APPLICATION_ADMINISTRATOR))
    for what in ("entitlements", "app_resources", "app_resource_types"):
        assert keeper.post(f"/api/v1/search/{what}", json={}).json()["list"] == []
    assert keeper.get(f"/api/v1/apps/{story.app}/entitlements").status_code == 403
