"""A local certificate authority and one server certificate, for clients that insist on https."""

from __future__ import annotations

import ipaddress
import os
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
CA_VALID_FOR = timedelta(days=3650)
SERVER_VALID_FOR = timedelta(days=397)  # clients built on Apple's rules refuse longer ones
RENEW_BEFORE = timedelta(days=7)
BACKDATE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """Paths of PEM files: the authority to trust, and what the server presents."""

    ca_file: Path
    certificate_file: Path
    key_file: Path

    def context(self) -> ssl.SSLContext:
        """TLS 1.2+ server context."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.certificate_file, self.key_file)
        return context


def server_certificate(
    folder: Path, *, names: Iterable[str] = (), now: datetime | None = None
) -> ServerCertificate:
    """Certificate for loopback and `names`, made in `folder`.

    Files there are kept when they still chain, cover every name and are not about to expire;
    the authority outlives its server certificates, so clients need to trust it only once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    moment = now or datetime.now(UTC)
    wanted = [*LOOPBACK_NAMES, *(name for name in names if name not in LOOPBACK_NAMES)]
    files = ServerCertificate(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    authority = _Authority.load(files.ca_file, folder / "ca.key", moment)
    if authority is None:
        authority = _Authority.create(moment)
        _write_private(folder / "ca.key", _key_pem(authority.key))
        files.ca_file.write_bytes(authority.certificate.public_bytes(_PEM))
    if not _still_good(files, authority, wanted, moment):
        key, certificate = authority.issue(wanted, moment)
        _write_private(files.key_file, _key_pem(key))
        files.certificate_file.write_bytes(certificate.public_bytes(_PEM))
    return files


_PEM = serialization.Encoding.PEM


@dataclass(frozen=True, slots=True)
class _Authority:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def create(cls, now: datetime) -> _Authority:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("Ostiary simulated tenant CA")
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
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        builder = (
            _builder(name, name, key.public_key(), now, CA_VALID_FOR)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(identifier, critical=False)
        )
        return cls(key, builder.sign(key, hashes.SHA256()))

    @classmethod
    def load(cls, certificate_file: Path, key_file: Path, now: datetime) -> _Authority | None:
        certificate = _read_certificate(certificate_file)
        key = _read_key(key_file)
        if certificate is None or key is None or certificate.public_key() != key.public_key():
            return None
        if certificate.not_valid_after_utc - now < SERVER_VALID_FOR:
            return None
        return cls(key, certificate)

    def issue(
        self, names: Iterable[str], now: datetime
    ) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        key = ec.generate_private_key(ec.SECP256R1())
        authority_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        server_auth = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        alternatives = x509.SubjectAlternativeName([_alternative(name) for name in names])
        subject = _name("Ostiary simulated tenant")
        builder = (
            _builder(subject, self.certificate.subject, key.public_key(), now, SERVER_VALID_FOR)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(server_auth, critical=False)
            .add_extension(alternatives, critical=False)
            .add_extension(authority_id, critical=False)
        )
        return key, builder.sign(self.key, hashes.SHA256())


def _still_good(
    files: ServerCertificate, authority: _Authority, names: Iterable[str], now: datetime
) -> bool:
    certificate = _read_certificate(files.certificate_file)
    key = _read_key(files.key_file)
    if certificate is None or key is None or certificate.public_key() != key.public_key():
        return False
    if certificate.not_valid_after_utc - now < RENEW_BEFORE:
        return False
    try:
        certificate.verify_directly_issued_by(authority.certificate)
    except (InvalidSignature, ValueError, TypeError):
        return False
    covered = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return all(_alternative(name) in covered for name in names)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
    valid_for: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATE)
        .not_valid_after(now + valid_for)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _write_private(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _read_certificate(path: Path) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey | None:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (FileNotFoundError, ValueError):
        return None
    return key if isinstance(key, ec.EllipticCurvePrivateKey) else None
