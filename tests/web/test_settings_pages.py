"""Settings as pages: what is set and where, who signs in as what, keys, mail; and who sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from pydantic import SecretStr

from ostiary.server.kernel.auth import user_store
from ostiary.server.kernel.auth.oidc import Oidc, OidcSettings
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.authz.enforcement import Public, declaration_of
from ostiary.server.kernel.authz.roles import (
    BASIC_USER,
    CONNECTOR_ADMINISTRATOR,
    READ_ONLY_ADMINISTRATOR,
    ROLES,
    SUPER_ADMINISTRATOR,
    allowances_of,
)
from ostiary.server.kernel.work import Kernel
from tests.server.auth.people import People
from tests.server.auth.test_every_route import NOBODYS, REFUSALS
from tests.server.notify.post import PostOffice, standing, working
from tests.server.notify.world import sending
from tests.web.conftest import Reader
from tests.web.route_table import ROUTES
from tests.web.test_access_pages import MOST_QUERIES, queries, said
from tests.web.test_pages import SCRIPT

PAGES = ("", "/sign_in", "/users", "/keys", "/mail", "/encryption")


@pytest.fixture
def bob(people: People) -> User:
    return people.add("bob@corp.test", BASIC_USER)


@pytest.fixture
def reader(people: People) -> Reader:
    return Reader(people, people.add("reader@corp.test", READ_ONLY_ADMINISTRATOR))


def roles_of(kernel: Kernel, user: User) -> set[str]:
    with kernel.read() as connection:
        found = user_store.find(connection, user.id)
    assert found
    return set(found.role_ids)


def service(admin: Reader, name: str = "Terraform") -> str:
    """The path of a new service principal."""
    made = admin.post("/settings/keys", data={"display_name": name})
    assert made.status_code == 303, made.text
    return str(made.headers["location"])


def test_every_page_lets_through_exactly_whom_its_permission_says(
    app: FastAPI, people: People
) -> None:
    """Over objects that are nobody's: who may see own ones only is refused, or told of none."""
    declared = {
        f"{method} {getattr(route, 'path', '')}": declaration_of(route)
        for route in iter_route_contexts(app.routes)
        for method in getattr(route, "methods", None) or ()
        if f"{method} {getattr(route, 'path', '')}" in ROUTES
    }
    assert set(declared) == set(ROUTES)
    for role in ROLES:
        allowances = allowances_of([role])
        session = people.session_of(people.add(f"{role.name}@corp.test", role))
        for route, needed in declared.items():
            if needed is None or isinstance(needed, Public):
                continue
            method, path = route.split(" ")
            status = session.request(method, re.sub(r"{[^}]*}", NOBODYS, path)).status_code
            reach = allowances.get(needed.permission, frozenset())
            let_in = "all" in reach or bool(reach and needed.filtered)
            assert (status not in REFUSALS) == let_in, (role.name, route, status)
            assert status < 500, (role.name, route, status)


def test_what_the_environment_sets_is_shown_with_its_name(admin: Reader, kernel: Kernel) -> None:
    page = said(admin, "/settings")
    assert kernel.settings.external_url in page
    assert "OSTIARY_BASE_URL" in page
    assert "cannot be shortened" in page


def test_sign_in_says_what_is_on_and_never_a_secret(admin: Reader, app: FastAPI) -> None:
    page = said(admin, "/settings/sign_in")
    assert "OSTIARY_OIDC_TENANT" in page
    assert "set these where the server is started" in page
    secret = "hunter2hunter2"
    oidc = Oidc(
        OidcSettings(
            provider="entra",
            tenant="contoso-id",
            client_id="our-client",
            client_secret=SecretStr(secret),
        )
    )
    object.__setattr__(app.state.authentication, "oidc", oidc)
    page = said(admin, "/settings/sign_in")
    assert "https://login.microsoftonline.com/contoso-id/v2.0" in page
    assert "our-client" in page
    assert secret not in page


def test_users_are_found_by_role_and_name(admin: Reader, bob: User, reader: Reader) -> None:
    page = said(admin, "/settings/users")
    assert "3 users" in page
    assert f'href="/settings/users/{bob.public_id}"' in page
    only = said(admin, f"/settings/users?role={SUPER_ADMINISTRATOR.id}")
    assert "1 of 3 users" in only
    assert "bob@corp.test" not in only
    assert "1 of 3 users" in said(admin, "/settings/users?q=BOB")


