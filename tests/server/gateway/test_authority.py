"""Whom clients have to trust is said in one place."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from ostiary.server.gateway.listener import certificate_files
from ostiary.server.kernel.settings import Settings

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_authority_is_where_the_settings_say(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    files = certificate_files(settings, NOW)
    assert settings.authority_file == files.authority
    assert files.authority is not None
    assert files.authority.read_bytes().startswith(b"-----BEGIN CERTIFICATE")


def test_who_brings_a_certificate_has_no_authority_of_ours(tmp_path: Path) -> None:
    brought = Settings(
        data_dir=tmp_path, tls_cert=tmp_path / "own.pem", tls_key=tmp_path / "own.key"
    )
    assert brought.authority_file is None
    assert certificate_files(brought, NOW).authority is None
