"""Adding a connector and changing its settings: what the pages say, keep, and never show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path

import httpx2
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from ostiary.server.connectors.actions.hosting import read_values
from ostiary.server.connectors.pages.configuring_sent import inline
from ostiary.server.connectors.store import registry
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.authz.roles import (
    BASIC_USER,
    CONNECTOR_ADMINISTRATOR,
    SUPER_ADMINISTRATOR,
)
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.work import Kernel
from ostiary.tenant.server import SimulatedTenant
from ostiary.tenant.stories import story as tenant_story
from tests.server.access.asking import Story
from tests.server.auth.people import People
from tests.server.connectors.hosted.certificates import certificate_and_key
from tests.server.connectors.programs import fake_program
from tests.web.browser import violations
from tests.web.conftest import ColorScheme, PageOf, Reader, estate
from tests.web.test_access_pages import MOST_QUERIES, queries

SECRET = "canary-of-a-secret"
FAKE = "/connectors/add/fake"
ENTRA = "/connectors/add/microsoft-entra"
NEW = f"{FAKE}/settings?into=new&name=Corp"
GOOD = {
    "auth-method": "client-secret",
    "fake-tenant-id": "contoso",
    "fake-client-id": "reader",
    "fake-client-secret": SECRET,
}


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    programs = {"fake": str(fake_program(tmp_path))}
    return settings.model_copy(update={"connector_programs": programs})


@pytest.fixture
def tenant(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedTenant]:
    with SimulatedTenant(tenant_story("small")) as tenant:
        monkeypatch.setenv("SSL_CERT_FILE", str(tenant.ca_file))
        yield tenant


def words(page: httpx2.Response) -> str:
    """What a page says, without its tags."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def connectors(kernel: Kernel) -> list[Connector]:
    with kernel.read() as connection:
        return registry.find_all(connection)


def apps(kernel: Kernel) -> list[str]:
    with kernel.read() as connection:
        rows = connection.exec_driver_sql("SELECT display_name FROM apps ORDER BY id").all()
    return [row[0] for row in rows]


def entra_settings(tenant: SimulatedTenant, **changed: str) -> dict[str, str]:
    """What somebody types in, names with underscores."""
    typed = {
        "auth_method": "client-secret",
        "entra_tenant_id": tenant.tenant_id,
        "entra_client_id": tenant.client_id,
        "entra_client_secret": tenant.client_secret,
        "graph_domain": tenant.graph_domain,
        "entra_login_domain": tenant.login_domain,
    }
    return {name.replace("_", "-"): value for name, value in (typed | changed).items()}


def test_the_catalogue_finds_entra_and_what_the_operator_named(admin: Reader) -> None:
    everything = admin.get("/connectors/add").text
    assert re.findall(r'aria-label="Add ([^"]+)"', everything) == [
        "Microsoft Entra ID",
        "Baton (self-hosted)",
        "fake",
    ]
    found = admin.get("/connectors/add?q=Entra+ID").text
    assert re.findall(r'aria-label="Add ([^"]+)"', found) == [
        "Microsoft Entra ID",
        "Baton (self-hosted)",
    ]


def test_only_who_may_create_connectors_is_offered_to(people: People) -> None:
    basic = Reader(people, people.add("bob@corp.test", BASIC_USER))
    assert basic.get("/connectors/add").status_code == 403
    limited = Reader(people, people.add("con@corp.test", CONNECTOR_ADMINISTRATOR))
    page = words(limited.get(FAKE))
    assert "data-searches" not in limited.get(FAKE).text, "who may not see people types addresses"
    assert "You may not create apps" in page
    assert "Apps that are hidden from you are not listed." in page
    refused = limited.post(FAKE, data={"into": "new", "name": "Corp"})
    assert (refused.status_code, "You may not create apps" in refused.text) == (400, True)


