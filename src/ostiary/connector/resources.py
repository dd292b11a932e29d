"""Builders for resources with traits.

Values that moved from the traits to the generic Resource fields are written to both, so that old
and new readers find them (protocol reference 1.3). What a peer would refuse is mended here: names
and descriptions are cut to their byte limits, malformed e-mail addresses and links are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, Unpack

from google.protobuf.message import Message

from ostiary.baton.annotations import pack
from ostiary.baton.pb import connector_v2 as pb
from ostiary.connector.limits import (
    DESCRIPTION_BYTES,
    DETAILS_BYTES,
    DISPLAY_NAME_BYTES,
    checked_id,
    clip,
    is_email,
    is_https_url,
)
from ostiary.connector.profile import Profile, struct, timestamp


class Common(TypedDict, total=False):
    """What every resource may have. `external_url` becomes an ExternalLink when it is https."""

    profile: Profile
    description: str
    parent: pb.ResourceId
    external_url: str
    created_at: datetime | None
    annotations: Sequence[Message]


def resource_id(resource_type: str, resource: str) -> pb.ResourceId:
    return pb.ResourceId(
        resource_type=checked_id("resource type", resource_type),
        resource=checked_id("resource", resource),
    )


def plain_resource(
    type_id: str, object_id: str, display_name: str, **common: Unpack[Common]
) -> pb.Resource:
    """A resource whose type declares no trait."""
    return _resource(type_id, object_id, display_name, None, common)


def user_resource(
    type_id: str,
    object_id: str,
    display_name: str,
    *,
    emails: Sequence[str] = (),
    login: str = "",
    login_aliases: Sequence[str] = (),
    enabled: bool = True,
    status_details: str = "",
    account_type: pb.UserTrait.AccountType = pb.UserTrait.ACCOUNT_TYPE_HUMAN,
    given_name: str = "",
    family_name: str = "",
    employee_ids: Sequence[str] = (),
    last_login: datetime | None = None,
    mfa_enabled: bool | None = None,
    sso_enabled: bool | None = None,
    non_human: pb.NonHumanIdentityTrait | None = None,
    **common: Unpack[Common],
) -> pb.Resource:
    """An account. The first valid e-mail address is the primary one.

    `non_human` says more about a service account: app registration or managed identity.
    """
    trait = pb.UserTrait(
        emails=_emails(emails),
        account_type=account_type,
        login=login,
        login_aliases=login_aliases,
        employee_ids=employee_ids,
        last_login=timestamp(last_login),
    )
    trait.status.status = (
        pb.UserTrait.Status.STATUS_ENABLED if enabled else pb.UserTrait.Status.STATUS_DISABLED
    )
    trait.status.details = clip(status_details, DETAILS_BYTES)
    if mfa_enabled is not None:
        trait.mfa_status.mfa_enabled = mfa_enabled
    if sso_enabled is not None:
        trait.sso_status.sso_enabled = sso_enabled
    if given_name or family_name:
        trait.structured_name.given_name = given_name
        trait.structured_name.family_name = family_name
    resource = _resource(type_id, object_id, display_name, trait, common)
    resource.status.status = (
        pb.Status.RESOURCE_STATUS_ENABLED if enabled else pb.Status.RESOURCE_STATUS_DISABLED
    )
    resource.status.details = trait.status.details
    if non_human is not None:
        resource.annotations.append(pack(non_human))
    return resource


def group_resource(
    type_id: str,
    object_id: str,
    display_name: str,
    *,
    source_type: str = "",
    raw_source_type: str = "",
    **common: Unpack[Common],
) -> pb.Resource:
    """`source_type` is the normalised kind of group, `raw_source_type` the source's own word."""
    trait = pb.GroupTrait(
        group_source_type=clip(source_type, 64), raw_group_source_type=clip(raw_source_type, 256)
    )
    return _resource(type_id, object_id, display_name, trait, common)


def role_resource(
    type_id: str, object_id: str, display_name: str, **common: Unpack[Common]
) -> pb.Resource:
    return _resource(type_id, object_id, display_name, pb.RoleTrait(), common)