def test_roles_are_set_by_ticking_them(admin: Reader, kernel: Kernel, bob: User) -> None:
    path = f"/settings/users/{bob.public_id}"
    ticked = {"basic_user": "on", "connector_admin": "on"}
    assert admin.post(f"{path}/roles", data=ticked).status_code == 303
    page = said(admin, path)
    assert re.search(r'name="connector_admin"[^>]* checked', page)
    assert not re.search(r'name="super_admin"[^>]* checked', page)
    assert "Manages own apps, own connectors, own automations." in page
    assert len(roles_of(kernel, bob)) == 2


def test_the_last_super_administrator_stays(admin: Reader, people: People) -> None:
    with people.kernel.read() as connection:
        me = user_store.find_by_email(connection, "super@corp.test")
    assert me
    refused = admin.post(f"/settings/users/{me.public_id}/roles", data={"basic_user": "on"})
    assert refused.status_code == 400
    assert 'role="alert"' in refused.text
    assert re.search(r'name="basic_user"[^>]* checked', refused.text)
    assert SUPER_ADMINISTRATOR.id in roles_of(people.kernel, me)


def test_roles_of_many_are_replaced_together_or_not_at_all(
    admin: Reader, people: People, bob: User, reader: Reader
) -> None:
    eve = people.add("eve@corp.test", BASIC_USER, READ_ONLY_ADMINISTRATOR)
    both = {"selected": [bob.public_id, eve.public_id]}
    asked = admin.get("/settings/users/roles", params=both).text
    assert "Set roles of 2 users" in asked
    assert re.search(r'name="basic_user"[^>]* checked', asked)
    assert not re.search(r'name="read_only_admin"[^>]* checked', asked)
    done = admin.post("/settings/users/roles", data={**both, "connector_admin": "on"})
    assert done.headers["location"] == "/settings/users"
    assert roles_of(people.kernel, bob) == roles_of(people.kernel, eve)
    assert roles_of(people.kernel, bob) == {CONNECTOR_ADMINISTRATOR.id}
    with people.kernel.read() as connection:
        me = user_store.find_by_email(connection, "super@corp.test")
    assert me
    all_three = {"selected": [*both["selected"], me.public_id], "basic_user": "on"}
    refused = admin.post("/settings/users/roles", data=all_three)
    assert refused.status_code == 400
    assert 'role="alert"' in refused.text
    assert roles_of(people.kernel, bob) == {CONNECTOR_ADMINISTRATOR.id}
    assert admin.get("/settings/users/roles").status_code == 400
    assert "/settings/users/roles" in said(admin, "/settings/users")
    assert "/settings/users/roles" not in said(reader, "/settings/users")


def test_sessions_of_somebody_end_everywhere(admin: Reader, people: People, bob: User) -> None:
    browser = people.session_of(bob)
    path = f"/settings/users/{bob.public_id}"
    assert "in 1 browser<" in said(admin, path)
    assert admin.post(f"{path}/end_sessions").status_code == 303
    assert browser.get("/").status_code == 401
    page = said(admin, path)
    assert "in 0 browsers" in page
    assert "End sessions" not in page
    assert "auth.user.end_sessions" in people.audit_actions()


def test_a_credential_is_made_and_its_secret_shown_once(admin: Reader) -> None:
    path = service(admin)
    made = admin.post(f"{path}/credentials", data={"display_name": "CI", "days": "30"})
    assert made.status_code == 200
    assert made.headers["cache-control"] == "no-store"
    secret = re.search(r"secret-token:[^<\"]+", made.text)
    assert secret
    page = said(admin, path)
    assert ">CI<" in page
    assert secret[0] not in page
    revoke = re.search(rf'action="({path}/credentials/\w+/revoke)"', page)
    assert revoke
    assert admin.post(revoke[1], data={"typed": "no"}).status_code == 400
    assert admin.post(revoke[1], data={"typed": "revoke"}).status_code == 303
    assert ">CI<" not in said(admin, path)