def test_an_app_and_owners_are_chosen_and_nothing_is_kept_on_the_way(
    kernel: Kernel, people: People, admin: Reader
) -> None:
    dana = people.add("dana@corp.test", BASIC_USER)
    wrong = admin.post(FAKE, data={"into": "new", "name": " ", "owners": "x@corp.test"})
    assert wrong.status_code == 400
    assert "A name has 1 to 512 characters." in wrong.text
    assert "Nobody here has the e-mail address x@corp.test." in wrong.text
    assert "Choose an app." in admin.post(FAKE, data={"into": "managed"}).text

    assert "data-searches" in admin.get(FAKE).text
    chosen = admin.post(
        FAKE, data={"into": "new", "name": "Corp", "owners": "DANA@corp.test, super@corp.test"}
    )
    assert chosen.status_code == 303
    last = chosen.headers["location"]
    assert last.startswith(f"{FAKE}/settings?into=new&name=Corp&run=hosted&owner={dana.public_id}")
    assert "It fills the app Corp" in words(admin.get(last))
    assert (connectors(kernel), apps(kernel)) == ([], [])

    added = admin.post(last, data=GOOD)
    assert added.status_code == 303, words(added)
    (connector,) = connectors(kernel)
    assert added.headers["location"] == f"/apps/{connector.app_id}/connectors/{connector.id}"
    assert apps(kernel) == ["Corp"]
    with kernel.read() as connection:
        owners = registry.owners_of(connection, connector.key)
    assert dana.public_id in owners
    assert len(owners) == 2


def test_an_unmanaged_app_becomes_managed_by_its_connector(
    kernel: Kernel, story: Story, admin: Reader
) -> None:
    story.sync(estate(["Expenses"]))
    page = admin.get(FAKE).text
    found = re.search(r'<option value="(\w+)">Expenses</option>', page)
    assert found
    chosen = admin.post(FAKE, data={"into": "unmanaged", "unmanaged": found[1]})
    added = admin.post(chosen.headers["location"], data=GOOD)
    assert added.status_code == 303, words(added)
    assert added.headers["location"].startswith(f"/apps/{found[1]}/connectors/")
    assert "Expenses" not in admin.get("/apps?tab=unmanaged").text
    begun = admin.get(f"{FAKE}?app={found[1]}").text
    assert re.search(r'value="managed" checked', begun)
    assert f'<option value="{found[1]}" selected>Expenses' in begun


def test_what_was_chosen_is_looked_at_again_at_the_end(admin: Reader) -> None:
    gone = admin.post(f"{FAKE}/settings?into=managed&app=gone", data=GOOD)
    assert gone.headers["location"].startswith(f"{FAKE}?into=managed")
    stranger = admin.get(f"{NEW}&owner=nobody")
    assert stranger.headers["location"].startswith(f"{FAKE}?into=new&name=Corp")


def test_a_form_is_told_everything_that_is_wrong_beside_its_field(
    kernel: Kernel, admin: Reader
) -> None:
    typed = GOOD | {"fake-tenant-id": "", "fake-page-size": "1000"}
    page = admin.post(NEW, data=typed)
    assert page.status_code == 400
    assert field_error(page, "fake-tenant-id") == "Tenant ID is missing."
    assert "is more than" in field_error(page, "fake-page-size")
    assert 'value="1000"' in page.text
    assert SECRET not in page.text
    assert (connectors(kernel), apps(kernel)) == ([], [])


def field_error(page: httpx2.Response, name: str) -> str:
    found = re.search(rf'id="error-{name}">([^<]*)<', page.text)
    assert found, page.text
    return unescape(found[1])


