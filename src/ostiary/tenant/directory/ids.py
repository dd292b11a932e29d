"""Identifiers shaped like Entra's."""

import hashlib
from base64 import urlsafe_b64encode
from struct import unpack
from uuid import UUID, uuid5

NAMESPACE = UUID("6f737469-6172-7900-8000-74656e616e74")


def stable_id(*names: str) -> str:
    """The same GUID for the same names, in every run."""
    return str(uuid5(NAMESPACE, "\x1f".join(names)))


def app_role_assignment_id(principal_id: str, *salt: str) -> str:
    """43 characters: base64url of the principal's GUID (little-endian) and 16 more bytes."""
    tail = hashlib.sha256("\x1f".join((principal_id, *salt)).encode()).digest()[:16]
    return _base64url(UUID(principal_id).bytes_le + tail)


def role_assignment_id(role_definition_id: str, principal_id: str, scope: str) -> str:
    """base64url of both GUIDs (little-endian), then `-1` for the whole tenant.

    How Entra numbers narrower scopes is not published; here a digest of the scope tells them apart.
    """
    pair = UUID(role_definition_id).bytes_le + UUID(principal_id).bytes_le
    suffix = "1" if scope == "/" else f"1-{hashlib.sha256(scope.encode()).hexdigest()[:8]}"
    return f"{_base64url(pair)}-{suffix}"


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def security_identifier(object_id: str) -> str:
    """`S-1-12-1-a-b-c-d`: the object id's bytes as four little-endian numbers."""
    return "S-1-12-1-" + "-".join(map(str, unpack("<4I", UUID(object_id).bytes_le)))
