"""Where a service works, and whom it trusts."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from ostiary.connector.service.folder import clear_outgoing, outgoing, service_folder
from ostiary.connector.service.trust import authorities, http_context
from ostiary.connector.settings import Settings
from ostiary.connector.status import ConnectorError
from tests.connector.fake import definition
from tests.connector.service.certificates import Certificates

FIELDS = definition().all_fields
CLIENT = "happy-otter@acme.example/spc"


def folder(environment: dict[str, str], client_id: str = CLIENT, **values: str) -> Path:
    settings = Settings(FIELDS, {name.replace("_", "-"): v for name, v in values.items()})
    return service_folder(settings, environment, "baton-fake", client_id)


def test_the_state_directory_is_the_one_that_was_named(tmp_path: Path) -> None:
    assert folder({"HOME": "/nowhere"}, state_dir=str(tmp_path)) == tmp_path


def test_each_client_has_its_own_folder_in_the_users_state_directory(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path)}
    first, second = folder(home), folder(home, "happy-otter@other.example/spc")
    assert first.parent == tmp_path / ".local/state/baton-fake"
    assert first != second
    assert first == folder(home)
    assert first.name.startswith("happy-otter-")
    assert first.stat().st_mode & 0o777 == 0o700
    assert folder({"XDG_STATE_HOME": str(tmp_path / "xdg")}).is_relative_to(tmp_path / "xdg")


def test_without_a_home_one_can_write_to_the_temporary_directory_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for environment in ({}, {"HOME": "/proc"}):
        assert folder(environment).is_relative_to(tmp_path)


def test_a_temporary_folder_somebody_else_prepared_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made = folder({})
    (tmp_path / "elsewhere").mkdir()
    base = made.parents[1]
    base.rename(tmp_path / "moved")
    base.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConnectorError, match="belongs to somebody else"):
        folder({})


def test_files_that_a_killed_process_left_behind_are_dropped(tmp_path: Path) -> None:
    (outgoing(tmp_path) / "half.c1z").write_bytes(b"x")
    clear_outgoing(tmp_path)
    assert list(outgoing(tmp_path).iterdir()) == []


def test_a_named_authority_is_trusted_beside_the_systems(certificates: Certificates) -> None:
    system = authorities({})
    both = authorities({"SSL_CERT_FILE": str(certificates.authority)})
    assert both.startswith(system.rstrip())
    assert certificates.authority.read_bytes().strip() in both
    count = both.count(b"BEGIN CERTIFICATE")
    assert count == system.count(b"BEGIN CERTIFICATE") + 1
    assert len(http_context(both).get_ca_certs()) == count
    by_folder = authorities({"SSL_CERT_DIR": f"/nowhere:{certificates.authority.parent}"})
    assert certificates.authority.read_bytes().strip() in by_folder


@pytest.mark.parametrize(
    ("content", "complaint"), [(None, "No such file"), (b"nothing", "no certificate in PEM form")]
)
def test_an_authority_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None, complaint: str
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConnectorError, match=complaint):
        authorities({"SSL_CERT_FILE": str(file)})
