"""From the first start to Connected, in a real browser, against a simulated tenant."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from playwright.sync_api import Browser, FilePayload, Page, expect

from ostiary.tenant.server import SimulatedTenant
from ostiary.tenant.stories import story as tenant_story
from tests.server.auth.people import PASSWORD
from tests.server.connectors.hosted.certificates import certificate_and_key
from tests.server.connectors.hosted.world import (
    application_not_let_in,
    reserved_port,
    server_environment,
    started,
)
from tests.server.kernel.running import Server
from tests.stories.manifest import manifest_environment, replica
from tests.web.browser import PATIENCE, refusals
from tests.web.keyboard import choose, press, tick, write
from tests.web.test_adding_connectors import entra_settings

ADD_ENTRA = "Add Microsoft Entra ID"

expect.set_options(timeout=PATIENCE)


@pytest.fixture
def tenant() -> Iterator[SimulatedTenant]:
    with SimulatedTenant(tenant_story("small")) as tenant:
        yield tenant


@pytest.fixture
def folder() -> Iterator[Path]:
    """Its path is short: sockets are in it."""
    with tempfile.TemporaryDirectory(prefix="ostiary-walk-") as name:
        yield Path(name)


@contextmanager
def first_start(
    browser: Browser, folder: Path, database: str, tenant: SimulatedTenant, **more: str
) -> Iterator[Page]:
    """A page of the first administrator of a server that was just started."""
    port = reserved_port()
    environment = server_environment(folder, database, tenant, port) | more
    with started(folder, environment, "all") as server:
        base = f"https://127.0.0.1:{port}"
        context = browser.new_context(base_url=base, ignore_https_errors=True)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        complaints = refusals(page)
        page.goto(_link_of(server))
        write(page.get_by_label("E-mail address"), "carol@corp.test")
        write(page.get_by_label("Name", exact=True), "Carol")
        write(page.get_by_label("Password", exact=True), PASSWORD)
        page.keyboard.press("Enter")
        expect(page).to_have_title(re.compile("Home"))
        yield page
        context.close()
        refused = "status of 400"  # said by the browser of each form that comes back
        assert [heard for heard in complaints if refused not in heard] == []
        assert server.stop() == 0, server.log


def _link_of(server: Server) -> str:
    """Its path: over TLS the sign-in holds where Microsoft leads back to."""
    assert server.process.stdout
    for line in server.process.stdout:
        if found := re.search(r"https?://[^/]+(/\S+#\S+)", line):
            return found[1]
    raise AssertionError(f"no link: {server.log}")


def choose_entra(page: Page, app: str) -> None:
    """As far as the settings, by way of the catalogue."""
    page.goto("/connectors/add")
    write(page.get_by_role("searchbox", name="Search connectors"), "Entra ID")
    page.keyboard.press("Enter")
    press(page.get_by_role("link", name=ADD_ENTRA))
    write(page.get_by_label("Name of the app"), app)
    press(page.get_by_role("button", name="Next"))
    expect(page.get_by_text("It fills the app")).to_be_visible()


def type_in(page: Page, tenant: SimulatedTenant, *names: str) -> None:
    for name, value in entra_settings(tenant).items():
        if name in names:
            write(page.locator(f"#field-{name}"), value)
    press(page.locator("summary", has_text="More settings"))
    for name in ("graph-domain", "entra-login-domain"):
        write(page.locator(f"#field-{name}"), entra_settings(tenant)[name])


def see_it_connected(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text("Connected")


def test_a_tenant_is_connected_with_a_secret_with_a_certificate_and_by_an_agent_elsewhere(
    browser: Browser, folder: Path, empty_database: str, tenant: SimulatedTenant
) -> None:
    certificate, key = certificate_and_key()
    tenant.registration.certificates.append(certificate)
    with first_start(browser, folder, empty_database, tenant) as page:
        press(page.get_by_role("link", name="Add the first connector"))
        expect(page.get_by_role("heading", level=1)).to_have_text("Add connector")
        choose_entra(page, "Corp")
        expect(page.locator("#field-entra-certificate")).to_be_hidden()
        type_in(page, tenant, "entra-tenant-id", "entra-client-id", "entra-client-secret")
        write(page.locator("#field-entra-client-secret"), tenant.registration.secrets[0].id)
        press(page.get_by_role("button", name="Check and connect"))
        expect(page.get_by_role("alert")).to_contain_text("copy the Value column")
        write(page.locator("#field-entra-client-secret"), tenant.client_secret)
        press(page.get_by_role("button", name="Check and connect"))
        see_it_connected(page)

        choose_entra(page, "Corp by certificate")
        choose(page.get_by_role("radio", name="Certificate"))
        expect(page.locator("#field-entra-client-secret")).to_be_hidden()
        type_in(page, tenant, "entra-tenant-id", "entra-client-id")
        pem = certificate.public_bytes(Encoding.PEM)
        for name, content in (("certificate", pem), ("certificate-key", key.encode())):
            file = FilePayload(name=f"{name}.pem", mimeType="text/plain", buffer=content)
            page.locator(f"#field-entra-{name}").set_input_files(file)
        press(page.get_by_role("button", name="Check and connect"))
        see_it_connected(page)
        connect_with_an_agent_elsewhere(page, folder, tenant)


def connect_with_an_agent_elsewhere(page: Page, folder: Path, tenant: SimulatedTenant) -> None:
    """Its program is started with what the page shows, and with what it reads from."""
    page.goto("/connectors/add/microsoft-entra")
    write(page.get_by_label("Name of the app"), "Corp from elsewhere")
    choose(page.get_by_role("radio", name="You do"))
    press(page.get_by_role("button", name="Next"))
    press(page.get_by_role("button", name="Add connector"))
    press(page.get_by_role("button", name="Rotate"))
    lines = page.get_by_role("region", name="Shell").and_(page.locator("pre")).inner_text()
    assert lines.endswith("\nbaton-microsoft-entra service\n")
    press(page.get_by_role("link", name="I have copied it"))
    expect(page.get_by_text("Waiting for its agent")).to_be_visible()
    page.evaluate("window.stays = true")
    authority = folder / "trusted.pem"
    shown = re.search(r"<<'PEM'\n(.*)\nPEM\n", lines, re.S)
    assert shown
    authority.write_text(f"{shown[1]}\n{tenant.ca_file.read_text()}")
    given = dict(re.findall(r"export (BATON_\w+)='(.*)'", lines))
    here = tenant.environment | given | {"SSL_CERT_FILE": str(authority)}
    with replica(manifest_environment("agent-0", here, folder)) as agent:
        see_it_connected(page)
        assert page.evaluate("window.stays"), "the page followed by itself"
        assert agent.stop() == 0, agent.log


def test_a_tenant_is_connected_by_signing_in_to_it_giving_consent_and_signing_in_again(
    browser: Browser, folder: Path, empty_database: str, tenant: SimulatedTenant
) -> None:
    application = application_not_let_in(tenant)
    with first_start(browser, folder, empty_database, tenant, **application) as page:
        choose_entra(page, "Corp")
        choose(page.get_by_role("radio", name="OAuth"))
        expect(page.locator("#field-entra-tenant-id")).to_be_hidden()
        tick(page.get_by_label("Skip Active Directory groups"))
        press(page.get_by_role("button", name="Check and connect"))

        press(page.get_by_role("button", name="Sign in at Microsoft"))
        page.locator("button.account").first.click()
        expect(page.get_by_role("alert")).to_contain_text("has not let this server's application")
        press(page.get_by_role("button", name="Give consent at Microsoft"))
        page.locator("button.account").first.click()
        page.get_by_role("button", name="Accept").click()
        press(page.get_by_role("button", name="Sign in again at Microsoft"))
        page.locator("button.account").first.click()
        see_it_connected(page)
        press(page.get_by_role("link", name="Settings").last)
        expect(page.get_by_label("Skip Active Directory groups")).to_be_checked()
        expect(page.get_by_text("Signed in by")).to_be_visible()