def test_causes_and_cures_stand_beside_what_they_concern(
    kernel: Kernel, admin: Reader, tenant: SimulatedTenant
) -> None:
    """Of the real connector against a tenant."""
    last = f"{ENTRA}/settings?into=new&name=Corp"
    secret_id = tenant.registration.secrets[0].id
    for changed, field, said in (
        ({"entra_client_secret": "not-the-secret"}, "entra-client-secret", "secret"),
        ({"entra_client_secret": secret_id}, "entra-client-secret", "copy the Value column"),
        ({"entra_tenant_id": "nowhere.example"}, "entra-tenant-id", "tenant"),
        ({"entra_client_id": "00000000-0000-4000-8000-000000000009"}, "entra-client-id", "app"),
    ):
        page = admin.post(last, data=entra_settings(tenant, **changed))
        assert page.status_code == 400
        assert said in field_error(page, field), words(page)
        assert changed[field.replace("-", "_")] not in page.text or "secret" not in field

    granted = set(tenant.registration.roles)
    tenant.registration.roles.clear()
    consent = words(admin.post(last, data=entra_settings(tenant)))
    assert "Grant admin consent" in consent
    assert "User.Read.All" in consent
    tenant.registration.roles.update({"User.Read.All", "GroupMember.Read.All"})
    partly = words(admin.post(last, data=entra_settings(tenant)))
    assert "Accounts · works" in partly
    assert "Licenses · does not work" in partly
    assert "LicenseAssignment.Read.All" in partly
    tenant.registration.roles.update(granted)
    tenant.registration.secrets[0].expires = tenant.clock.now()
    expired = admin.post(last, data=entra_settings(tenant))
    assert "expired" in field_error(expired, "entra-client-secret")
    assert (connectors(kernel), apps(kernel)) == ([], [])


def test_settings_are_changed_and_secrets_stay_unless_they_are_given(
    kernel: Kernel, admin: Reader
) -> None:
    admin.post(NEW, data=GOOD)
    (connector,) = connectors(kernel)
    here = f"/apps/{connector.app_id}/connectors/{connector.id}/settings"
    page = admin.get(here)
    assert 'value="contoso"' in page.text
    assert "the settings were last saved on 2 March 2026. Leave empty to keep it." in words(page)
    assert SECRET not in page.text

    kept = GOOD | {"fake-client-secret": "", "fake-skip-guests": "on"}
    changed = admin.post(here, data=kept)
    assert changed.headers["location"] == here.removesuffix("/settings")
    assert stored(kernel, connector)["fake-client-secret"] == SECRET
    assert stored(kernel, connector)["fake-skip-guests"] == "true"
    admin.post(here, data=GOOD | {"fake-client-secret": "another-one"})
    assert "fake-skip-guests" not in stored(kernel, connector)

    moved = admin.post(here, data=kept | {"fake-tenant-id": "elsewhere"})
    told = "fake-client-secret has to be given again: Tenant ID changes."
    assert field_error(moved, "fake-client-secret") == told
    refused = admin.post(here, data=GOOD | {"fake-client-secret": "the-secret-of-another"})
    assert field_error(refused, "fake-client-secret") == "The secret is refused. Copy it."
    assert "the-secret-of-another" not in refused.text
    assert stored(kernel, connector)["fake-client-secret"] == "another-one"


def stored(kernel: Kernel, connector: Connector) -> Mapping[str, str]:
    with kernel.read() as connection:
        return read_values(connection, connector.key, kernel.secrets)


def test_settings_that_are_kept_are_checked_again(
    kernel: Kernel, admin: Reader, tenant: SimulatedTenant
) -> None:
    admin.post(f"{ENTRA}/settings?into=new&name=Corp", data=entra_settings(tenant))
    (connector,) = connectors(kernel)
    here = f"/apps/{connector.app_id}/connectors/{connector.id}/settings"
    assert "The settings that are kept work." in words(admin.post(f"{here}/check"))
    tenant.registration.roles.intersection_update({"User.Read.All", "GroupMember.Read.All"})
    assert tenant.registration.roles
    page = words(admin.post(f"{here}/check"))
    assert "Directory roles · does not work" in page
    assert "RoleManagement.Read.Directory" in page
    assert "Accounts · works" in page
    assert "The settings that are kept work." not in page


