"""Opening the connector: settings become a credential, a Graph client and an image."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass

from ostiary.connector.context import RunContext
from ostiary.connector.progress import Progress, Stream
from ostiary.connector.settings import Settings
from ostiary.connector.status import ConnectorError, Status
from ostiary.entra.authentication import credential_of
from ostiary.entra.connector import EntraConnector, selected_types
from ostiary.entra.faults import as_connector_error
from ostiary.entra.image import Identity, Image
from ostiary.entra.image.damage import in_words, unusable
from ostiary.entra.options import Options
from ostiary.graph import (
    Clock,
    GraphClient,
    GraphError,
    Hosts,
    InvalidDomain,
    Observer,
    RetryPolicy,
    Timeouts,
    UnknownCloud,
)

IMAGE_FILE = "tenant.sqlite"


@dataclass(frozen=True)
class Patience:
    """How long to wait for Graph, and by which clock; None leaves it to the client."""

    clock: Clock | None = None
    timeouts: Timeouts | None = None
    retry: RetryPolicy | None = None


@asynccontextmanager
async def open_connector(
    settings: Settings, context: RunContext, patience: Patience = Patience()
) -> AsyncIterator[EntraConnector]:
    """A connector for one run; its connections and its image are closed at the end.

    Raises:
        ConnectorError: a setting is unusable.
    """
    hosts = _hosts(settings)
    clock, retry = patience.clock, patience.retry
    try:
        credential = credential_of(settings, hosts, clock=clock, retry=retry)
    except GraphError as error:
        raise as_connector_error(error) from error

    image_file = context.state_dir / IMAGE_FILE

    def open_image(tenant_id: str) -> Image:
        tenant = tenant_id or settings.get_str("entra-tenant-id")
        identity = Identity(tenant, hosts.graph, settings.get_str("entra-client-id"))
        try:
            return Image.open(image_file, identity)
        except OSError as error:
            raise unusable(image_file, error) from error

    observer = Streams(context.progress)
    client = GraphClient(
        credential,
        domain=hosts.graph,
        observer=observer,
        timeouts=patience.timeouts,
        retry=retry,
        clock=clock,
    )
    async with _entered(client) as graph:
        selected = selected_types(settings.get_list("sync-resource-types"))
        connector = EntraConnector(
            graph, open_image, context.progress, Options.of(settings), selected
        )
        with in_words(image_file), closing(connector):
            yield connector


@asynccontextmanager
async def _entered(client: GraphClient) -> AsyncIterator[GraphClient]:
    try:
        await client.__aenter__()
    except GraphError as error:
        raise as_connector_error(error) from error
    try:
        yield client
    finally:
        await client.__aexit__(None, None, None)


def _hosts(settings: Settings) -> Hosts:
    try:
        login = settings.get_str("entra-login-domain") or None
        return Hosts(settings.get_str("graph-domain"), login)
    except UnknownCloud as error:
        remedy = "Name the login host in --entra-login-domain (BATON_ENTRA_LOGIN_DOMAIN)."
        raise ConnectorError(Status.INVALID_ARGUMENT, str(error), remedy=remedy) from error
    except InvalidDomain as error:
        raise ConnectorError(Status.INVALID_ARGUMENT, str(error)) from error


class Streams(Observer):
    """Tells the progress display what the Graph client does, stream by stream."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._streams: dict[str, Stream] = {}

    def request(self, stream: str, resource_units: float, seconds: float) -> None:
        self._of(stream).advance(requests=1, resource_units=resource_units)

    def throttled(self, stream: str, seconds: float) -> None:
        self._of(stream).waiting(seconds)

    def retried(self, stream: str, reason: str) -> None:
        self._of(stream).waiting(0, reason)

    def _of(self, stream: str) -> Stream:
        if stream not in self._streams:
            self._streams[stream] = self._progress.start(stream)
        return self._streams[stream]
