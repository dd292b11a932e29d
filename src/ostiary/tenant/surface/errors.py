"""What Graph answers when it refuses: status, code and the exact message.

Directory core writes codes in PascalCase with an underscore (`Request_BadRequest`); PIM and other
services have styles of their own. Texts marked so in the reference were seen on live tenants.
"""

from collections.abc import Mapping, Sequence
from typing import Any

ADVANCED_QUERIES = "Refer to https://aka.ms/graph-docs/advanced-queries for more information"


class RefusalError(Exception):
    """Becomes Graph's error envelope; `details` name what conflicts, `headers` go with it."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.headers = dict(headers or {})

    def envelope(self, date: str, request_id: str, client_request_id: str) -> dict[str, Any]:
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.details:
            error["details"] = [dict(detail) for detail in self.details]
        error["innerError"] = {
            "date": date,
            "request-id": request_id,
            "client-request-id": client_request_id,
        }
        return {"error": error}


def bad_request(message: str) -> RefusalError:
    return RefusalError(400, "Request_BadRequest", message)


def malformed(message: str) -> RefusalError:
    """Refused by the OData layer in front, before any service sees the request."""
    return RefusalError(400, "BadRequest", message)


def unsupported_query(message: str) -> RefusalError:
    return RefusalError(400, "Request_UnsupportedQuery", message)


def no_segment(segment: str) -> RefusalError:
    return malformed(f"Resource not found for the segment '{segment}'.")


def not_found(object_id: str) -> RefusalError:
    return RefusalError(
        404,
        "Request_ResourceNotFound",
        f"Resource '{object_id}' does not exist or one of its queried reference-property objects "
        "are not present.",
    )


def unknown_property(name: str, type_name: str) -> RefusalError:
    return malformed(
        "Parsing OData Select and Expand failed: Could not find a property named "
        f"'{name}' on type 'microsoft.graph.{type_name}'."
    )


def invalid_filter(reason: str) -> RefusalError:
    return malformed(f"Invalid filter clause: {reason}")


def unfilterable(name: str, resource: str) -> RefusalError:
    return unsupported_query(
        "Unsupported or invalid query filter clause specified for property "
        f"'{name}' of resource '{resource}'."
    )


def operator_needs_advanced(operator: str) -> RefusalError:
    return unsupported_query(
        f"Operator '{operator}' is not supported because the required parameters might be "
        "missing. Try adding $count=true query parameter and the special request header: "
        f"'ConsistencyLevel: eventual'. {ADVANCED_QUERIES}"
    )


def option_needs_advanced(option: str) -> RefusalError:
    return unsupported_query(
        f"Request with {option} query parameter only works through MSGraph with a special "
        "request header: 'ConsistencyLevel: eventual'"
    )


def raw_count_needs_advanced() -> RefusalError:
    return unsupported_query(
        "Raw count (/$count) is not supported because the 'ConsistencyLevel:eventual' header is "
        f"missing. {ADVANCED_QUERIES}"
    )


def page_size_refused() -> RefusalError:
    return unsupported_query(
        "This resource does not support custom page sizes. Please retry without a page size "
        "argument."
    )


def invalid_page_size(given: str, largest: int) -> RefusalError:
    return unsupported_query(
        f"Invalid page size specified: '{given}'. Must be between 1 and {largest} inclusive."
    )


def expired_page_token() -> RefusalError:
    return RefusalError(
        400,
        "Directory_ExpiredPageToken",
        "The specified page token value has expired and can no longer be included in your request.",
    )


def invalid_page_token() -> RefusalError:
    return bad_request("Invalid page token was specified.")


def forbidden() -> RefusalError:
    return RefusalError(
        403,
        "Authorization_RequestDenied",
        "Insufficient privileges to complete the operation.",
    )


def unauthenticated(message: str) -> RefusalError:
    challenge = 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common"'
    return RefusalError(
        401, "InvalidAuthenticationToken", message, headers={"WWW-Authenticate": challenge}
    )


def sync_lost() -> RefusalError:
    return RefusalError(
        400,
        "syncStateNotFound",
        "The sync state generation is not found. The delta token is expired and data must be "
        "synchronized again.",
    )


def resync(url: str) -> RefusalError:
    """`url` without its query: where the round starts over."""
    return RefusalError(
        410,
        "resyncRequired",
        "Resync required. Any partial changes must be discarded.",
        headers={"Location": f"{url}?$deltatoken="},
    )
