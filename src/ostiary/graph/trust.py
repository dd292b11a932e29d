"""Which authorities may vouch for a host: the system's, and those an administrator adds."""

import os
import ssl
import sys

from ostiary.graph.faults import GraphError

_SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Alpine, Arch
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # macOS, BSD
)


class UnreadableTrust(GraphError):  # noqa: N818
    """A file of certificates that was named cannot be used."""


def tls_context(ca_file: str | None = None) -> ssl.SSLContext:
    """A verifying client context: the system's trust, SSL_CERT_FILE's and `ca_file`'s.

    OpenSSL lets SSL_CERT_FILE and SSL_CERT_DIR replace the system's; here they add to it, so that
    naming a private authority does not lose Microsoft's.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    named = [os.environ.get("SSL_CERT_FILE"), ca_file]
    folder = os.environ.get("SSL_CERT_DIR")
    if sys.platform == "win32" or not (named[0] or folder):
        context.load_default_certs()
    else:
        named.insert(0, _system_bundle())
        folders = (ssl.get_default_verify_paths().openssl_capath, *(folder or "").split(os.pathsep))
        for each in filter(os.path.isdir, folders):
            context.load_verify_locations(capath=each)
    for file in dict.fromkeys(os.path.realpath(name) for name in named if name):
        _add(context, file)
    return context


def _system_bundle() -> str | None:
    """Where the system keeps its authorities, whatever the environment says."""
    compiled_in = ssl.get_default_verify_paths().openssl_cafile
    return next(filter(os.path.isfile, (compiled_in, *_SYSTEM_BUNDLES)), None)


def _add(context: ssl.SSLContext, file: str) -> None:
    try:
        context.load_verify_locations(cafile=file)
    except ssl.SSLError:
        reason = "it holds no certificate in PEM form"
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
    else:
        return
    raise UnreadableTrust(
        f"The certificates in {file} cannot be read: {reason}.",
        advice="Name a PEM file of authorities in SSL_CERT_FILE, or leave it unset.",
    )
