"""Which of Graph's separate throttle buckets a request draws from.

Source: "Microsoft Graph service-specific throttling limits": identity and access, reports,
signInActivity, provisioning, identity protection.
"""

from collections.abc import Mapping

DIRECTORY = "directory"
REPORTS = "reports"
SIGN_IN_ACTIVITY = "signInActivity"
PROVISION_ON_DEMAND = "provisionOnDemand"
IDENTITY_PROTECTION = "identityProtection"

_OF_DIRECTORY = frozenset({"resourceunitlimitexceeded", "writelimitexceeded", "cpulimitexceeded"})


def scopes_of(path: str, query: str = "") -> tuple[str, ...]:
    """The buckets a request draws from, its own first; it waits for all of them."""
    lowered = path.lower()
    if "/auditlogs/" in lowered or "/reports/" in lowered or "/authentication/" in lowered:
        return (REPORTS,)
    if lowered.endswith("/provisionondemand"):
        return (PROVISION_ON_DEMAND,)
    if "/identityprotection/" in lowered or "/conditionalaccess/" in lowered:
        return (IDENTITY_PROTECTION,)
    if "signinactivity" in query.lower():
        return (SIGN_IN_ACTIVITY, DIRECTORY)
    return (DIRECTORY,)


def throttled_scope(scopes: tuple[str, ...], headers: Mapping[str, str]) -> str:
    """The bucket that a 429 is about.

    A request of a bucket of its own shuts the directory's only where x-ms-throttle-information
    names one of the directory's limits; x-ms-throttle-scope alone does not tell them apart.
    """
    named = headers.get("x-ms-throttle-information", "").lower()
    if DIRECTORY in scopes and named in _OF_DIRECTORY:
        return DIRECTORY
    return scopes[0]
