"""What the file says about each kind of object, seen on the story tenant."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from google.protobuf.json_format import MessageToDict

from ostiary.baton.annotations import find
from ostiary.baton.c1z import C1zReader
from ostiary.baton.pb import connector_v2 as v2
from ostiary.tenant.directory import Directory, Kind
from ostiary.tenant.server import SimulatedTenant
from ostiary.tenant.stories import story

from .running import sync


class Story:
    """The tenant and the file made of it."""

    def __init__(self, directory: Directory, file: Path) -> None:
        self.directory = directory
        with C1zReader(file) as reader:
            self.resources = {r.id.resource: r for r in reader.resources()}
            self.entitlements = {e.id: e for e in reader.entitlements()}
            self.grants = {g.id: g for g in reader.grants()}

    def resource(self, name: str, kind: Kind | None = None) -> v2.Resource:
        return self.resources[self.directory.id_of(name, kind)]

    def reason(self, entitlement_id: str) -> str:
        """Why an entitlement cannot be changed; "" when it can."""
        annotations = self.entitlements[entitlement_id].annotations
        immutable = find(annotations, v2.EntitlementImmutable)
        return str(immutable.metadata["reason"]) if immutable else ""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    file = tmp_path_factory.mktemp("story") / "sync.c1z"
    with SimulatedTenant(story("small")) as tenant:
        flags = ("--sign-in-activity", "--on-premises-extension-attributes")
        assert sync(tenant, file, *flags).code == 0
        yield Story(tenant.directory, file)


def profile(resource: v2.Resource) -> dict[str, object]:
    return MessageToDict(resource.profile)


def user_trait(resource: v2.Resource) -> v2.UserTrait:
    trait = find(resource.annotations, v2.UserTrait)
    assert trait is not None
    return trait


def test_an_account_names_its_manager(told: Story) -> None:
    alice, bob = told.resource("Alice"), profile(told.resource("Bob"))
    assert bob["managerId"] == alice.id.resource
    assert bob["supervisor"] == alice.display_name
    assert bob["managerEmail"] == profile(alice)["mail"]


def test_a_disabled_account_is_disabled_in_old_and_new_fields(told: Story) -> None:
    dave = told.resource("Dave")
    assert dave.status.status == v2.Status.RESOURCE_STATUS_DISABLED
    assert user_trait(dave).status.status == v2.UserTrait.Status.STATUS_DISABLED


def test_every_account_keeps_its_name_in_whatever_script(told: Story) -> None:
    for user in told.directory.objects[Kind.USER].values():
        assert told.resources[user.id].display_name == user.display_name


def test_a_guest_is_marked_as_one(told: Story) -> None:
    assert profile(told.resource("Eve", Kind.USER))["userType"] == "Guest"


def test_last_sign_in_is_the_latest_known_and_absent_when_unknown(told: Story) -> None:
    for user in told.directory.objects[Kind.USER].values():
        activity = told.directory.sign_ins.get(user.id) or {}
        names = ("lastSignInDateTime", "lastNonInteractiveSignInDateTime")
        times = [datetime.fromisoformat(activity[n]) for n in names if activity.get(n)]
        trait = user_trait(told.resources[user.id])
        assert trait.HasField("last_login") == bool(times)
        if times:
            assert trait.last_login.ToDatetime(UTC) == max(times)


def test_extension_attributes_are_in_the_profile(told: Story) -> None:
    holders = [
        user
        for user in told.directory.objects[Kind.USER].values()
        if any((user.props.get("onPremisesExtensionAttributes") or {}).values())
    ]
    assert holders
    for user in holders:
        given = user.props["onPremisesExtensionAttributes"]
        found = profile(told.resources[user.id])
        assert {n: v for n, v in given.items() if v} == {n: found[n] for n in given if given[n]}


@pytest.mark.parametrize(
    ("name", "group_type", "membership"),
    [
        ("SG-Finance", "security", "assigned"),
        ("SG-All", "security", "dynamic"),
        ("M365-Project", "microsoft_365", "assigned"),
        ("DL-News", "distribution", "assigned"),
        ("MESG-Alerts", "mail_enabled_security", "assigned"),
    ],
)
def test_a_group_says_what_kind_it_is(
    told: Story, name: str, group_type: str, membership: str
) -> None:
    found = profile(told.resource(name, Kind.GROUP))
    assert (found["group_type"], found["membership_type"]) == (group_type, membership)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SG-All", "dynamic group"),
        ("SG-OnPrem", "synced from Active Directory"),
        ("DL-News", "Exchange manages distribution lists"),
        ("MESG-Alerts", "Exchange manages mail-enabled"),
        ("SG-Finance", ""),
    ],
)
def test_members_that_graph_cannot_change_say_why(told: Story, name: str, words: str) -> None:
    reason = told.reason(f"group:{told.directory.id_of(name, Kind.GROUP)}:members")
    assert bool(reason) == bool(words)
    assert words in reason


def test_owners_of_a_dynamic_group_can_be_changed(told: Story) -> None:
    assert told.reason(f"group:{told.directory.id_of('SG-All', Kind.GROUP)}:owners") == ""


def test_an_activated_role_shows_its_end(told: Story) -> None:
    ends = [
        instance
        for instance in told.directory.assignment_instances.values()
        if instance.assignment_type == "Activated" and instance.member_type == "Direct"
    ]
    assert ends
    for instance in ends:
        way = "assigned" + (
            "" if instance.directory_scope_id == "/" else f":{instance.directory_scope_id[1:]}"
        )
        role, principal = instance.role_definition_id, instance.principal_id
        grant = told.grants[f"directory_role:{role}:{way}:user:{principal}"]
        metadata = find(grant.annotations, v2.GrantMetadata)
        assert metadata is not None
        assert metadata.metadata["assignment_type"] == "Activated"
        assert instance.end is not None
        assert datetime.fromisoformat(str(metadata.metadata["ends_at"])) == instance.end


def test_a_managed_identity_is_a_service_account(told: Story) -> None:
    identities = [
        principal.id
        for principal in told.directory.objects[Kind.SERVICE_PRINCIPAL].values()
        if principal.props.get("servicePrincipalType") == "ManagedIdentity"
    ]
    assert identities
    assigned = set()
    for object_id in identities:
        resource = told.resources[object_id]
        assert resource.id.resource_type == "managed_identity"
        assert user_trait(resource).account_type == v2.UserTrait.ACCOUNT_TYPE_SERVICE
        assigned.add(profile(resource)["assigned_to"])
    assert assigned == {"user", "system"}


def test_a_credential_names_its_application_and_its_end(told: Story) -> None:
    applications = told.directory.objects[Kind.APPLICATION].values()
    by_app_id = {
        principal.props.get("appId"): principal.id
        for principal in told.directory.objects[Kind.SERVICE_PRINCIPAL].values()
    }
    checked = 0
    for application in applications:
        for secret in application.props.get("passwordCredentials") or ():
            trait = find(told.resources[secret["keyId"]].annotations, v2.SecretTrait)
            assert trait is not None
            assert trait.credential_type == v2.SecretTrait.CREDENTIAL_TYPE_STATIC_SECRET
            end = datetime.fromisoformat(secret["endDateTime"])
            assert trait.expires_at.ToDatetime(UTC) == end
            assert trait.identity_id.resource == by_app_id.get(application.props["appId"], "")
            checked += 1
    assert checked


def test_a_licence_counts_its_seats(told: Story) -> None:
    for sku in told.directory.skus.values():
        found = profile(told.resources[sku.sku_id])
        assert (found["purchased_seats"], found["consumed_seats"]) == (
            sku.enabled_units,
            sku.consumed,
        )


def test_access_through_a_group_names_the_group(told: Story) -> None:
    finance = told.directory.id_of("SG-Finance", Kind.GROUP)
    nested = told.directory.id_of("SG-Nested", Kind.GROUP)
    bob = told.directory.id_of("Bob", Kind.USER)
    grant = told.grants[f"group:{nested}:members:user:{bob}"]
    assert set(grant.sources.sources) == {f"group:{finance}:members"}
    assert find(grant.annotations, v2.GrantImmutable) is not None
