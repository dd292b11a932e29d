"""Which authorities may vouch for the server."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path

from ostiary.connector.status import ConnectorError, Status

SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Alpine, Arch
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # macOS, BSD
)
CERTIFICATE = re.compile(
    rb"-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----"
)


def authorities(environment: Mapping[str, str]) -> bytes:
    """PEM certificates: the system's, then those SSL_CERT_FILE and SSL_CERT_DIR add.

    gRPC takes no folders and no OpenSSL context, so both it and HTTP get these.
    """
    found = dict.fromkeys(_certificates(_system_bundle()))
    if named := environment.get("SSL_CERT_FILE", ""):
        found.update(dict.fromkeys(_named(Path(named))))
    for folder in filter(None, environment.get("SSL_CERT_DIR", "").split(os.pathsep)):
        for file in sorted(path for path in Path(folder).glob("*") if path.is_file()):
            found.update(dict.fromkeys(_certificates(file.read_bytes())))
    return b"\n".join(found) + b"\n"


def http_context(roots: bytes) -> ssl.SSLContext:
    """A verifying client context that speaks HTTP/1.1: one port may serve gRPC beside it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_verify_locations(cadata=roots.decode("ascii"))
    return context


def _system_bundle() -> bytes:
    """The system's authorities whatever the environment says, else those that gRPC brings."""
    compiled_in = ssl.get_default_verify_paths().openssl_cafile
    for name in (compiled_in, *SYSTEM_BUNDLES):
        if os.path.isfile(name):
            return Path(name).read_bytes()
    return files("grpc._cython").joinpath("_credentials", "roots.pem").read_bytes()


def _named(path: Path) -> Iterator[bytes]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error.strerror or "it cannot be opened") from error
    found = list(_certificates(content))
    if not found:
        raise _unreadable(path, "it holds no certificate in PEM form")
    yield from found


def _certificates(content: bytes) -> Iterator[bytes]:
    return (found[0] for found in CERTIFICATE.finditer(content))


def _unreadable(path: Path, reason: str) -> ConnectorError:
    return ConnectorError(
        Status.INVALID_ARGUMENT,
        f"The certificates in {path} cannot be read: {reason}.",
        remedy="Name a PEM file of authorities in SSL_CERT_FILE, or leave it unset.",
    )
