"""Secrets go to the login host, tokens to Graph, and neither anywhere else."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from ostiary.connector.status import Status
from ostiary.tenant.server import SimulatedTenant
from ostiary.tenant.stories import story

from .patience import hurried
from .running import Outcome, sync
from .watching import Watch, watched

PASSWORD = "canary-of-the-key-password"
WRONG = "canary~of~a~wrong~secret"


@pytest.fixture
def tenant() -> SimulatedTenant:
    return SimulatedTenant(story("small"))


@pytest.fixture
def watch(tenant: SimulatedTenant) -> Iterator[Watch]:
    with watched(tenant) as watch:
        yield watch


def run(
    tenant: SimulatedTenant,
    folder: Path,
    *flags: str,
    environment: Mapping[str, str] | None = None,
) -> Outcome:
    """A run that tells all it can, on standard error and into a file."""
    telling = ("--log-level", "debug", "--log-path", "stderr", "--log-path", str(folder / "log"))
    return sync(
        tenant,
        folder / "sync.c1z",
        *telling,
        *flags,
        environment=environment,
        definition=hurried(tenant),
    )


def assert_kept(secrets: Mapping[str, str], outcome: Outcome, folder: Path) -> None:
    """None of these is in what was printed, nor in any file beneath the folder."""
    places = {"standard output": outcome.stdout.encode(), "standard error": outcome.stderr.encode()}
    files = {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert str(folder / "log") in files
    for place, content in {**places, **files}.items():
        for name, secret in secrets.items():
            assert secret
            assert secret.encode() not in content, f"{name} in {place}"


WEATHER: dict[str, dict[str, Any] | None] = {
    "clear": None,
    "storms": {"rules": [{"script": ["drop", "throttle", "html", "unavailable", "truncate"]}]},
    "every token refused": {"rules": [{"fault": "expired_token"}]},
    "a link to a foreign host": {"rules": [{"match": "GET /*/delta", "fault": "foreign_link"}]},
    "forever unavailable": {"rules": [{"fault": "unavailable"}]},
}


@pytest.mark.parametrize("weather", WEATHER)
def test_neither_the_secret_nor_a_token_is_told_or_kept(
    weather: str, tenant: SimulatedTenant, tmp_path: Path, watch: Watch
) -> None:
    tenant.set_weather(WEATHER[weather])
    outcome = run(tenant, tmp_path)
    assert watch.tokens
    secrets = {f"token {n}": token for n, token in enumerate(watch.tokens)}
    assert_kept({"secret": tenant.client_secret, **secrets}, outcome, tmp_path)
    signatures = {
        f"signature {n}": token.rpartition(".")[2] for n, token in enumerate(watch.tokens)
    }
    assert_kept(signatures, outcome, tmp_path)


def test_a_refused_secret_is_not_told(
    tenant: SimulatedTenant, tmp_path: Path, watch: Watch
) -> None:
    outcome = run(tenant, tmp_path, environment={"BATON_ENTRA_CLIENT_SECRET": WRONG})
    assert outcome.code == Status.UNAUTHENTICATED
    assert_kept({"secret": WRONG}, outcome, tmp_path)


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (("--entra-client-secret", WRONG, "--no-such-flag"), 1),
        (("--entra-client-secret", WRONG, "--sync-resource-types", "person"), 3),
        (("--entra-client-secret", WRONG, "--entra-certificate-password", PASSWORD), 3),
    ],
)
def test_a_refused_command_line_does_not_repeat_its_secrets(
    flags: tuple[str, ...], code: int, tenant: SimulatedTenant, tmp_path: Path, watch: Watch
) -> None:
    (tmp_path / "log").touch()
    outcome = run(tenant, tmp_path, *flags)
    assert outcome.code == code, outcome.stderr
    assert_kept({"secret": WRONG, "password": PASSWORD}, outcome, tmp_path)


# Certificates


class KeyPair:
    """A certificate, and its private key encrypted with PASSWORD, in one PEM file each."""

    def __init__(self, folder: Path) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ostiary")])
        now = datetime.datetime.now(datetime.UTC)
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .sign(key, hashes.SHA256())
        )
        encryption = BestAvailableEncryption(PASSWORD.encode())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
        self.line = pem.decode().splitlines()[7]
        folder.mkdir()
        self.certificate_file, self.key_file = folder / "app.pem", folder / "app.key"
        self.certificate_file.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        self.key_file.write_bytes(pem)

    def flags(self, password: str = PASSWORD) -> tuple[str, ...]:
        return (
            *("--auth-method", "certificate", "--entra-certificate", str(self.certificate_file)),
            *("--entra-certificate-key", str(self.key_file)),
            *("--entra-certificate-password", password),
        )


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> KeyPair:
    return KeyPair(tmp_path_factory.mktemp("keys") / "pair")


def test_a_certificate_signs_in_and_its_key_stays_secret(
    pair: KeyPair, tenant: SimulatedTenant, tmp_path: Path, watch: Watch
) -> None:
    tenant.registration.certificates = [pair.certificate]
    outcome = run(tenant, tmp_path, *pair.flags())
    assert outcome.code == 0, outcome.stderr
    assert_kept({"password": PASSWORD, "key": pair.line}, outcome, tmp_path)


def test_a_certificate_that_entra_does_not_know_is_named_by_its_thumbprint(
    pair: KeyPair, tenant: SimulatedTenant, tmp_path: Path, watch: Watch
) -> None:
    outcome = run(tenant, tmp_path, *pair.flags())
    assert outcome.code == Status.UNAUTHENTICATED
    thumbprint = pair.certificate.fingerprint(hashes.SHA1()).hex().upper()
    assert thumbprint in outcome.error["msg"]
    assert "upload its public part" in outcome.error["remedy"]
    assert_kept({"password": PASSWORD, "key": pair.line}, outcome, tmp_path)


def test_a_key_that_its_password_does_not_open_is_named(
    pair: KeyPair, tenant: SimulatedTenant, tmp_path: Path, watch: Watch
) -> None:
    outcome = run(tenant, tmp_path, *pair.flags(password=WRONG))
    assert outcome.code == Status.UNAUTHENTICATED
    assert "cannot be used to sign in" in outcome.error["msg"]
    assert "password" in outcome.error["remedy"]
    assert_kept({"password": WRONG, "key": pair.line}, outcome, tmp_path)


def test_a_certificate_file_that_is_missing_is_named(
    tenant: SimulatedTenant, tmp_path: Path, watch: Watch
) -> None:
    missing = tmp_path / "no.pem"
    flags = ("--auth-method", "certificate", "--entra-certificate", str(missing))
    outcome = run(tenant, tmp_path, *flags)
    assert outcome.code == Status.INVALID_ARGUMENT
    assert str(missing) in outcome.error["msg"]
    assert "Check the path" in outcome.error["remedy"]
