"""What can go wrong between us and Graph, as one family of exceptions."""

# ruff: noqa: N818 (the names say what happened, as in httpx)


class GraphError(Exception):
    """Graph, or the way to it, failed.

    `str()` is a sentence for people. `advice` says what to do about it, empty when unknown.
    `status` is 0 when there was no reply. `request_id`, `client_request_id` and `date` are what
    Microsoft's support asks for. `path` is the request's path without its query.
    """

    transient = False

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        code: str = "",
        request_id: str = "",
        client_request_id: str = "",
        date: str = "",
        path: str = "",
        advice: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.request_id = request_id
        self.client_request_id = client_request_id
        self.date = date
        self.path = path
        self.advice = advice

    @property
    def technical(self) -> str:
        """One line to quote to support: status, code, path and ids, whichever are known."""
        facts = {
            "status": self.status or "",
            "code": self.code,
            "path": self.path,
            "request-id": self.request_id,
            "client-request-id": self.client_request_id,
            "date": self.date,
        }
        return " ".join(f"{name}={value}" for name, value in facts.items() if value)

    def __str__(self) -> str:
        return " ".join(part for part in (self.message, self.advice) if part)


class BadRequest(GraphError):
    """400: Graph did not understand or does not support the request."""


class TokenRefused(GraphError):
    """401: Graph refused a token that the login host had just issued."""


class PermissionMissing(GraphError):
    """403: the app lacks a permission or role; `permissions` are those Graph named, if any."""

    permissions: tuple[str, ...] = ()


class NotLicensed(GraphError):
    """The tenant lacks the Entra licence that `feature` needs."""

    feature: str = ""


class NotFound(GraphError):
    """404: the object does not exist (any more, or yet)."""


class PageTokenExpired(GraphError):
    """A nextLink outlived its few minutes; the listing has to start again."""


class DeltaExpired(GraphError):
    """A deltaLink is no longer good; everything has to be read again.

    `restart_link` is where Graph says to begin (the Location of its 410), None if unsaid.
    """

    restart_link: str | None = None


class Throttled(GraphError):
    """Graph kept answering 429 without letting anything through until we gave up."""


class ServiceUnavailable(GraphError):
    """Graph kept failing (5xx) until we gave up."""

    transient = True


class Unreachable(GraphError):
    """No reply: no such name, connection refused, dropped or stalled, until we gave up."""

    transient = True

    def __init__(self, message: str, *, host: str, reason: str, path: str = "", advice: str = ""):
        super().__init__(message, path=path, advice=advice)
        self.host = host
        self.reason = reason


class UntrustedCertificate(GraphError):
    """The host's TLS certificate does not lead to a trusted authority."""

    def __init__(self, *, host: str, reason: str, path: str = "") -> None:
        super().__init__(
            f"The certificate of {host} is not trusted: {reason}.",
            path=path,
            advice="If a proxy or a private authority issued it, put that authority's certificate "
            "in a PEM file and name the file in SSL_CERT_FILE.",
        )
        self.host = host
        self.reason = reason


class ForeignLink(GraphError):
    """A reply pointed to another host than Graph's, or away from https; nothing was sent there."""

    def __init__(self, host: str, *, expected: str, path: str = "") -> None:
        super().__init__(
            f"{expected} sent a link to {host or 'no host'}, which was not followed: "
            "tokens go to the configured host only, over https.",
            path=path,
            advice="Check the Graph domain in the connector's configuration.",
        )
        self.host = host


class MalformedReply(GraphError):
    """The reply is not what Graph documents: cut short, not JSON, or of another shape.

    `transient` is true where sending the request again may help (a proxy's page, a cut body).
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        request_id: str = "",
        path: str = "",
        advice: str = "",
        transient: bool = False,
    ) -> None:
        super().__init__(message, status=status, request_id=request_id, path=path, advice=advice)
        self.transient = transient


class CredentialRefused(GraphError):
    """The login host refused the credential; `code` is its AADSTS code, such as AADSTS7000215.

    `cause` tells programs what is wrong: refusals.CAUSES has them all. Empty for any other code.
    """

    cause: str = ""
