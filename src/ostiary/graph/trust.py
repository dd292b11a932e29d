"""Which authorities may vouch for a host: the system's, and those an administrator adds."""

import os
import ssl
from pathlib import Path

_SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Alpine, Arch
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # macOS, BSD
)


class UnreadableTrust(ValueError):  # noqa: N818
    """A file of certificates that was named cannot be used."""


def tls_context(ca_file: str | None = None) -> ssl.SSLContext:
    """A verifying client context: the system's trust, SSL_CERT_FILE's and `ca_file`'s.

    OpenSSL lets SSL_CERT_FILE replace the system's bundle; here it adds to it, so that naming a
    private authority does not lose Microsoft's.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_default_certs()
    _add_system_bundle(context)
    for added in dict.fromkeys((os.environ.get("SSL_CERT_FILE"), ca_file)):
        if added:
            _add(context, added)
    return context


def _add_system_bundle(context: ssl.SSLContext) -> None:
    """What load_default_certs leaves out when SSL_CERT_FILE or SSL_CERT_DIR points elsewhere."""
    if not (os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")):
        return
    compiled_in = ssl.get_default_verify_paths()
    for bundle in (compiled_in.openssl_cafile, *_SYSTEM_BUNDLES):
        if Path(bundle).is_file():
            context.load_verify_locations(cafile=bundle)
            break
    if Path(compiled_in.openssl_capath).is_dir():
        context.load_verify_locations(capath=compiled_in.openssl_capath)


def _add(context: ssl.SSLContext, file: str) -> None:
    try:
        context.load_verify_locations(cafile=file)
    except (OSError, ssl.SSLError) as error:
        reason = error.strerror if type(error) is not ssl.SSLError else None
        raise UnreadableTrust(
            f"The certificates in {file} cannot be read: "
            f"{reason or 'it holds no certificate in PEM form'}."
        ) from error
