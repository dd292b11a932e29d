"""CEL over the claims of a token: which workloads a trust is for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from ostiary.server.kernel.cel import Environment, EvaluationError, Program
from ostiary.server.kernel.errors import invalid

_CLAIMS: Final = Environment({}, {}, maps=("claims",))


@lru_cache(maxsize=256)
def condition(expression: str) -> Program:
    """`claims.sub == "repo:acme/infra:ref:refs/heads/main"`. INVALID_ARGUMENT for what is no
    condition; an empty one would trust everybody whom the issuer knows."""
    if not expression.strip():
        raise invalid("a condition on the token's claims is needed")
    return _CLAIMS.compile(expression, "bool", "dyn")


def holds(expression: str, claims: Mapping[str, Any]) -> bool:
    """EvaluationError where it has no value, or one that is neither true nor false."""
    value = condition(expression).evaluate(claims=dict(claims))
    if not isinstance(value, bool):
        raise EvaluationError("the condition is neither true nor false")
    return value