@pytest.mark.parametrize("days", ["", "0", "-1", "x", "99999", "１"])
def test_a_credential_needs_an_end_that_can_be(admin: Reader, days: str) -> None:
    path = service(admin)
    refused = admin.post(f"{path}/credentials", data={"display_name": "CI", "days": days})
    assert refused.status_code == 400
    assert "a number from 1 to 3650" in refused.text


def test_a_service_principal_gets_roles_and_is_deleted_by_typing(admin: Reader) -> None:
    path = service(admin)
    assert admin.post(f"{path}/roles", data={"read_only_admin": "on"}).status_code == 303
    assert "Read-Only Administrator" in said(admin, "/settings/keys")
    assert admin.post(f"{path}/delete", data={"typed": "delet"}).status_code == 400
    assert admin.post(f"{path}/delete", data={"typed": "DELETE"}).status_code == 303
    assert "Terraform" not in said(admin, "/settings/keys")
    assert admin.get(path).status_code == 404


def test_keys_of_people_are_listed_and_revoked(admin: Reader, people: People, bob: User) -> None:
    browser = people.session_of(bob)
    made = browser.post("/api/v1/iam/personal_clients", json={"displayName": SCRIPT})
    assert made.status_code == 200, made.text
    page = said(admin, "/settings/keys")
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page
    assert ">Bob<" in page
    revoke = re.search(r'action="(/settings/keys/personal/\w+/revoke)"', page)
    assert revoke
    assert admin.post(revoke[1], data={"typed": "REVOKE"}).status_code == 303
    assert "&lt;script&gt;" not in said(admin, "/settings/keys")


def test_anybody_makes_a_key_of_their_own_that_may_no_more_than_they_do(
    people: People, bob: User
) -> None:
    browser = Reader(people, bob)
    page = said(browser, "/keys")
    assert "None yet" in page
    assert "Basic User" in page
    assert "Super Administrator" not in page
    wished = {"display_name": SCRIPT, "days": "30", "role": BASIC_USER.id, "networks": "10.0.0.1/8"}
    made = browser.post("/keys", data=wished)
    assert made.status_code == 200
    assert made.headers["cache-control"] == "no-store"
    secret = re.search(r"secret-token:[^<\"]+", made.text)
    client = re.search(r"[\w-]+@[\w.:-]+/pcc", made.text)
    assert secret
    assert client
    page = said(browser, "/keys")
    assert secret[0] not in page
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page
    [known] = browser.get("/api/v1/iam/personal_clients").json()["list"]
    assert known["allowSourceCidr"] == ["10.0.0.0/8"]
    assert known["scopedRoles"] == [BASIC_USER.id]
    assert known["clientId"] == client[0]


def test_somebody_revokes_own_keys_and_no_others(people: People, bob: User, admin: Reader) -> None:
    browser = Reader(people, bob)
    assert browser.post("/keys", data={"display_name": "Laptop", "days": "1"}).status_code == 200
    revoke = re.search(r'action="(/keys/\w+/revoke)"', said(browser, "/keys"))
    assert revoke
    assert admin.post(revoke[1], data={"typed": "REVOKE"}).status_code == 404
    assert browser.post(revoke[1], data={"typed": "no"}).status_code == 400
    assert browser.post(revoke[1], data={"typed": "REVOKE"}).status_code == 303
    assert "None yet" in said(browser, "/keys")
    assert "Revoke" not in said(browser, "/keys?as_of=2026-03-01")


def test_what_is_wrong_with_a_key_is_said_at_each_field(people: People, bob: User) -> None:
    wrong = {"display_name": "x" * 2000, "days": "0", "role": "god", "networks": "10.0.0.0/99"}
    refused = Reader(people, bob).post("/keys", data=wrong)
    assert refused.status_code == 400
    errors = dict(re.findall(r'id="error-(\w+)">([^<]+)<', refused.text))
    assert errors.keys() == wrong.keys()
    assert "None yet" in refused.text


def test_a_name_that_cannot_be_is_said_at_its_field(admin: Reader) -> None:
    refused = admin.post("/settings/keys", data={"display_name": " "})
    assert refused.status_code == 400
    assert 'aria-invalid="true"' in refused.text


def test_mail_that_is_off_says_where_it_is_set(admin: Reader) -> None:
    page = said(admin, "/settings/mail")
    assert "OSTIARY_SMTP_HOST" in page
    assert "No mail yet" in page
    assert "Send test mail" not in page


