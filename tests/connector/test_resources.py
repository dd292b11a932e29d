"""Resource and entitlement builders."""

from datetime import UTC, datetime

import pytest
from google.protobuf.json_format import MessageToDict

from ostiary.baton.pb import connector_v2 as pb
from ostiary.connector.entitlements import (
    assignment_entitlement,
    entitlement_stub,
    immutable_entitlement,
    ownership_entitlement,
    permission_entitlement,
)
from ostiary.connector.limits import clip, is_email, is_https_url
from ostiary.connector.profile import Profile, struct
from ostiary.connector.resources import (
    app_resource,
    group_resource,
    license_resource,
    plain_resource,
    resource_id,
    role_resource,
    secret_resource,
    user_resource,
)

BORN = datetime(2024, 2, 29, 12, 30, tzinfo=UTC)


def user_trait(resource: pb.Resource) -> pb.UserTrait:
    trait = pb.UserTrait()
    assert resource.annotations[0].Unpack(trait)
    return trait


def test_a_users_facts_stand_on_the_resource_and_on_its_trait() -> None:
    user = user_resource(
        "user", "u1", "Ann", enabled=False, profile={"title": "Chief"}, created_at=BORN
    )
    trait = user_trait(user)
    assert user.status.status == pb.Status.RESOURCE_STATUS_DISABLED
    assert trait.status.status == pb.UserTrait.Status.STATUS_DISABLED
    assert user.profile["title"] == trait.profile["title"] == "Chief"
    assert user.created_at == trait.created_at
    assert user.created_at.ToDatetime(UTC) == BORN


def test_a_user_is_an_enabled_human_unless_told_otherwise() -> None:
    trait = user_trait(user_resource("user", "u1", "Ann"))
    assert trait.account_type == pb.UserTrait.ACCOUNT_TYPE_HUMAN
    assert trait.status.status == pb.UserTrait.Status.STATUS_ENABLED
    assert not trait.HasField("mfa_status")


def test_addresses_that_a_peer_would_refuse_are_left_out_and_the_first_good_one_is_primary() -> (
    None
):
    user = user_resource("user", "u1", "Ann", emails=["not an address", "a@x.test", "b@x.test"])
    emails = [(email.address, email.is_primary) for email in user_trait(user).emails]
    assert emails == [("a@x.test", True), ("b@x.test", False)]


@pytest.mark.parametrize(
    "address",
    [
        "ann@example.com",
        "ann_example.com#EXT#@contoso.onmicrosoft.com",
        "o'neil+x@a-b.co",
        "å@x.se",
    ],
)
def test_valid_addresses(address: str) -> None:
    assert is_email(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ann",
        "@x.test",
        "ann@",
        "a b@x.test",
        "a..b@x.test",
        ".a@x.test",
        "a@-x.test",
        "a@x..test",
        "a@x_y.test",
        f"{'a' * 65}@x.test",
        "Ann <a@x.test>",
        "a@x.test\n",
        "a@x.test.",
    ],
)
def test_invalid_addresses(address: str) -> None:
    assert not is_email(address)


def test_only_https_links_survive() -> None:
    assert app_trait("https://x.test/help").help_url == "https://x.test/help"
    assert app_trait("http://x.test/help").help_url == ""
    assert not is_https_url("https://")
    assert not is_https_url("https://x.test/a b")
    assert not is_https_url("https://[broken/")
    assert not is_https_url("https://x.test/" + "a" * 1024)


def app_trait(help_url: str) -> pb.AppTrait:
    trait = pb.AppTrait()
    assert app_resource("app", "a1", "App", help_url=help_url).annotations[0].Unpack(trait)
    return trait


def test_names_are_cut_at_a_character_boundary() -> None:
    assert clip("é" * 600, 1024) == "é" * 512
    assert clip("𝄞" * 300, 1023) == "𝄞" * 255
    assert clip("short", 5) == "short"
    group = group_resource("group", "g1", "é" * 600, description="𝄞" * 600)
    assert len(group.display_name.encode()) == 1024
    assert len(group.description.encode()) == 2048


def test_an_id_is_never_cut() -> None:
    with pytest.raises(ValueError, match="1 to 1024 bytes"):
        group_resource("group", "", "Nameless")
    with pytest.raises(ValueError, match="1 to 1024 bytes"):
        group_resource("group", "x" * 1025, "Endless")


