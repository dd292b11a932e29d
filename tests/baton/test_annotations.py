import base64

from google.protobuf.any_pb2 import Any
from google.protobuf.struct_pb2 import Struct

from ostiary.baton import annotations
from ostiary.baton.pb import connector_v2 as v2

EXPANDABLE = v2.GrantExpandable(entitlement_ids=["group:a:members"], shallow=True)
FOREIGN = Any(type_url="type.googleapis.com/acme.v1.Secret", value=b"\x01\x02\xff")


def test_packed_annotations_carry_the_type_url_of_the_go_sdk() -> None:
    packed = annotations.pack(EXPANDABLE)
    assert packed.type_url == "type.googleapis.com/c1.connector.v2.GrantExpandable"
    assert packed.value == EXPANDABLE.SerializeToString(deterministic=True)


def test_annotations_are_found_by_type() -> None:
    packed = [FOREIGN, annotations.pack(EXPANDABLE), annotations.pack(v2.SkipGrants())]
    assert annotations.find(packed, v2.GrantExpandable) == EXPANDABLE
    assert annotations.find(packed, v2.GrantImmutable) is None
    assert annotations.has(packed, v2.SkipGrants)
    assert not annotations.has(packed, v2.SkipEntitlements)


def test_all_annotations_of_a_type_are_found_in_order() -> None:
    kinds = [v2.ChildResourceType(resource_type_id=name) for name in ("team", "repo")]
    packed = [annotations.pack(kinds[0]), FOREIGN, annotations.pack(kinds[1])]
    assert list(annotations.find_all(packed, v2.ChildResourceType)) == kinds


def test_rendering_follows_protojson() -> None:
    profile = Struct()
    profile.update({"department": "R&D"})
    resource = v2.Resource(
        id=v2.ResourceId(resource_type="license", resource="sku"),
        profile=profile,
        annotations=[annotations.pack(v2.LicenseProfileTrait(purchased_seats=7))],
        creation_source=v2.Resource.CREATION_SOURCE_CONNECTOR_LIST_RESOURCES,
    )
    assert annotations.to_json(resource) == {
        "id": {"resourceType": "license", "resource": "sku"},
        "profile": {"department": "R&D"},
        "annotations": [
            {
                "@type": "type.googleapis.com/c1.connector.v2.LicenseProfileTrait",
                "purchasedSeats": "7",
            }
        ],
        "creationSource": "CREATION_SOURCE_CONNECTOR_LIST_RESOURCES",
    }


def test_an_unknown_annotation_renders_as_base64_and_the_rest_as_usual() -> None:
    grant = v2.Grant(id="g", annotations=[FOREIGN, annotations.pack(EXPANDABLE)])
    assert annotations.to_json(grant) == {
        "id": "g",
        "annotations": [
            {"@type": FOREIGN.type_url, "value": base64.b64encode(FOREIGN.value).decode()},
            {
                "@type": "type.googleapis.com/c1.connector.v2.GrantExpandable",
                "entitlementIds": ["group:a:members"],
                "shallow": True,
            },
        ],
    }
    assert grant.annotations[0] == FOREIGN


def test_unknown_annotations_are_found_inside_annotations_and_maps() -> None:
    feed = v2.EventFeedMetadata(id="f")
    inner = v2.ListEventsResponse(annotations=[FOREIGN])
    outer = v2.TicketSchema(
        custom_fields={"a": v2.TicketCustomField(id="a", annotations=[FOREIGN])},
        annotations=[annotations.pack(inner), annotations.pack(feed)],
    )
    rendered = annotations.to_json(outer)
    stand_in = {"@type": FOREIGN.type_url, "value": "AQL/"}
    assert rendered["customFields"]["a"]["annotations"] == [stand_in]
    assert rendered["annotations"][0]["annotations"] == [stand_in]
    assert rendered["annotations"][1]["id"] == "f"


def test_an_annotation_whose_bytes_do_not_parse_renders_as_base64() -> None:
    broken = Any(type_url=annotations.type_url(v2.GrantExpandable), value=b"\x0a\xff")
    assert annotations.to_json(broken) == {"@type": broken.type_url, "value": "Cv8="}


def test_an_empty_any_renders_as_an_empty_object() -> None:
    assert annotations.to_json(v2.Grant(annotations=[Any()])) == {"annotations": [{}]}
