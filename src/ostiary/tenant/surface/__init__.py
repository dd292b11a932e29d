"""The Microsoft Graph of a simulated tenant, as it really answers.

A request becomes a `GraphRequest` (`message`), finds its `Route` (`routing`) and goes through the
`Pipeline`: token, limits (`limits`), weather (`weather`), permission (`permissions`), handler. A
batch sends its parts the same way. `reads` and `delta` are tables of collections, links and feeds
over the directory as lagging readers see it (`replica`); `writes` check what Graph checks and call
the directory's verbs. Limits of the simulation: role assignments outside built-in roles and the
values of properties do not lag; PIM for groups, sign-in logs, policies and authentication methods
are not served.
"""

from ostiary.tenant.surface.caller import Authorize, Caller, TokenRejected
from ostiary.tenant.surface.delta.rounds import Quirks
from ostiary.tenant.surface.surface import GraphSurface
from ostiary.tenant.surface.weather import Weather

__all__ = ["Authorize", "Caller", "GraphSurface", "Quirks", "TokenRejected", "Weather"]
