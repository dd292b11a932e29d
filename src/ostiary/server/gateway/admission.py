"""Who calls: the bearer token of a call, checked anew each time."""

from collections.abc import Iterable

from ostiary.server.connectors.reads import Agency, agency_of
from ostiary.server.connectors.rules import CLIENT_KIND
from ostiary.server.kernel.auth import tokens
from ostiary.server.kernel.auth.clients import ClientRegistry
from ostiary.server.kernel.errors import denied, unauthenticated
from ostiary.server.kernel.work import Kernel

Metadata = Iterable[tuple[str, str | bytes]]


def bearer_of(metadata: Metadata) -> str:
    """'' when there is none, or more than one."""
    found = [value for name, value in metadata if name == "authorization"]
    if len(found) != 1 or not isinstance(found[0], str):
        return ""
    scheme, _, token = found[0].partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def admit(kernel: Kernel, clients: ClientRegistry, token: str) -> Agency:
    """AppError UNAUTHENTICATED unless the token works now, PERMISSION_DENIED for a person's."""
    with kernel.read() as connection:
        holder = tokens.holder_of(connection, clients, token, kernel.clock.now())
    if holder is None:
        raise unauthenticated("The bearer token is missing, unknown, expired or revoked.")
    if holder.client.kind != CLIENT_KIND:
        raise denied("This token is not a connector's.")
    agency = agency_of(kernel, holder.key.id)
    if agency is None:
        raise unauthenticated("The connector does not exist any more.")
    return agency
