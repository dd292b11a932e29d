"""How the keys of issuers are fetched, kept, and fetched again."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest

from ostiary.server.gateway.tls import CertificateFiles, local_certificate, tls_context
from ostiary.server.kernel.auth.federation import fetching
from ostiary.server.kernel.auth.federation.fetching import (
    LARGEST,
    OutsideTransport,
    Resolver,
    UnreachableError,
    get_json,
)
from ostiary.server.kernel.auth.federation.issuers import (
    FRESH,
    MOST_ISSUERS,
    PAUSE,
    STALE,
    FederationSettings,
    Issuers,
    KeySource,
)
from ostiary.server.kernel.auth.federation.platforms import Platform as PlatformName
from ostiary.server.kernel.auth.federation.platforms import check_issuer
from ostiary.server.kernel.auth.federation.signatures import IssuerKey, usable_keys
from ostiary.server.kernel.clock import FixedClock, SystemClock
from ostiary.server.kernel.errors import AppError
from tests.server.auth.workloads import ISSUER, OTHER_RSA, RSA, Platform, public

SOURCE = KeySource(ISSUER)
ASKED_ONCE = ["openid-configuration", "keys"]


@pytest.fixture
def platform(clock: FixedClock) -> Platform:
    return Platform(clock)


@pytest.fixture
def issuers(platform: Platform) -> Issuers:
    return Issuers(lambda url: get_json(platform, url))


def ids(keys: Sequence[IssuerKey]) -> list[str | None]:
    return [key.key_id for key in keys]


def test_keys_are_asked_for_once_an_hour(
    issuers: Issuers, platform: Platform, clock: FixedClock
) -> None:
    for _ in range(5):
        assert ids(issuers.keys(SOURCE, "rsa", clock.now())) == ["rsa"]
    assert platform.asked == ASKED_ONCE
    clock.advance(FRESH)
    issuers.keys(SOURCE, "rsa", clock.now())
    assert platform.asked == ASKED_ONCE * 2


def test_a_new_key_is_found_at_once_and_a_withdrawn_one_ends(
    issuers: Issuers, platform: Platform, clock: FixedClock
) -> None:
    issuers.keys(SOURCE, "rsa", clock.now())
    platform.published = [public(OTHER_RSA, kid="next")]
    clock.advance(PAUSE)
    assert ids(issuers.keys(SOURCE, "next", clock.now())) == ["next"]


def test_made_up_key_ids_do_not_make_us_ask_and_ask(
    issuers: Issuers, platform: Platform, clock: FixedClock
) -> None:
    for number in range(20):
        assert ids(issuers.keys(SOURCE, f"made-up-{number}", clock.now())) == ["rsa"]
    assert platform.asked == ASKED_ONCE
    clock.advance(PAUSE)
    for number in range(20):
        issuers.keys(SOURCE, f"made-up-{number}", clock.now())
    assert platform.asked == ASKED_ONCE * 2


def test_keys_outlive_an_outage_but_not_for_ever(
    issuers: Issuers, platform: Platform, clock: FixedClock
) -> None:
    issuers.keys(SOURCE, "rsa", clock.now())
    platform.is_down = True
    clock.advance(STALE - timedelta(seconds=1))
    assert ids(issuers.keys(SOURCE, "rsa", clock.now())) == ["rsa"]
    clock.advance(timedelta(seconds=1))
    with pytest.raises(UnreachableError):
        issuers.keys(SOURCE, "rsa", clock.now())
    platform.is_down = False
    clock.advance(PAUSE)
    assert ids(issuers.keys(SOURCE, "rsa", clock.now())) == ["rsa"]


def test_an_issuer_that_is_down_is_not_asked_by_everybody(
    issuers: Issuers, platform: Platform, clock: FixedClock
) -> None:
    platform.is_down = True
    for _ in range(5):
        with pytest.raises(UnreachableError, match="does not answer"):
            issuers.keys(SOURCE, "rsa", clock.now())
    assert platform.asked == ["openid-configuration"]


def test_who_comes_while_the_issuer_is_asked_waits_for_its_answer(
    platform: Platform, clock: FixedClock
) -> None:
    now, has_begun, may_go_on = clock.now(), threading.Event(), threading.Event()

    def fetch(url: str) -> dict[str, Any]:
        has_begun.set()
        assert may_go_on.wait(60)
        return get_json(platform, url)

    issuers = Issuers(fetch)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(issuers.keys, SOURCE, "rsa", now)
        assert has_begun.wait(60)
        others = [pool.submit(issuers.keys, SOURCE, "rsa", now) for _ in range(7)]
        may_go_on.set()
        assert [ids(each.result()) for each in (first, *others)] == [["rsa"]] * 8
    assert platform.asked == ASKED_ONCE


def test_who_has_keys_does_not_wait_for_newer_ones(platform: Platform, clock: FixedClock) -> None:
    has_begun, may_go_on = threading.Event(), threading.Event()
    may_go_on.set()

    def fetch(url: str) -> dict[str, Any]:
        has_begun.set()
        assert may_go_on.wait(60)
        return get_json(platform, url)

    issuers = Issuers(fetch)
    issuers.keys(SOURCE, "rsa", clock.now())
    may_go_on.clear()
    has_begun.clear()
    clock.advance(FRESH)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(issuers.keys, SOURCE, "rsa", clock.now())
        assert has_begun.wait(60)
        assert ids(issuers.keys(SOURCE, "rsa", clock.now())) == ["rsa"]
        may_go_on.set()
        assert ids(slow.result()) == ["rsa"]
    assert platform.asked == ASKED_ONCE * 2


def test_what_is_kept_is_bounded(platform: Platform, clock: FixedClock) -> None:
    issuers = Issuers(lambda _: {"keys": [public(RSA)]})
    for number in range(MOST_ISSUERS + 10):
        issuers.keys(KeySource("spiffe://x", f"https://x.test/{number}"), None, clock.now())
    assert len(issuers._known) == MOST_ISSUERS


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"issuer": "https://other.test", "jwks_uri": "https://other.test/keys"},
        {"issuer": ISSUER},
        {"issuer": ISSUER, "jwks_uri": 7},
        {"issuer": ISSUER, "jwks_uri": "http://ci.corp.test/keys"},
        {"issuer": ISSUER, "jwks_uri": "file:///etc/passwd"},
        {"issuer": ISSUER, "jwks_uri": "https://"},
        {"issuer": ISSUER, "jwks_uri": "https://[::1"},
        {"issuer": ISSUER, "jwks_uri": "https://a\nb/keys"},
        ["a list"],
    ],
)
def test_an_issuer_that_does_not_describe_itself_has_no_keys(
    issuers: Issuers, platform: Platform, metadata: Any
) -> None:
    platform.metadata = metadata
    with pytest.raises(UnreachableError):
        issuers.published(SOURCE)


def test_an_issuer_may_end_in_a_slash(issuers: Issuers, platform: Platform) -> None:
    platform.metadata["issuer"] = f"{ISSUER}/"
    assert ids(issuers.published(SOURCE)) == ["rsa"]


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"kty": "RSA"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "RSA", "n": 7, "e": "AQAB"},
        {"kty": "oct", "k": "AAAA"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
        {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA"},
        public(RSA, use="enc"),
        "a string",
        None,
    ],
)
def test_what_is_no_key_is_passed_over(entry: Any) -> None:
    assert ids(usable_keys({"keys": [entry, public(RSA)]})) == ["rsa"]


@pytest.mark.parametrize("document", [{}, {"keys": None}, {"keys": {}}, {"keys": []}])
def test_a_document_without_keys_has_none(document: dict[str, Any]) -> None:
    assert usable_keys(document) == []


class Site:
    """Real TLS on loopback, under whatever name the certificate has."""

    def __init__(self, files: CertificateFiles) -> None:
        self.files = files
        self.status = 200
        self.headers: dict[str, str] = {}
        self.body = b"{}"
        self.hosts: list[str] = []
        self.port = 0


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    files = local_certificate(tmp_path / "tls", ["issuer.test"], SystemClock().now())
    site = Site(files)
    with _served(site):
        yield site


@contextmanager
def _served(site: Site) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.hosts.append(self.headers["host"])
            self.send_response(site.status)
            for name, value in site.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(site.body)))
            self.end_headers()
            self.wfile.write(site.body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = tls_context(site.files).wrap_socket(server.socket, server_side=True)
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def fetched(
    site: Site,
    url: str = "https://issuer.test:{port}/keys",
    addresses: Sequence[str] = ("127.0.0.1",),
    networks: Sequence[str] = ("127.0.0.0/8",),
) -> dict[str, Any]:
    trusting = ssl.create_default_context(cafile=str(site.files.authority))
    inner = httpx2.HTTPTransport(verify=trusting)
    transport = OutsideTransport(inner, networks, lambda host, port: list(addresses))
    return get_json(transport, url.format(port=site.port))


def test_the_address_is_fixed_and_the_certificate_is_still_the_names(site: Site) -> None:
    site.body = json.dumps({"keys": [public(RSA)]}).encode()
    assert fetched(site)["keys"] == [public(RSA)]
    assert site.hosts == [f"issuer.test:{site.port}"]
    with pytest.raises(UnreachableError, match="ConnectError"):
        fetched(site, "https://other.test:{port}/keys")


def test_another_address_is_tried_when_one_does_not_answer(site: Site) -> None:
    assert fetched(site, addresses=["127.0.0.2", "127.0.0.1"]) == {}


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:a00:1::1",
        "ff02::1",
    ],
)
def test_what_is_inside_is_not_asked(site: Site, address: str) -> None:
    for addresses in ([address], ["93.184.216.34", address]):
        with pytest.raises(UnreachableError, match="inside"):
            fetched(site, addresses=addresses, networks=[])
    assert site.hosts == []


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_what_is_outside_is_asked(address: str) -> None:
    asked = []

    class Recorder(httpx2.BaseTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            asked.append((request.url.host, request.headers["host"], request.extensions))
            return httpx2.Response(200, stream=httpx2.ByteStream(b"{}"))

    transport = OutsideTransport(Recorder(), (), lambda host, port: [address])
    assert get_json(transport, "https://issuer.test/keys") == {}
    [(host, header, extensions)] = asked
    assert (host, header) == (address, "issuer.test")
    assert extensions["sni_hostname"] == "issuer.test"


def test_a_name_without_addresses_is_unreachable() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError("no such host")

    resolvers: list[Resolver] = [unknown, lambda host, port: []]
    for resolver in resolvers:
        transport = OutsideTransport(httpx2.HTTPTransport(), (), resolver)
        with pytest.raises(UnreachableError, match="no address"):
            get_json(transport, "https://issuer.test/keys")
    transport = OutsideTransport(httpx2.HTTPTransport(), ["127.0.0.0/8"])
    with pytest.raises(UnreachableError, match="TLS"):
        get_json(transport, "http://127.0.0.1/keys")


def test_a_redirect_is_not_followed(site: Site) -> None:
    site.status, site.headers = 302, {"location": "https://127.0.0.1/elsewhere"}
    with pytest.raises(UnreachableError, match="status 302"):
        fetched(site)
    assert len(site.hosts) == 1


@pytest.mark.parametrize(
    ("body", "headers", "reason"),
    [
        (b"{" + b" " * LARGEST + b"}", {}, "more than"),
        (b"[]", {}, "JSON object"),
        (b"<html>", {}, "not answer with JSON"),
        (b"\xff\xfe", {}, "not answer with JSON"),
        (b"[" * 100_000, {}, "not answer with JSON"),
        (b"{}", {"content-encoding": "gzip"}, "compressed"),
    ],
)
def test_what_is_no_small_json_object_is_refused(
    site: Site, body: bytes, headers: dict[str, str], reason: str
) -> None:
    site.body, site.headers = body, headers
    with pytest.raises(UnreachableError, match=reason):
        fetched(site)


def test_an_answer_that_drips_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter(range(0, 1000, 20))
    monkeypatch.setattr(fetching, "monotonic", lambda: float(next(seconds)))
    with pytest.raises(UnreachableError, match="takes longer"):
        fetched(site)


def test_the_networks_in_the_settings_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OSTIARY_FEDERATION_NETWORKS", '["10.1.2.3/8"]')
    assert FederationSettings().networks == ["10.0.0.0/8"]
    monkeypatch.setenv("OSTIARY_FEDERATION_NETWORKS", '["anywhere"]')
    with pytest.raises(ValueError, match="anywhere"):
        FederationSettings()


@pytest.mark.parametrize(
    ("platform_name", "text", "issuer"),
    [
        ("custom", " HTTPS://CI.Corp.Test:443/Path/ ", "https://ci.corp.test/Path"),
        ("custom", "https://[2606:4700::1111]:8443", "https://[2606:4700::1111]:8443"),
        (
            "github_actions",
            "https://token.actions.githubusercontent.com/",
            "https://token.actions.githubusercontent.com",
        ),
        (
            "github_actions",
            "https://git.corp.test/_services/token",
            "https://git.corp.test/_services/token",
        ),
        (
            "aws",
            "https://ab-12.tokens.sts.global.api.aws",
            "https://ab-12.tokens.sts.global.api.aws",
        ),
        ("gitlab_ci", "https://git.corp.test", "https://git.corp.test"),
        ("spiffe", "SPIFFE://Prod.Corp.Test/", "spiffe://prod.corp.test"),
    ],
)
def test_issuers_are_kept_in_one_spelling(
    platform_name: PlatformName, text: str, issuer: str
) -> None:
    assert check_issuer(platform_name, text) == issuer


@pytest.mark.parametrize(
    ("platform_name", "text"),
    [
        ("custom", ""),
        ("custom", "http://ci.corp.test"),
        ("custom", "https://"),
        ("custom", "https://user:password@ci.corp.test"),
        ("custom", "https://ci.corp.test?x=1"),
        ("custom", "https://ci.corp.test/#x"),
        ("custom", "https://ci.corp.test:99999"),
        ("custom", "https://ci.corp.test:0"),
        ("custom", "https://[::1"),
        ("custom", "https://ci.corp.test/a b"),
        ("custom", "https://ci.corp.test/\u00e9"),
        ("custom", "https://ci.corp.test/" + "x" * 500),
        ("custom", "spiffe://prod.corp.test"),
        ("github_actions", "https://token.actions.githubusercontent.com.evil.test"),
        ("aws", "https://evil.test/tokens.sts.global.api.aws"),
        ("spiffe", "https://prod.corp.test"),
        ("spiffe", "spiffe://prod.corp.test/workload"),
    ],
)
def test_what_is_no_issuer_is_refused(platform_name: PlatformName, text: str) -> None:
    with pytest.raises(AppError):
        check_issuer(platform_name, text)
