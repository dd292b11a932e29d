"""The command `health-check`: asks a running service how it is."""

from __future__ import annotations

import http.client

from ostiary.connector.status import ConnectorError, Status

EVERYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to ask


def probe(address: str, port: int, endpoint: str, seconds: float) -> tuple[bool, str]:
    """Whether all is well, and the service's own words.

    `ConnectorError` (Unavailable) when nobody answers.
    """
    host = EVERYWHERE.get(address, address)
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    try:
        connection.request("GET", f"/{endpoint}")
        response = connection.getresponse()
        return response.status == http.client.OK, response.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        raise ConnectorError(
            Status.UNAVAILABLE,
            f"Nobody answers on {host} port {port}: {error}.",
            remedy="Start the service with --health-check, on the same port.",
        ) from error
    finally:
        connection.close()
