"""What is secret is told once, to the one whom it is for, and found nowhere afterwards."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from ostiary.server.kernel.auth.greeting import greet_first_administrator
from ostiary.server.kernel.authz.roles import BASIC_USER
from ostiary.server.kernel.work import Kernel
from tests.server.auth.people import People, assertion_form, claims_of, code_in, private_key, signed

PASSWORD = "violin under the stairs"
TYPED_WRONGLY = "the password of another site"


def everything_stored(kernel: Kernel) -> str:
    with kernel.read() as connection:
        tables = sa.inspect(connection).get_table_names()
        rows = [
            json.dumps(row)
            for table in tables
            for row in connection.scalars(sa.text(f'SELECT to_jsonb(t) FROM "{table}" t'))
        ]
    return "\n".join(rows)


def use_everything(people: People) -> dict[str, str]:
    """Every secret there is, made and used, also in vain. By what it is."""
    secrets = {"bootstrap code": code_in(greet_first_administrator(people.kernel) or "")}
    admin = people.anonymous()
    form = {"email": "root@corp.test", "display_name": "Root", "password": PASSWORD}
    assert admin.post("/auth/start", data={**form, "code": secrets["bootstrap code"]}).is_redirect
    secrets["session"] = admin.cookies["__Host-ostiary"]
    secrets["csrf"] = admin.get("/auth/session").json()["csrfToken"]
    admin.headers["x-csrf-token"] = secrets["csrf"]

    link = admin.post("/api/v1/users", json={"email": "bob@corp.test"}).json()["passwordLink"]
    secrets["link"] = code_in(link)
    wrong = {"email": "root@corp.test", "password": TYPED_WRONGLY}
    assert people.anonymous().post("/auth/sign_in", data=wrong).status_code == 401
    swapped = {"email": PASSWORD, "password": "root@corp.test"}
    assert people.anonymous().post("/auth/sign_in", data=swapped).status_code == 401

    made = admin.post("/api/v1/iam/personal_clients", json={}).json()
    secrets["client secret"] = made["clientSecret"]
    client_id = made["client"]["clientId"]
    claims = claims_of(client_id, people.kernel.clock.now())
    secrets["assertion"] = signed(private_key(made["clientSecret"]), claims)
    token = people.anonymous().post(
        "/auth/v1/token", data=assertion_form(secrets["assertion"], client_id)
    )
    secrets["access token"] = token.json()["access_token"]
    people.anonymous().post("/auth/v1/token", data=assertion_form(secrets["assertion"], client_id))
    bad = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": "x"}
    people.anonymous().post("/auth/v1/token", data={**bad, "client_secret": made["clientSecret"]})
    people.anonymous().post("/auth/v1/token", data={**bad, "client_id": made["clientSecret"][:9]})
    asked = people.anonymous().post("/auth/v1/device_authorization", data={"client_id": "cone"})
    secrets["device code"] = asked.json()["device_code"]
    api = people.bearer(secrets["access token"])
    assert api.get("/api/v1/auth/introspect").status_code == 200
    return secrets | {"password": PASSWORD, "typed wrongly": TYPED_WRONGLY}


def test_no_secret_is_kept_logged_or_shown_again(
    people: People, capfd: pytest.CaptureFixture[str]
) -> None:
    with capture_logs() as logs:
        secrets = use_everything(people)
    printed = "".join(capfd.readouterr())
    seen = {
        "database and audit": everything_stored(people.kernel),
        "logs": str(logs),
        "output": printed,
        "key list": people.bearer(secrets["access token"]).get("/api/v1/iam/personal_clients").text,
    }
    assert "auth.session.open" in seen["database and audit"]
    assert "token.refused" in seen["logs"]
    found = [
        (name, where) for name, value in secrets.items() for where in seen if value in seen[where]
    ]
    assert found == []


def test_a_refused_body_is_not_repeated(people: People) -> None:
    ann = people.browser_of("ann@corp.test", BASIC_USER)
    reply = ann.post("/api/v1/iam/personal_clients", json={"scopedRoles": {"x": PASSWORD}})
    assert reply.status_code == 400
    assert PASSWORD not in reply.text