def test_a_certificate_is_uploaded_with_its_key_and_never_shown(
    kernel: Kernel, admin: Reader, tenant: SimulatedTenant
) -> None:
    certificate, key = certificate_and_key()
    tenant.registration.certificates.append(certificate)
    pem = certificate.public_bytes(Encoding.PEM)
    typed = entra_settings(tenant, auth_method="certificate", entra_client_secret="left over")
    last = f"{ENTRA}/settings?into=new&name=Corp"
    wrong = admin.post(last, data=typed, files={"entra-certificate": ("c.pem", pem)})
    assert wrong.status_code == 400
    files = {"entra-certificate": ("c.pem", pem), "entra-certificate-key": ("k.pem", key.encode())}
    added = admin.post(last, data=typed, files=files)
    assert added.status_code == 303, words(added)
    (connector,) = connectors(kernel)
    kept = stored(kernel, connector)
    assert kept["auth-method"] == "certificate"
    assert kept["entra-certificate"].startswith("-----BEGIN CERTIFICATE-----")
    assert "entra-client-secret" not in kept
    page = admin.get(f"/apps/{connector.app_id}/connectors/{connector.id}/settings").text
    assert "BEGIN" not in page
    assert "Take away the private key that is set" in page


def test_files_are_sent_as_settings_take_them() -> None:
    assert inline(b"") == ""
    assert inline(b"Bag Attributes\n-----BEGIN CERTIFICATE-----\nx\n") == (
        "-----BEGIN CERTIFICATE-----\nx"
    )
    assert inline(b"\x00\x01") == "data:application/octet-stream;base64,AAE="


def test_a_self_hosted_connector_leads_to_its_credentials(kernel: Kernel, admin: Reader) -> None:
    chosen = admin.post(FAKE, data={"into": "new", "name": "Corp", "run": "self"})
    last = chosen.headers["location"]
    assert last.startswith(f"{FAKE}/self-hosted?")
    assert "press Rotate" in words(admin.get(last))
    assert connectors(kernel) == []
    added = admin.post(last)
    (connector,) = connectors(kernel)
    here = f"/apps/{connector.app_id}/connectors/{connector.id}"
    assert added.headers["location"] == f"{here}/credentials"
    first = re.search(r'action="([^"]+/rotate[^"]*)"', admin.get(added.headers["location"]).text)
    assert first
    program = Path(kernel.settings.connector_programs["fake"]).name
    assert f"\n{program}\n" in unescape(admin.post(unescape(first[1])).text)
    assert connector.display_name == "fake"
    assert stored(kernel, connector) == {}


def test_no_page_asks_the_database_often_and_none_changes_the_past(
    kernel: Kernel, admin: Reader
) -> None:
    admin.post(NEW, data=GOOD)
    (connector,) = connectors(kernel)
    here = f"/apps/{connector.app_id}/connectors/{connector.id}/settings"
    for path in ("/connectors/add", FAKE, NEW, f"{FAKE}/self-hosted?into=new&name=C", here):
        with queries(kernel) as asked:
            assert admin.get(path).status_code == 200
        assert 1 < len(asked) <= MOST_QUERIES, (path, len(asked))
        present = admin.get(path, params={"as_of": "2026-03-01"})
        assert (present.status_code, "as_of" in present.headers["location"]) == (303, False), path


def test_pages_fit_their_width_and_serve_everybody(
    kernel: Kernel,
    people: People,
    admin: Reader,
    tenant: SimulatedTenant,
    page_of: PageOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OSTIARY_ENTRA_CLIENT_ID", tenant.client_id)
    monkeypatch.setenv("OSTIARY_ENTRA_CLIENT_SECRET", "of-the-operator")
    admin.post(f"{ENTRA}/settings?into=new&name={'N' * 300}", data=entra_settings(tenant))
    (connector,) = connectors(kernel)
    here = f"/apps/{connector.app_id}/connectors/{connector.id}"
    new = "into=new&name=Corp"
    tenant.registration.roles.intersection_update({"User.Read.All", "GroupMember.Read.All"})
    ann = people.add("ann@corp.test", SUPER_ADMINISTRATOR)
    themes: tuple[tuple[int, ColorScheme], ...] = ((390, "dark"), (1280, "light"))
    for width, theme in themes:
        page = page_of(ann, width=width, theme=theme)
        for path in (
            "/connectors/add",
            ENTRA,
            f"{ENTRA}/settings?{new}",
            f"{ENTRA}/self-hosted?{new}&run=self",
            f"{here}/sign-in",
            f"{here}/settings",
        ):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert violations(page) == [], path
        page.get_by_role("button", name="Check again").click()
        page.get_by_text("What the check found").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []
