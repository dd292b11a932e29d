"""The server's certificate: the operator's, or one by a local authority made on first start."""

import fcntl
import ipaddress
import os
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ostiary.server.kernel.settings import AUTHORITY_NAME

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
AUTHORITY_LIFETIME: Final = timedelta(days=3650)
CERTIFICATE_LIFETIME: Final = timedelta(days=397)
RENEWED_BEFORE_END: Final = timedelta(days=30)
_EARLIER: Final = timedelta(days=1)  # for clients whose clocks are behind


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """PEM files. `authority` is what clients must trust; None with the operator's certificate."""

    certificate: Path
    key: Path
    authority: Path | None = None


def tls_context(files: CertificateFiles) -> ssl.SSLContext:
    """Server side, TLS 1.2 or later, preferring HTTP/1.1.

    Go's HTTP client offers both protocols and is served by HTTP/1.1; grpc-go offers h2 alone
    (protocol reference 3.3).
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1", "h2"])
    context.load_cert_chain(files.certificate, files.key)
    return context


def local_certificate(folder: Path, names: Iterable[str], now: datetime) -> CertificateFiles:
    """A certificate for loopback and `names` in `folder`, made anew only where it must be.

    The authority outlives its certificates, so that clients have to be told to trust it once.
    Several processes may call this at once for the same folder.
    """
    wanted = list(dict.fromkeys([*LOOPBACK, *names]))
    files = CertificateFiles(folder / "server.pem", folder / "server.key", folder / AUTHORITY_NAME)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        authority = _Pair.read(folder / AUTHORITY_NAME, folder / "ca.key")
        if authority is None or not authority.lasts_until(now + CERTIFICATE_LIFETIME):
            authority = _new_authority(now)
            authority.write(folder / AUTHORITY_NAME, folder / "ca.key")
        current = _Pair.read(files.certificate, files.key)
        if current is None or not _serves(current, authority, wanted, now):
            _issue(authority, wanted, now).write(files.certificate, files.key)
    return files


@dataclass(frozen=True, slots=True)
class _Pair:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def read(cls, certificate_file: Path, key_file: Path) -> "_Pair | None":
        """None unless both files are there, whole and made for each other."""
        try:
            certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
            key = load_pem_private_key(key_file.read_bytes(), password=None)
        except (FileNotFoundError, ValueError):
            return None
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            return None
        return cls(certificate, key) if certificate.public_key() == key.public_key() else None

    def write(self, certificate_file: Path, key_file: Path) -> None:
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        _replace(key_file, key, mode=0o600)
        _replace(certificate_file, self.certificate.public_bytes(Encoding.PEM), mode=0o644)

    def lasts_until(self, moment: datetime) -> bool:
        return self.certificate.not_valid_after_utc >= moment


def _new_authority(now: datetime) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ostiary local authority")])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        _builder(name, name, key.public_key(), now, AUTHORITY_LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return _Pair(certificate, key)


def _issue(authority: _Pair, names: list[str], now: datetime) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ostiary")])
    alternatives = x509.SubjectAlternativeName([_alternative(name) for name in names])
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    certificate = (
        _builder(
            subject, authority.certificate.subject, key.public_key(), now, CERTIFICATE_LIFETIME
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(purpose, critical=False)
        .add_extension(alternatives, critical=False)
        .add_extension(issuer_key, critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return _Pair(certificate, key)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
    lifetime: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + lifetime)
    )


def _serves(pair: _Pair, authority: _Pair, names: Iterable[str], now: datetime) -> bool:
    if not pair.lasts_until(now + RENEWED_BEFORE_END):
        return False
    issuer_key = authority.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    try:
        named = pair.certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
        covered = pair.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return False
    if named.value.key_identifier != issuer_key.value.digest:
        return False
    return all(_alternative(name) in covered.value for name in names)


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _replace(path: Path, content: bytes, mode: int) -> None:
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    temporary.replace(path)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
