"""Providers and trusts over the API, in C1's shapes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi import FastAPI
from joserfc.jwk import ECKey
from starlette.testclient import TestClient

from ostiary.server.kernel.auth.federation.issuers import PAUSE
from ostiary.server.kernel.authz.roles import READ_ONLY_ADMINISTRATOR, SUPER_ADMINISTRATOR
from ostiary.server.kernel.clock import FixedClock
from tests.server.auth.people import People
from tests.server.auth.workloads import (
    CONDITION,
    ISSUER,
    OTHER_RSA,
    PROVIDERS,
    RSA,
    SUBJECT,
    Platform,
    Workload,
    public,
    trust_platform,
)

KIND = "WELL_KNOWN_WORKLOAD_PROVIDER"
SEARCH = "/api/v1/search/workload_federation_trusts"
STEPS = [
    "jwtDecode",
    "issuerMatch",
    "signatureValidation",
    "audienceValidation",
    "tokenFreshness",
    "subjectValidation",
    "celEvaluation",
    "cidrCheck",
]


@pytest.fixture
def platform(clock: FixedClock, app: FastAPI) -> Platform:
    platform = Platform(clock)
    trust_platform(app, platform)
    return platform


@pytest.fixture
def admin(people: People) -> TestClient:
    return people.browser_of("root@corp.test", SUPER_ADMINISTRATOR)


@pytest.fixture
def workload(people: People, admin: TestClient, platform: Platform) -> Workload:
    return Workload(people, admin)


def wish(**other: Any) -> dict[str, Any]:
    return {"displayName": "CI", "issuerUrl": ISSUER, "wellKnownProvider": f"{KIND}_CUSTOM"} | other


def test_a_provider_is_asked_for_its_keys_before_it_is_taken(
    admin: TestClient, platform: Platform
) -> None:
    platform.is_down = True
    refused = admin.post(PROVIDERS, json=wish())
    assert refused.status_code == 400
    assert "cannot be fetched" in refused.json()["message"]
    platform.is_down = False
    platform.published = []
    assert admin.post(PROVIDERS, json=wish()).status_code == 400
    assert admin.get(PROVIDERS).json() == {"list": [], "nextPageToken": ""}
    platform.published = [public(RSA)]
    made = admin.post(PROVIDERS, json=wish(issuerUrl=f"{ISSUER}/", oidc={})).json()["provider"]
    assert {name: made[name] for name in ("issuerUrl", "wellKnownProvider", "oidc", "spiffe")} == {
        "issuerUrl": ISSUER,
        "wellKnownProvider": f"{KIND}_CUSTOM",
        "oidc": {},
        "spiffe": None,
    }
    assert admin.get(f"{PROVIDERS}/{made['id']}").json()["provider"] == made
    assert admin.get(PROVIDERS).json()["list"] == [made]


@pytest.mark.parametrize(
    "other",
    [
        {"wellKnownProvider": f"{KIND}_UNSPECIFIED"},
        {"wellKnownProvider": ""},
        {"wellKnownProvider": f"{KIND}_GITHUB_ACTIONS"},
        {"wellKnownProvider": f"{KIND}_SPIFFE"},
        {"issuerUrl": "http://ci.corp.test"},
        {"displayName": ""},
        {"description": "x" * 2001},
        {"spiffe": {"bundleEndpointUrl": "https://ci.corp.test/keys"}},
    ],
)
def test_an_impossible_provider_is_not_made(
    admin: TestClient, platform: Platform, other: dict[str, Any]
) -> None:
    assert admin.post(PROVIDERS, json=wish(**other)).status_code == 400
    assert platform.asked == []


def test_an_issuer_has_one_provider_at_a_time(admin: TestClient, workload: Workload) -> None:
    assert admin.post(PROVIDERS, json=wish()).status_code == 409
    path = f"{PROVIDERS}/{workload.provider['id']}"
    refused = admin.delete(path)
    assert (refused.status_code, refused.json()["code"]) == (400, 9)
    admin.delete(workload.path)
    assert admin.request("DELETE", path, json={}).json() == {}
    assert admin.get(path).status_code == 404
    assert admin.post(PROVIDERS, json=wish()).status_code == 200


def test_a_provider_of_a_deleted_service_principal_can_go(
    admin: TestClient, workload: Workload
) -> None:
    admin.delete(f"/api/v1/service_principals/{workload.service}")
    assert admin.delete(f"{PROVIDERS}/{workload.provider['id']}").status_code == 200


def test_the_issuer_of_a_provider_stays_what_it_is(admin: TestClient, workload: Workload) -> None:
    path = f"{PROVIDERS}/{workload.provider['id']}"
    body = {"provider": {"displayName": "Builds", "issuerUrl": "https://evil.test"}}
    changed = admin.patch(path, json=body).json()["provider"]
    assert (changed["displayName"], changed["issuerUrl"]) == ("Builds", ISSUER)
    assert admin.patch(path, json={**body, "updateMask": "issuerUrl"}).status_code == 400
    spiffe = {"provider": {"spiffe": {"bundleEndpointUrl": "https://evil.test/keys"}}}
    assert admin.patch(path, json=spiffe).status_code == 400


def test_a_trust_is_shaped_as_c1s_clients_parse_it(admin: TestClient, workload: Workload) -> None:
    trust = workload.trust
    name, _, rest = trust["clientId"].partition("@")
    assert rest == f"{workload.people.kernel.settings.external_authority}/wfe"
    assert trust["servicePrincipalId"] == workload.service
    assert trust["providerId"] == workload.provider["id"]
    assert trust["conditionExpression"] == CONDITION
    assert trust["scopedRoleIds"] == trust["allowSourceCidrs"] == trust["passthroughClaims"] == []
    for key in (name, trust["clientId"], trust["clientId"].replace("/", "%2F")):
        assert admin.get(f"{workload.trusts}/{key}").json()["trust"] == trust
    assert admin.get(workload.trusts).json() == {"list": [trust], "nextPageToken": ""}
    assert admin.get(f"{workload.trusts}/somebody-else").status_code == 404


def test_an_update_changes_what_its_mask_names(
    people: People, admin: TestClient, workload: Workload
) -> None:
    body = {
        "trust": {
            "displayName": "release",
            "allowSourceCidrs": ["10.1.2.3/8"],
            "disabled": True,
            "scopedRoleIds": [READ_ONLY_ADMINISTRATOR.id],
        },
        "updateMask": "displayName,allow_source_cidrs,conditionExpression",
    }
    assert admin.patch(workload.path, json=body).status_code == 400
    body["updateMask"] = "displayName,allow_source_cidrs"
    changed = admin.patch(workload.path, json=body).json()["trust"]
    assert (changed["displayName"], changed["allowSourceCidrs"]) == ("release", ["10.0.0.0/8"])
    assert (changed["disabled"], changed["scopedRoleIds"]) == (False, [])
    assert admin.patch(workload.path, json={**body, "updateMask": "*"}).json()["trust"]["disabled"]
    assert people.audit_actions()[-2:] == ["auth.workload_federation_trust.update"] * 2


@pytest.mark.parametrize(
    "other",
    [
        {"conditionExpression": ""},
        {"conditionExpression": "  "},
        {"conditionExpression": "claims.sub =="},
        {"conditionExpression": "claims.sub + 'x'"},
        {"conditionExpression": "'main'"},
        {"conditionExpression": "token.sub == 'x'"},
        {"allowSourceCidrs": ["anywhere"]},
        {"scopedRoleIds": ["emperor"]},
        {"passthroughClaims": [""]},
        {"passthroughClaims": [f"claim-{number}" for number in range(33)]},
        {"displayName": "x" * 201},
    ],
)
def test_an_impossible_trust_is_not_made(workload: Workload, other: dict[str, Any]) -> None:
    body = {"providerId": workload.provider["id"], "conditionExpression": CONDITION} | other
    assert workload.admin.post(workload.trusts, json=body).status_code == 400
    assert len(workload.admin.get(workload.trusts).json()["list"]) == 1


def test_a_trust_needs_a_provider_that_is_there(workload: Workload) -> None:
    body = {"providerId": workload.service, "conditionExpression": CONDITION}
    assert workload.admin.post(workload.trusts, json=body).status_code == 404


def test_trusts_are_searched_over_all_service_principals(
    admin: TestClient, workload: Workload
) -> None:
    def found(**filters: str) -> list[str]:
        return [trust["clientId"] for trust in admin.post(SEARCH, json=filters).json()["list"]]

    here, nowhere = [workload.client_id], workload.provider["id"][::-1]
    assert found() == here
    assert found(query="MAIN br", providerId=workload.provider["id"]) == here
    assert found(servicePrincipalId=workload.service) == here
    assert found(query="%") == found(providerId=nowhere) == found(servicePrincipalId=nowhere) == []


def test_trusts_come_by_page(admin: TestClient, workload: Workload) -> None:
    body = {"providerId": workload.provider["id"], "conditionExpression": CONDITION}
    for _ in range(11):
        assert admin.post(workload.trusts, json=body).status_code == 200
    first = admin.get(workload.trusts, params={"page_size": 10}).json()
    rest = admin.get(
        workload.trusts, params={"page_size": 10, "page_token": first["nextPageToken"]}
    ).json()
    names = {trust["clientId"] for trust in [*first["list"], *rest["list"]]}
    assert (len(first["list"]), len(rest["list"]), len(names)) == (10, 2, 12)


def test_a_good_token_passes_every_step_of_a_test(workload: Workload, platform: Platform) -> None:
    tested = workload.test(platform.token())
    assert tested["overallResult"] is True
    assert {step: tested[step]["passed"] for step in STEPS} == dict.fromkeys(STEPS, True)
    assert tested["cidrCheck"]["skipped"] is True
    assert json.loads(tested["decodedClaimsJson"]) == platform.claims()
    assert "access_token" not in json.dumps(tested)
    assert workload.admin.get(workload.path).json()["trust"]["lastUsedAt"] is None


@pytest.mark.parametrize(
    ("step", "claims", "detail"),
    [
        ("issuerMatch", {"iss": "https://evil.test"}, "another issuer"),
        ("audienceValidation", {"aud": "elsewhere.test"}, "another audience"),
        ("tokenFreshness", {"exp": 1}, "expired"),
        ("tokenFreshness", {"iat": 1}, "more than 10 minutes ago"),
        ("celEvaluation", {"sub": "repo:evil/infra"}, "does not hold"),
    ],
)
def test_a_test_names_the_one_step_that_fails(
    workload: Workload, platform: Platform, step: str, claims: dict[str, Any], detail: str
) -> None:
    tested = workload.test(platform.token(**claims))
    assert tested["overallResult"] is False
    assert [name for name in STEPS if not tested[name]["passed"]] == [step]
    assert detail in tested[step]["detail"]


def test_a_test_tells_a_forged_token_from_an_unknown_key_and_an_outage(
    workload: Workload, platform: Platform, clock: FixedClock
) -> None:
    def signature(token: str) -> str:
        tested = workload.test(token)
        assert tested["overallResult"] is False
        assert [name for name in STEPS if not tested[name]["passed"]] == ["signatureValidation"]
        return str(tested["signatureValidation"]["detail"])

    platform.is_down = True
    assert "does not answer" in signature(platform.token())
    platform.is_down = False
    clock.advance(PAUSE)
    assert signature(platform.token(OTHER_RSA)) == "not signed by the issuer"
    assert signature(platform.token(header={"kid": "x"})) == "the issuer has no such key"
    assert signature(platform.token(header={"alg": "none"})) == "the algorithm is not allowed"


def test_a_test_of_no_token_skips_what_it_cannot_know(workload: Workload) -> None:
    tested = workload.test("nonsense")
    assert tested["overallResult"] is False
    assert tested["jwtDecode"] == {
        "stepName": "JWT decode",
        "passed": False,
        "skipped": False,
        "detail": "not a signed JWT in compact form",
        "expected": "",
        "actual": "",
    }
    assert all(tested[step]["skipped"] for step in STEPS[1:])
    assert tested["decodedClaimsJson"] == ""


def test_a_test_may_pretend_to_come_from_elsewhere(workload: Workload, platform: Platform) -> None:
    workload.change(allowSourceCidrs=["10.1.0.0/16"])
    assert workload.test(platform.token())["overallResult"] is True
    assert workload.test(platform.token(), sourceIp="10.1.9.9/32")["overallResult"] is True
    tested = workload.test(platform.token(), sourceIp="10.2.0.1")
    assert (tested["overallResult"], tested["cidrCheck"]["passed"]) == (False, False)
    assert tested["cidrCheck"]["expected"] == "10.1.0.0/16"


@pytest.mark.parametrize(
    ("expression", "claims", "matched", "error"),
    [
        ('claims.sub == "x"', '{"sub": "x"}', True, ""),
        ('claims.sub == "x"', '{"sub": "y"}', False, ""),
        ('claims.sub == "x"', "{}", False, "Key not found"),
        ("claims.sub ==", "{}", False, "not a CEL expression"),
        ("", "{}", False, "a condition"),
        ("true", "[]", False, "must be a JSON object"),
        ("true", "{", False, "must be a JSON object"),
        ("true", '{"x": NaN}', False, "must be a JSON object"),
        ("true", '{"x": "\\ud800"}', False, "must be a JSON object"),
        ("claims.x", '{"x": 1}', False, "neither true nor false"),
    ],
)
def test_a_condition_can_be_tried_on_claims_that_one_makes_up(
    admin: TestClient, expression: str, claims: str, matched: bool, error: str
) -> None:
    body = {"expression": expression, "claimsJson": claims}
    reply = admin.post("/api/v1/workload_federation/test-cel", json=body)
    assert reply.status_code == 200, reply.text
    answer = reply.json()
    assert (answer["matched"], answer["expression"]) == (matched, expression)
    assert (error in answer["error"]) if error else answer["error"] == ""


def test_a_spiffe_trust_domain_publishes_its_keys_where_it_says(
    people: People, admin: TestClient, platform: Platform
) -> None:
    domain, key = "spiffe://prod.corp.test", ECKey.generate_key("P-256", {"kid": "svid"})
    platform.published = [public(key, use="jwt-svid"), public(key, kid="other")]
    keys = "https://spire.corp.test/keys"
    body = wish(
        issuerUrl=domain,
        wellKnownProvider=f"{KIND}_SPIFFE",
        spiffe={"bundleEndpointUrl": keys},
    )
    made = admin.post(PROVIDERS, json=body).json()["provider"]
    assert (made["issuerUrl"], made["spiffe"]) == (domain, {"bundleEndpointUrl": keys})
    assert made["oidc"] is None
    platform.published = [public(RSA)]
    workload = Workload(people, admin)
    trust = {
        "providerId": made["id"],
        "conditionExpression": f'claims.sub == "{domain}/ns/ci/sa/deployer"',
    }
    workload.client_id = admin.post(workload.trusts, json=trust).json()["trust"]["clientId"]
    platform.published = [public(key, use="jwt-svid")]
    subject = f"{domain}/ns/ci/sa/deployer"
    assert workload.exchange(platform.token(key, "ES256", iss=None, sub=subject)).status_code == 200
    for other in (SUBJECT, f"{domain}.evil.test/ns/ci/sa/deployer"):
        refused = workload.exchange(platform.token(key, "ES256", sub=other))
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")
    moved = {"provider": {"spiffe": {"bundleEndpointUrl": "https://spire2.corp.test/keys"}}}
    changed = admin.patch(f"{PROVIDERS}/{made['id']}", json=moved).json()["provider"]
    assert changed["spiffe"]["bundleEndpointUrl"] == "https://spire2.corp.test/keys"
