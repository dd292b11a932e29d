"""What goes wrong between the URL that is visited and the way back, told as checks tell it."""

from __future__ import annotations

from ostiary.server.connectors.configuration.findings import Finding, Verdict
from ostiary.server.connectors.configuration.trying import CHECKED
from ostiary.server.kernel.errors import AppError, failed_precondition

LONGEST_QUOTE = 500

_MESSAGES = {
    "state_unknown": "This sign-in is over, or was not started here.",
    "state_expired": "This sign-in took too long.",
    "state_of_another": "This sign-in was started by somebody else, or in another browser.",
    "sign_in_denied": "Entra let nobody sign in.",
    "consent_denied": "Consent was not given.",
    "code_refused": "Entra does not accept what came back from the sign-in.",
    "token_untrusted": "What Entra is said to have answered proves nothing.",
    "tenant_mismatch": "That account is of another tenant than this connector's.",
    "login_unreachable": "The login host cannot be reached.",
}
_AGAIN = "Start again from the connector."


def refused(cause: str, said: str = "") -> AppError:
    """`said` is what the other side gives as its reason."""
    quote = f" ({said[:LONGEST_QUOTE]})" if said else ""
    message = f"{_MESSAGES[cause]}{quote}"
    finding = Finding(
        severity="error", message=message, remedy=_AGAIN, code="PermissionDenied", cause=cause
    )
    verdict = Verdict(status="PermissionDenied", findings=(finding,))
    return failed_precondition(str(finding), {"@type": CHECKED, **verdict.model_dump(mode="json")})
