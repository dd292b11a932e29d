from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential

from ostiary.tenant.clock import START, Clock
from ostiary.tenant.conditions import Conditions, Premium
from ostiary.tenant.directory.directory import Directory
from ostiary.tenant.directory.objects import Kind
from ostiary.tenant.server import PortTakenError, SimulatedTenant
from ostiary.tenant.stories import story
from ostiary.tenant.surface.licensing import PREMIUM_P1, PREMIUM_P2
from ostiary.tenant.truth import export_truth


@pytest.fixture(scope="module")
def tenant() -> Iterator[SimulatedTenant]:
    with SimulatedTenant(story("small")) as running:
        yield running


def fetch(tenant: SimulatedTenant, path: str, body: object = None, token: str = "") -> object:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = Request(f"{tenant.url}{path}", data=data, headers=headers)
    context = ssl.create_default_context(cafile=str(tenant.ca_file))
    with urlopen(request, context=context) as answer:
        return json.loads(answer.read())


def sign_in(tenant: SimulatedTenant) -> str:
    with ClientSecretCredential(
        tenant.tenant_id,
        tenant.client_id,
        tenant.client_secret,
        authority=f"https://{tenant.login_domain}",
        disable_instance_discovery=True,
        connection_verify=str(tenant.ca_file),
    ) as credential:
        return credential.get_token(f"https://{tenant.graph_domain}/.default").token


def test_a_token_from_the_login_side_opens_graph_on_the_same_port(tenant: SimulatedTenant) -> None:
    answer = fetch(tenant, "/v1.0/organization", token=sign_in(tenant))
    assert isinstance(answer, dict)
    assert answer["value"][0]["id"] == tenant.tenant_id


def test_graph_refuses_what_did_not_sign_in(tenant: SimulatedTenant) -> None:
    with pytest.raises(HTTPError) as refused:
        fetch(tenant, "/v1.0/users", token="a.b.c")
    with refused.value as error:
        assert error.code == 401
        assert json.loads(error.read())["error"]["code"] == "InvalidAuthenticationToken"


def test_the_client_is_the_integration_app_of_the_story(tenant: SimulatedTenant) -> None:
    principals = tenant.directory.objects[Kind.SERVICE_PRINCIPAL].values()
    ours = next(one for one in principals if one.display_name == "OurIntegration")
    assert tenant.client_id == ours.props["appId"]
    assert tenant.authorize(sign_in(tenant)).sp_id == ours.id


def test_a_story_that_is_played_late_signs_in_until_its_secret_ends_as_graph_shows() -> None:
    clock = Clock(START + timedelta(days=1000))
    with SimulatedTenant(story("small", clock)) as late:
        assert sign_in(late)
        app = late.directory.get(late.directory.id_of("OurIntegration", Kind.APPLICATION))
        shown = max(secret["endDateTime"] for secret in app.props["passwordCredentials"])
        left = datetime.fromisoformat(shown) - clock.now()
        assert timedelta(days=30) < left
        late.change(lambda directory: directory.clock.advance(left.total_seconds()))
        with pytest.raises(ClientAuthenticationError, match="AADSTS7000222"):
            sign_in(late)


def test_a_change_runs_between_requests_and_returns_its_result(tenant: SimulatedTenant) -> None:
    made = tenant.change(
        lambda directory: directory.create(Kind.GROUP, {"displayName": "SG-Fresh"})
    )
    answer = fetch(tenant, f"/v1.0/groups/{made.id}", token=sign_in(tenant))
    assert isinstance(answer, dict)
    assert answer["displayName"] == "SG-Fresh"


def test_a_change_that_fails_raises_where_it_was_asked_for(tenant: SimulatedTenant) -> None:
    def impossible(directory: Directory) -> None:
        directory.soft_delete("no such object")

    with pytest.raises(KeyError):
        tenant.change(impossible)


def test_truth_is_served_as_exported(tenant: SimulatedTenant) -> None:
    exported = tenant.change(export_truth)
    assert fetch(tenant, "/_tenant/truth") == json.loads(json.dumps(exported))


def test_drift_changes_the_tenant_and_says_how() -> None:
    with SimulatedTenant(story("small")) as tenant:
        before = tenant.directory.journal.version
        answer = fetch(tenant, "/_tenant/drift", {"seed": 7, "steps": 5})
        assert isinstance(answer, dict)
        assert len(answer["changes"]) == 5
        assert tenant.directory.journal.version > before


@pytest.mark.parametrize("body", [{"steps": -1}, {"steps": "many"}, {"stops": 1}])
def test_a_drift_order_that_makes_no_sense_is_refused(
    tenant: SimulatedTenant, body: dict[str, object]
) -> None:
    with pytest.raises(HTTPError) as refused:
        fetch(tenant, "/_tenant/drift", body)
    with refused.value as error:
        assert error.code == 400
        assert error.read().startswith(b"drift: ")


def status_of(tenant: SimulatedTenant, path: str, token: str) -> int:
    try:
        fetch(tenant, path, token=token)
    except HTTPError as error:
        with error:
            return error.code
    return 200


