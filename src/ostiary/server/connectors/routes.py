"""All routes of the connectors, for the composition root. Where paths clash, literal ones first."""

from ostiary.server.connectors.api import connectors, credentials, steering, warnings

ROUTERS = (credentials.router, steering.router, warnings.router, connectors.router)
