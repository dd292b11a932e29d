"""What an id_token has to be before anybody is believed to have signed in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic import SecretStr, ValidationError

from ostiary.server.connectors.oauth.application import EntraApplication
from ostiary.server.connectors.oauth.login import Login, Person, state_of
from ostiary.server.kernel.auth.digests import derived
from ostiary.server.kernel.errors import AppError

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOST = "login.example"
TENANT = "736357af-571f-5472-8877-947fe58004e6"
OTHER = "00000000-0000-4000-8000-000000000001"
KEY, FOREIGN_KEY = RSAKey.generate_key(2048), RSAKey.generate_key(2048)

LOGIN = Login(
    EntraApplication(client_id="app", client_secret=SecretStr("s"), login_domain=HOST),
    "https://ostiary.example/back",
    "secret",
)
GOOD = {
    "iss": f"https://{HOST}/{TENANT}/v2.0",
    "aud": "app",
    "tid": TENANT,
    "oid": OTHER,
    "nonce": derived("secret", "nonce"),
    "nbf": int(NOW.timestamp()),
    "exp": int((NOW + timedelta(hours=1)).timestamp()),
    "preferred_username": "ada@corp.test",
    "name": "Ada",
}


def answering(
    monkeypatch: pytest.MonkeyPatch, key: RSAKey = KEY, jwks: str = HOST, **claims: Any
) -> None:
    token = jwt.encode({"alg": "RS256"}, GOOD | claims, key)
    answers: dict[str, Any] = {
        "/organizations/v2.0/.well-known/openid-configuration": {
            "jwks_uri": f"https://{jwks}/keys"
        },
        "/organizations/oauth2/v2.0/token": {"id_token": token},
        "/keys": {"keys": [KEY.as_dict(private=False)]},
    }
    original = Login._get

    def get(login: Login, url: str, method: str = "GET", form: Any = None) -> dict[str, Any]:
        if urlsplit(url).netloc != HOST:
            return original(login, url, method, form)
        answer: dict[str, Any] = answers[urlsplit(url).path]
        return answer

    monkeypatch.setattr(Login, "_get", get)


def test_who_signed_in_is_read_from_a_token_that_is_signed_for_us(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answering(monkeypatch)
    assert LOGIN.person("code", NOW) == Person(TENANT, OTHER, "ada@corp.test", "Ada")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"iss": f"https://{HOST}/{OTHER}/v2.0"}, "another issuer"),
        ({"iss": f"https://elsewhere.example/{TENANT}/v2.0"}, "another issuer"),
        ({"tid": OTHER}, "another issuer"),
        ({"tid": "common", "iss": f"https://{HOST}/common/v2.0"}, "names no tenant"),
        ({"oid": ""}, "names no tenant"),
        ({"aud": "another"}, "another application"),
        ({"aud": ["app", "another"]}, "another application"),
        ({"nonce": "another"}, "another sign-in"),
        ({"nonce": None}, "another sign-in"),
        ({"exp": int(NOW.timestamp()) - 301}, "has expired"),
        ({"exp": "never"}, "has expired"),
        ({"nbf": int(NOW.timestamp()) + 301}, "not valid yet"),
        ({"key": FOREIGN_KEY}, "not signed"),
        ({"jwks": "elsewhere.example"}, "keys are elsewhere"),
    ],
)
def test_what_proves_nothing_is_refused_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], said: str
) -> None:
    answering(monkeypatch, **changed)
    with pytest.raises(AppError, match=said) as refused:
        LOGIN.person("code", NOW)
    assert refused.value.details[0]["findings"][0]["cause"] == "token_untrusted"


def test_the_url_binds_the_answer_to_this_attempt_and_gives_no_secret_away() -> None:
    query = parse_qs(urlsplit(LOGIN.url).query)
    assert query["state"] == [state_of("secret")]
    assert query["nonce"] == [derived("secret", "nonce")]
    assert query["code_challenge_method"] == ["S256"]
    assert derived("secret", "verifier") not in LOGIN.url
    assert urlsplit(LOGIN.url).path == "/organizations/oauth2/v2.0/authorize"


def test_an_application_needs_exactly_one_proof() -> None:
    with pytest.raises(ValidationError, match="OSTIARY_ENTRA_CLIENT_SECRET"):
        EntraApplication(client_id="app")