def test_weather_given_at_start_or_later_strikes_requests() -> None:
    storm = {"rules": [{"match": "GET /organization", "fault": "unavailable", "nth": [1]}]}
    with SimulatedTenant(story("small"), weather=storm) as tenant:
        token = sign_in(tenant)
        assert [status_of(tenant, "/v1.0/organization", token) for _ in range(2)] == [503, 200]
        assert tenant.weather is not None
        assert tenant.weather.struck["unavailable"] == 1
        tenant.set_weather(storm)
        assert [status_of(tenant, "/v1.0/organization", token) for _ in range(2)] == [503, 200]
        tenant.set_weather(None)
        assert status_of(tenant, "/v1.0/organization", token) == 200


def post_weather(tenant: SimulatedTenant, forecast: str) -> object:
    context = ssl.create_default_context(cafile=str(tenant.ca_file))
    request = Request(f"{tenant.url}/_tenant/weather", data=forecast.encode(), method="POST")
    with urlopen(request, context=context) as answer:
        return json.loads(answer.read())


def test_weather_can_be_posted_as_yaml_and_cleared(tenant: SimulatedTenant) -> None:
    token = sign_in(tenant)
    post_weather(tenant, "rules:\n- {match: GET /organization, fault: unavailable}\n")
    assert status_of(tenant, "/v1.0/organization", token) == 503
    assert post_weather(tenant, "") == {"struck": {"unavailable": 1}}
    assert status_of(tenant, "/v1.0/organization", token) == 200


@pytest.mark.parametrize("forecast", ["rules: [", "rules: [{fault: hail}]", "storm"])
def test_a_forecast_that_makes_no_sense_is_refused(tenant: SimulatedTenant, forecast: str) -> None:
    with pytest.raises(HTTPError) as refused:
        post_weather(tenant, forecast)
    with refused.value as error:
        assert error.code == 400
        assert error.read().startswith(b"weather: ")


def test_without_tls_everything_is_plain_http_on_loopback() -> None:
    with SimulatedTenant(story("small"), tls=False) as tenant:
        assert tenant.url == f"http://{tenant.graph_domain}"
        path = f"/{tenant.tenant_id}/v2.0/.well-known/openid-configuration"
        with urlopen(f"{tenant.url}{path}") as answer:
            assert json.loads(answer.read())["token_endpoint"].startswith(tenant.url)
        with pytest.raises(RuntimeError, match="plain HTTP"):
            _ = tenant.ca_file


def test_a_stopped_tenant_leaves_its_port_and_its_temporary_files() -> None:
    with SimulatedTenant(story("small")) as tenant:
        ca_file = tenant.ca_file
        port = int(tenant.graph_domain.rpartition(":")[2])
        assert ca_file.exists()
    assert not ca_file.exists()
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with (
            pytest.raises(PortTakenError, match=f"port {port} on 127.0.0.1 is taken"),
            SimulatedTenant(story("small"), port=port),
        ):
            raise AssertionError("a second listener on one port")


def test_half_open_and_idle_connections_do_not_keep_a_tenant_from_stopping() -> None:
    with SimulatedTenant(story("small")) as tenant:
        host, _, port = tenant.graph_domain.rpartition(":")
        half_open = socket.create_connection((host, int(port)))
        context = ssl.create_default_context(cafile=str(tenant.ca_file))
        idle = context.wrap_socket(
            socket.create_connection((host, int(port))), server_hostname=host
        )
    half_open.close()
    idle.close()


def test_the_environment_is_what_the_connector_reads(tenant: SimulatedTenant) -> None:
    assert tenant.environment == {
        "BATON_ENTRA_TENANT_ID": tenant.tenant_id,
        "BATON_ENTRA_CLIENT_ID": tenant.client_id,
        "BATON_ENTRA_CLIENT_SECRET": tenant.client_secret,
        "BATON_GRAPH_DOMAIN": tenant.graph_domain,
        "BATON_ENTRA_LOGIN_DOMAIN": tenant.login_domain,
        "SSL_CERT_FILE": str(tenant.ca_file),
    }


def test_certificates_can_live_on_in_a_folder(tmp_path: Path) -> None:
    authorities = []
    for _ in range(2):
        with SimulatedTenant(story("small"), tls_dir=tmp_path) as tenant:
            authorities.append(tenant.ca_file.read_bytes())
    assert authorities[0] == authorities[1]


def test_the_admin_routes_answer_the_same_machine_only() -> None:
    from ostiary.tenant.admin import require_loopback

    require_loopback("127.0.0.1")
    require_loopback("::1")
    for elsewhere in ("192.0.2.7", None, ""):
        with pytest.raises(PermissionError):
            require_loopback(elsewhere)


@pytest.mark.parametrize(
    ("premium", "plans"),
    [("P2", {PREMIUM_P1, PREMIUM_P2}), ("P1", {PREMIUM_P1}), (None, set())],
)
def test_premium_decides_which_plans_the_organization_has(
    premium: Premium | None, plans: set[str]
) -> None:
    with SimulatedTenant(story("small"), premium=premium) as tenant:
        assigned = tenant.directory.organization["assignedPlans"]
    held = {plan["servicePlanId"] for plan in assigned}
    assert held & {PREMIUM_P1, PREMIUM_P2} == plans
    assert len(held) > 2


@pytest.mark.parametrize("impossible", [{"latency": -1.0}, {"lag": -1.0}, {"quota": 0.0}])
def test_impossible_conditions_are_refused(impossible: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(impossible))):
        Conditions(**impossible)
