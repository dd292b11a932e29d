"""The Microsoft Graph of a simulated tenant."""

from ostiary.tenant.surface.caller import Authorize, Caller, TokenRejected
from ostiary.tenant.surface.delta.rounds import Quirks
from ostiary.tenant.surface.surface import GraphSurface
from ostiary.tenant.surface.weather import Weather

__all__ = ["Authorize", "Caller", "GraphSurface", "Quirks", "TokenRejected", "Weather"]