def test_each_trait_carries_its_own_values() -> None:
    identity = resource_id("app", "a1")
    secret = secret_resource(
        "secret",
        "s1",
        "CI key",
        expires_at=BORN,
        created_at=BORN,
        identity=identity,
        credential_type=pb.SecretTrait.CREDENTIAL_TYPE_CERTIFICATE,
    )
    trait = pb.SecretTrait()
    assert secret.annotations[0].Unpack(trait)
    assert trait.identity_id == identity
    assert trait.created_at == trait.expires_at == secret.created_at

    seats = pb.LicenseProfileTrait()
    licence = license_resource(
        "license", "l1", "E5", purchased_seats=10, consumed_seats=7, entitlement_ids=["a", "b", "a"]
    )
    assert licence.annotations[0].Unpack(seats)
    assert (seats.license_name, seats.purchased_seats, seats.consumed_seats) == ("E5", 10, 7)
    assert list(seats.entitlement_ids) == ["a", "b"]

    role = role_resource("role", "r1", "Reader", profile={"built_in": True})
    role_trait = pb.RoleTrait()
    assert role.annotations[0].Unpack(role_trait)
    assert role_trait.profile["built_in"] is True
    assert not plain_resource("thing", "t1", "Thing").annotations


def test_links_and_further_annotations_follow_the_trait() -> None:
    group = group_resource(
        "group",
        "g1",
        "Staff",
        external_url="https://entra.microsoft.com/g1",
        annotations=[pb.SkipGrants()],
    )
    names = [annotation.TypeName().rpartition(".")[2] for annotation in group.annotations]
    assert names == ["GroupTrait", "ExternalLink", "SkipGrants"]


def test_a_managed_identity_says_so() -> None:
    nhi = pb.NonHumanIdentityTrait(nhi_type=pb.NonHumanIdentityTrait.NHI_TYPE_MANAGED_IDENTITY)
    identity = user_resource("managed_identity", "m1", "vm", non_human=nhi)
    assert identity.annotations[1].TypeName() == "c1.connector.v2.NonHumanIdentityTrait"


def test_profile_facts_keep_their_kind_and_unknown_ones_are_absent() -> None:
    profile: Profile = {
        "text": "a",
        "flag": False,
        "small": 7,
        "exact": (1 << 53) + 1,
        "born": BORN,
        "unknown": None,
        "list": ["a", 1, None],
        "nested": {"deep": ["x"]},
        "empty": [],
    }
    assert MessageToDict(struct(profile)) == {
        "text": "a",
        "flag": False,
        "small": 7,
        "exact": "9007199254740993",
        "born": "2024-02-29T12:30:00Z",
        "list": ["a", 1, None],
        "nested": {"deep": ["x"]},
        "empty": [],
    }


def test_the_same_profile_always_has_the_same_bytes() -> None:
    forwards = group_resource("group", "g1", "G", profile={"a": 1, "b": 2, "c": 3})
    backwards = group_resource("group", "g1", "G", profile={"c": 3, "b": 2, "a": 1})
    assert forwards.annotations[0].value == backwards.annotations[0].value


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        user_resource("user", "u1", "Ann", created_at=datetime(2024, 1, 1))  # noqa: DTZ001


def test_entitlement_ids_follow_the_convention_unless_given() -> None:
    group = group_resource("group", "g1", "Staff", profile={"big": "profile"})
    members = assignment_entitlement(group, "members", description="Belongs to Staff")
    assert members.id == "group:g1:members"
    assert members.slug == members.display_name == "members"
    assert members.purpose == pb.Entitlement.PURPOSE_VALUE_ASSIGNMENT
    assert members.resource.display_name == "Staff"
    assert not members.resource.HasField("profile")
    owners = ownership_entitlement(group, "owners", id="custom", display_name="Owners of Staff")
    assert (owners.id, owners.display_name) == ("custom", "Owners of Staff")
    assert owners.purpose == pb.Entitlement.PURPOSE_VALUE_OWNERSHIP
    assert permission_entitlement(group, "edit").purpose == pb.Entitlement.PURPOSE_VALUE_PERMISSION


def test_an_immutable_entitlement_gives_its_reason() -> None:
    group = group_resource("group", "g1", "Staff")
    reason = "Membership follows a rule"
    members = assignment_entitlement(group, "members", annotations=[immutable_entitlement(reason)])
    immutable = pb.EntitlementImmutable()
    assert members.annotations[0].Unpack(immutable)
    assert immutable.metadata["reason"] == reason


def test_a_stub_has_the_ids_and_nothing_else() -> None:
    members = assignment_entitlement(group_resource("group", "g1", "Staff"), "members")
    assert entitlement_stub(members) == pb.Entitlement(
        id="group:g1:members",
        resource=pb.Resource(id=pb.ResourceId(resource_type="group", resource="g1")),
    )
