"""SSL_CERT_FILE and a named file add authorities; neither takes the system's away."""

import ssl
from pathlib import Path

import pytest

from ostiary.graph import trust
from ostiary.graph.trust import UnreadableTrust, tls_context
from tests.graph.authority import make_authority


def authorities(context: ssl.SSLContext) -> set[object]:
    return {found["serialNumber"] for found in context.get_ca_certs()}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The system's bundle, and two more files of one authority each."""
    made = []
    for name in ("system", "private", "named"):
        folder = tmp_path / name
        folder.mkdir()
        made.append(str(make_authority(folder).file))
    monkeypatch.setattr(trust, "_system_bundle", lambda: made[0])
    return made


def serial(file: str) -> object:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=file)
    return context.get_ca_certs()[0]["serialNumber"]


def test_all_three_sources_are_trusted(files: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", files[1])
    trusted = authorities(tls_context(files[2]))
    assert {serial(file) for file in files} <= trusted


def test_hosts_are_verified() -> None:
    context = tls_context()
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "No such file"), ("hello", "no certificate in PEM form")]
)
def test_a_file_that_cannot_be_used_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, reason: str
) -> None:
    file = tmp_path / "extra.pem"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(UnreadableTrust, match=reason) as caught:
        tls_context()
    assert str(file) in str(caught.value)
