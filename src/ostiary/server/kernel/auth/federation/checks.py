"""What a workload's token must prove before it stands for a service principal, step by step."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from ostiary.server.kernel.auth.federation.conditions import holds
from ostiary.server.kernel.auth.federation.fetching import UnreachableError
from ostiary.server.kernel.auth.federation.issuers import Issuers, is_issuer
from ostiary.server.kernel.auth.federation.signatures import (
    ALGORITHMS,
    SubjectToken,
    candidates,
    is_signed_by,
)
from ostiary.server.kernel.auth.federation.store import Provider, Trust
from ostiary.server.kernel.cel import EvaluationError

SKEW = timedelta(seconds=60)
OLDEST = timedelta(minutes=10)
"""Since it was issued: C1's documentation, "must be within the last 10 minutes". A token may be
exchanged as often as one likes until then, as commands of one CI job do; hence no replay check."""
LONGEST_SHOWN = 500

StepName = Literal["issuer", "signature", "audience", "freshness", "subject", "condition"]


@dataclass(frozen=True)
class Step:
    name: StepName
    passed: bool
    detail: str
    expected: str = ""
    actual: str = ""
    is_outage: bool = False
    """Not the token's fault: the issuer does not answer."""


@dataclass(frozen=True)
class Check:
    """`audiences` are this server's names; `now` is when the token was presented."""

    issuers: Issuers
    provider: Provider
    trust: Trust
    audiences: Collection[str]
    now: datetime

    def steps(self, token: SubjectToken) -> Iterator[Step]:
        """Who stops at the first that fails has not asked an issuer for nothing."""
        steps: tuple[Callable[[SubjectToken], Step], ...] = (
            self._issuer,
            self._signature,
            self._audience,
            self._freshness,
            self._subject,
            self._condition,
        )
        return (step(token) for step in steps)

    def _issuer(self, token: SubjectToken) -> Step:
        """A SPIFFE ID names the trust domain that vouches for it, `iss` need not be there."""
        expected = self.provider.issuer
        if self.provider.platform == "spiffe":
            actual = token.claims.get("sub")
            matches = isinstance(actual, str) and actual.startswith(f"{expected}/")
        else:
            actual = token.claims.get("iss")
            matches = is_issuer(actual, expected)
        detail = "the provider's" if matches else "the token is of another issuer"
        return Step("issuer", matches, detail, expected, shown(actual))

    def _signature(self, token: SubjectToken) -> Step:
        algorithm = shown(token.header.get("alg"))
        if token.algorithm not in ALGORITHMS:
            return Step("signature", False, "the algorithm is not allowed", actual=algorithm)
        try:
            keys = self.issuers.keys(self.provider.key_source, token.key_id, self.now)
        except UnreachableError as error:
            return Step("signature", False, str(error), is_outage=True)
        if not candidates(token, keys):
            return Step(
                "signature", False, "the issuer has no such key", actual=shown(token.key_id)
            )
        passed = is_signed_by(token, keys)
        detail = "signed by the issuer" if passed else "not signed by the issuer"
        return Step("signature", passed, detail, actual=algorithm)

    def _audience(self, token: SubjectToken) -> Step:
        named = token.claims.get("aud")
        audiences = named if isinstance(named, list) else [named]
        passed = any(isinstance(name, str) and name in self.audiences for name in audiences)
        detail = "meant for this server" if passed else "meant for another audience"
        return Step("audience", passed, detail, " or ".join(sorted(self.audiences)), shown(named))

    def _freshness(self, token: SubjectToken) -> Step:
        problem = _age_problem(token.claims, self.now)
        times = {name: token.claims.get(name) for name in ("iat", "nbf", "exp")}
        actual = ", ".join(f"{name} {shown(value)}" for name, value in times.items() if value)
        return Step("freshness", not problem, problem or "valid now", actual=actual)

    def _subject(self, token: SubjectToken) -> Step:
        subject = token.claims.get("sub")
        passed = isinstance(subject, str) and bool(subject)
        detail = "named" if passed else "the token does not say whose it is"
        return Step("subject", passed, detail, actual=shown(subject))

    def _condition(self, token: SubjectToken) -> Step:
        expression = self.trust.condition
        try:
            passed = holds(expression, token.claims)
        except EvaluationError as error:
            return Step("condition", False, f"the condition has no value: {error}", expression)
        detail = "the condition holds" if passed else "the condition does not hold"
        return Step("condition", passed, detail, expression)


def _age_problem(claims: dict[str, Any], now: datetime) -> str:
    """Empty when there is none."""
    issued, expires = _instant(claims, "iat"), _instant(claims, "exp")
    if issued is None or expires is None:
        return "iat or exp is missing or no instant"
    if expires + SKEW <= now:
        return "expired"
    if issued > now + SKEW:
        return "iat is in the future"
    if issued + OLDEST + SKEW <= now:
        return f"issued more than {OLDEST.total_seconds() / 60:.0f} minutes ago"
    if "nbf" in claims:
        begins = _instant(claims, "nbf")
        if begins is None or begins > now + SKEW:
            return "nbf is in the future or no instant"
    return ""


def _instant(claims: dict[str, Any], name: str) -> datetime | None:
    seconds = claims.get(name)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def shown(value: object) -> str:
    """For people, logs and the audit log, whatever somebody put into a token."""
    text = "" if value is None else str(value)
    return "".join(each if each.isprintable() else "\ufffd" for each in text[:LONGEST_SHOWN])
