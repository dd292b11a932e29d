from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from ostiary.tenant.tls import SERVER_VALID_FOR, server_certificate

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def names(path: Path) -> list[str]:
    extension = read(path).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    dns = extension.value.get_values_for_type(x509.DNSName)
    return [*dns, *map(str, extension.value.get_values_for_type(x509.IPAddress))]


def test_the_server_certificate_covers_loopback_and_given_names_and_chains_to_the_ca(
    tmp_path: Path,
) -> None:
    files = server_certificate(tmp_path, names=["graph.example", "10.0.0.9"], now=NOW)
    assert names(files.certificate_file) == [
        "localhost",
        "graph.example",
        "127.0.0.1",
        "::1",
        "10.0.0.9",
    ]
    certificate = read(files.certificate_file)
    certificate.verify_directly_issued_by(read(files.ca_file))
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert key.curve.name == "secp256r1"


def test_valid_files_are_reused(tmp_path: Path) -> None:
    first = server_certificate(tmp_path, now=NOW)
    before = first.certificate_file.read_bytes(), first.ca_file.read_bytes()
    again = server_certificate(tmp_path, now=NOW + timedelta(days=30))
    assert (again.certificate_file.read_bytes(), again.ca_file.read_bytes()) == before


def test_an_expiring_certificate_is_renewed_under_the_same_ca(tmp_path: Path) -> None:
    files = server_certificate(tmp_path, now=NOW)
    old, authority = read(files.certificate_file), read(files.ca_file)
    server_certificate(tmp_path, now=NOW + SERVER_VALID_FOR)
    assert read(files.certificate_file).serial_number != old.serial_number
    assert read(files.ca_file) == authority


def test_a_new_name_gets_a_new_certificate_under_the_same_ca(tmp_path: Path) -> None:
    files = server_certificate(tmp_path, now=NOW)
    authority = files.ca_file.read_bytes()
    server_certificate(tmp_path, names=["tenant.example"], now=NOW)
    assert "tenant.example" in names(files.certificate_file)
    assert files.ca_file.read_bytes() == authority


def test_damaged_files_are_replaced(tmp_path: Path) -> None:
    files = server_certificate(tmp_path, now=NOW)
    files.ca_file.write_text("not a certificate")
    server_certificate(tmp_path, now=NOW)
    read(files.certificate_file).verify_directly_issued_by(read(files.ca_file))


def test_private_keys_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    files = server_certificate(tmp_path, now=NOW)
    for key in (files.key_file, tmp_path / "ca.key"):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
