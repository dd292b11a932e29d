"""All routes of the connectors, for the composition root. Where paths clash, literal ones first."""

from ostiary.server.connectors.api import (
    catalogue,
    configuration,
    connectors,
    credentials,
    history,
    oauth,
    steering,
    warnings,
)

ROUTERS = (
    catalogue.router,
    credentials.router,
    steering.router,
    configuration.router,
    warnings.router,
    history.router,
    oauth.router,
    connectors.router,
)
