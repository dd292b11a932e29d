from __future__ import annotations

import ssl
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from ostiary.server.gateway.listener import certificate_files
from ostiary.server.gateway.tls import (
    CERTIFICATE_LIFETIME,
    CertificateFiles,
    local_certificate,
    tls_context,
)
from ostiary.server.kernel.settings import Settings

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def contents(files: CertificateFiles) -> list[bytes]:
    assert files.authority is not None
    return [path.read_bytes() for path in (files.certificate, files.key, files.authority)]


def test_a_local_certificate_serves_loopback_and_the_given_names(tmp_path: Path) -> None:
    files = local_certificate(tmp_path, ["ostiary.example", "10.1.2.3"], NOW)
    names = read(files.certificate).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert names.value.get_values_for_type(x509.DNSName) == ["localhost", "ostiary.example"]
    addresses = [str(found) for found in names.value.get_values_for_type(x509.IPAddress)]
    assert addresses == ["127.0.0.1", "::1", "10.1.2.3"]
    assert files.authority is not None
    read(files.certificate).verify_directly_issued_by(read(files.authority))


def test_keys_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    local_certificate(tmp_path, [], NOW)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("*.key")}
    assert modes == {"ca.key": 0o600, "server.key": 0o600}


def test_a_good_certificate_is_kept(tmp_path: Path) -> None:
    first = contents(local_certificate(tmp_path, ["ostiary.example"], NOW))
    later = NOW + timedelta(days=300)
    assert contents(local_certificate(tmp_path, ["ostiary.example"], later)) == first


@pytest.mark.parametrize("change", ["name", "end", "damage", "lost key"])
def test_a_certificate_that_no_longer_fits_is_replaced_under_the_same_authority(
    tmp_path: Path, change: str
) -> None:
    files = local_certificate(tmp_path, [], NOW)
    certificate, _, authority = contents(files)
    names, now = [], NOW
    match change:
        case "name":
            names = ["new.example"]
        case "end":
            now = NOW + CERTIFICATE_LIFETIME - timedelta(days=29)
        case "damage":
            files.certificate.write_bytes(certificate[:100])
        case "lost key":
            files.key.unlink()
    again = contents(local_certificate(tmp_path, names, now))
    assert again[0] != certificate
    assert again[2] == authority
    tls_context(files)


def test_processes_that_start_together_agree_on_one_certificate(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: local_certificate(tmp_path, ["a.example"], NOW), range(8)))
    assert len({tuple(contents(files)) for files in made}) == 1
    tls_context(made[0])


def test_the_operators_certificate_is_used_as_it_is(tmp_path: Path) -> None:
    given = local_certificate(tmp_path / "theirs", ["ostiary.example"], NOW)
    settings = Settings(data_dir=tmp_path / "ours", tls_cert=given.certificate, tls_key=given.key)
    assert certificate_files(settings, NOW) == CertificateFiles(given.certificate, given.key)
    assert not (tmp_path / "ours").exists()


def test_old_tls_is_not_spoken(tmp_path: Path) -> None:
    context = tls_context(local_certificate(tmp_path, [], NOW))
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