@pytest.fixture
def closed_office(app: FastAPI, kernel: Kernel) -> Iterator[PostOffice]:
    office = PostOffice()
    with standing(office):
        app.state.kernel = sending(kernel, office)
        yield office


@pytest.fixture
def open_office(app: FastAPI, kernel: Kernel) -> Iterator[PostOffice]:
    with working(PostOffice()) as office:
        app.state.kernel = sending(kernel, office)
        yield office


def sent_test(admin: Reader, address: str = "ann@corp.test") -> tuple[int, str]:
    answer = admin.post("/settings/mail/test", data={"address": address})
    problem = re.search(r'<div class="problem".*?</div></div>', answer.text, re.DOTALL)
    return answer.status_code, unescape(problem[0]) if problem else ""


def test_a_test_mail_arrives_and_the_page_says_that_it_was_taken(
    open_office: PostOffice, people: People
) -> None:
    browser = people.browser_of("super@corp.test", SUPER_ADMINISTRATOR)
    assert "Send test mail" in browser.get("/settings/mail").text
    done = browser.post("/settings/mail/test", data={"address": " ann@corp.test"})
    assert done.status_code == 303, done.text
    assert "The server took a mail for ann@corp.test" in browser.get("/settings/mail").text
    [(recipients, message)] = open_office.received
    assert recipients == ["ann@corp.test"]
    assert message["To"] == "ann@corp.test"
    assert "super@corp.test" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "notify.mail.test" in people.audit_actions()


def test_a_test_mail_that_is_refused_is_told_in_the_servers_words(
    open_office: PostOffice, admin: Reader
) -> None:
    open_office.refusals["ann@corp.test"] = "550 5.1.1 Nobody <b>here</b> has that name"
    status, told = sent_test(admin)
    assert status == 400
    assert f"127.0.0.1:{open_office.port} refused the mail: 550 5.1.1 Nobody <b>here</b>" in told
    open_office.refusals["ann@corp.test"] = "451 4.7.1 Greylisted"
    status, told = sent_test(admin)
    assert status == 400
    assert "451 4.7.1 Greylisted. Try again later." in told
    assert open_office.received == []


def test_a_mail_server_that_cannot_be_reached_is_named(
    closed_office: PostOffice, admin: Reader
) -> None:
    status, told = sent_test(admin)
    assert status == 400
    assert f"The mail server 127.0.0.1:{closed_office.port} takes no mail: " in told
    assert "Check the settings above" in told


def test_an_address_that_is_none_is_said_at_its_field(
    open_office: PostOffice, admin: Reader
) -> None:
    status, told = sent_test(admin, "nobody")
    assert status == 400
    assert 'href="#field-address"' in told
    assert open_office.received == []


def test_the_encryption_key_is_named_and_not_shown(admin: Reader, kernel: Kernel) -> None:
    page = said(admin, "/settings/encryption")
    assert kernel.secrets.active.id.hex() in page
    assert kernel.secrets.active.material.hex() not in page


def test_readers_see_settings_and_are_offered_no_change(
    admin: Reader, reader: Reader, bob: User
) -> None:
    own = [f"/settings{page}" for page in PAGES]
    for path in (*own, f"/settings/users/{bob.public_id}", service(admin)):
        page = said(reader, path)
        forms = re.findall(r'<form method="post" action="([^"]+)"', page)
        forms += re.findall(r'<form class="[^"]*" method="post" action="([^"]+)"', page)
        assert not [form for form in forms if form.startswith("/settings")], path
    for path in (f"/settings/users/{bob.public_id}/roles", "/settings/keys", "/settings/mail/test"):
        assert reader.post(path, data={"address": "a@b.test"}).status_code == 403


def test_the_past_of_settings_changes_nothing(admin: Reader, bob: User) -> None:
    page = said(admin, f"/settings/users/{bob.public_id}?as_of=2026-03-01")
    assert "Set roles" not in page


def test_no_page_of_settings_asks_the_database_often(
    admin: Reader, kernel: Kernel, bob: User
) -> None:
    settings = [f"/settings{page}" for page in PAGES]
    for path in (*settings, "/keys", f"/settings/users/{bob.public_id}"):
        with queries(kernel) as asked:
            said(admin, path)
        assert 1 < len(asked) <= MOST_QUERIES, (path, len(asked))
