"""Bad weather: faults that strike requests by rule, the same way in every run.

A forecast is a mapping (or YAML of one)::

    seed: 7                     # of every chance below
    rules:
      - match: GET /groups/delta            # glob on the operation or on "METHOD /path"
        fault: throttle
        nth: [3, 10]                        # which matching requests, counted from 1
        retry_after: 2.5
      - {match: GET /users*, fault: unavailable, status: 503, probability: 0.1, times: 5}
      - match: "*"
        script: [null, drop, null, truncate]   # one entry a matching request, then no more

A rule strikes the requests that `match` (default `*`) and that `nth`, `every` (each n-th) or
`probability` choose; with none of these, all. It strikes `times` times at most. The first rule
that strikes a request decides. Operations are named as in the ledger: `GET /groups/{id}/members`.

Faults and their settings:

=============  ==================================================================================
throttle       429; `retry_after` seconds (default 2, may be fractional; null: no header). Until
               then everything of that app is 429 as well
unavailable    `status` 500, 502, 503 (default) or 504; with `retry_after`, or without
html           a proxy's HTML page with `status` (default 502; 200 is possible)
drop           the connection closes without an answer
stall          after `share` of the body (default 0: not even headers) silence for `seconds` (3600),
               then the connection closes
truncate       `share` (default 0.5) of the body, then the connection closes
slow           the answer comes `seconds` (default 1) later
expired_page   400 Directory_ExpiredPageToken; strikes pages after the first only
resync         410 with Location; strikes delta requests that carry a token only
sync_lost      400 syncStateNotFound; likewise
vanish         answered well; then one object of that set is soft-deleted
foreign_link   nextLink and deltaLink lead to `host` (default graph.example.net)
expired_token  401: the access token is said to have expired
=============  ==================================================================================

Parts of a batch are struck on their own; what would break their connection makes them 503.
"""

from ostiary.tenant.surface.weather.forecast import Weather
from ostiary.tenant.surface.weather.rules import InvalidWeatherError

__all__ = ["InvalidWeatherError", "Weather"]