def app_resource(
    type_id: str,
    object_id: str,
    display_name: str,
    *,
    help_url: str = "",
    flags: Sequence[pb.AppTrait.AppFlag] = (),
    source_type: str = "",
    raw_source_type: str = "",
    **common: Unpack[Common],
) -> pb.Resource:
    """Something that people get access to. A `help_url` that is not https is left out."""
    trait = pb.AppTrait(
        help_url=help_url if is_https_url(help_url) else "",
        flags=flags,
        app_source_type=clip(source_type, 64),
        raw_app_source_type=clip(raw_source_type, 256),
    )
    return _resource(type_id, object_id, display_name, trait, common)


def secret_resource(
    type_id: str,
    object_id: str,
    display_name: str,
    *,
    expires_at: datetime | None = None,
    last_used_at: datetime | None = None,
    created_by: pb.ResourceId | None = None,
    identity: pb.ResourceId | None = None,
    credential_type: pb.SecretTrait.CredentialType = pb.SecretTrait.CREDENTIAL_TYPE_UNSPECIFIED,
    credential_detail: str = "",
    **common: Unpack[Common],
) -> pb.Resource:
    """A credential, never its value. `identity` is the account that it opens."""
    trait = pb.SecretTrait(
        expires_at=timestamp(expires_at),
        last_used_at=timestamp(last_used_at),
        created_by_id=created_by,
        identity_id=identity,
        credential_type=credential_type,
        credential_detail=credential_detail,
    )
    return _resource(type_id, object_id, display_name, trait, common)


def license_resource(
    type_id: str,
    object_id: str,
    display_name: str,
    *,
    purchased_seats: int = 0,
    consumed_seats: int = 0,
    entitlement_ids: Sequence[str] = (),
    **common: Unpack[Common],
) -> pb.Resource:
    """`entitlement_ids` are the entitlements whose holders take a seat."""
    trait = pb.LicenseProfileTrait(
        license_name=clip(display_name, 1024),
        purchased_seats=purchased_seats,
        consumed_seats=consumed_seats,
        entitlement_ids=list(dict.fromkeys(entitlement_ids)),
    )
    return _resource(type_id, object_id, display_name, trait, common)


TraitWithProfile = pb.UserTrait | pb.GroupTrait | pb.RoleTrait | pb.AppTrait | pb.SecretTrait
Trait = TraitWithProfile | pb.LicenseProfileTrait


def _resource(
    type_id: str, object_id: str, display_name: str, trait: Trait | None, common: Common
) -> pb.Resource:
    resource = pb.Resource(
        id=resource_id(type_id, object_id),
        parent_resource_id=common.get("parent"),
        display_name=clip(display_name, DISPLAY_NAME_BYTES),
        description=clip(common.get("description", ""), DESCRIPTION_BYTES),
        created_at=timestamp(common.get("created_at")),
    )
    if "profile" in common:
        resource.profile.CopyFrom(struct(common["profile"]))
    if trait is not None:
        _copy_down(resource, trait)
        resource.annotations.append(pack(trait))
    if is_https_url(url := common.get("external_url", "")):
        resource.annotations.append(pack(pb.ExternalLink(url=url)))
    resource.annotations.extend(pack(message) for message in common.get("annotations", ()))
    return resource


def _copy_down(resource: pb.Resource, trait: Trait) -> None:
    if isinstance(trait, TraitWithProfile) and resource.HasField("profile"):
        trait.profile.CopyFrom(resource.profile)
    if isinstance(trait, pb.UserTrait | pb.SecretTrait) and resource.HasField("created_at"):
        trait.created_at.CopyFrom(resource.created_at)


def _emails(addresses: Sequence[str]) -> list[pb.UserTrait.Email]:
    valid = [address for address in dict.fromkeys(addresses) if is_email(address)]
    return [
        pb.UserTrait.Email(address=address, is_primary=place == 0)
        for place, address in enumerate(valid)
    ]
