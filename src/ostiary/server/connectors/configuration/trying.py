"""Asking a program whether it can work with a configuration."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from ostiary.server.connectors.catalogue.kinds import Kind
from ostiary.server.connectors.configuration.findings import Finding, Verdict, read_verdict
from ostiary.server.connectors.configuration.rules import Problem
from ostiary.server.connectors.programs.asking import Answer, TooSlowError, ask
from ostiary.server.kernel.errors import AppError, failed_precondition, invalid
from ostiary.server.kernel.settings import Settings

SHORTEST_SECRET = 4
"""Characters; shorter values stand everywhere by chance."""

CHECK = ["check", "--json"]
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
CHECKED = "type.googleapis.com/ostiary.connectors.v1.ConnectorCheck"


def try_out(
    settings: Settings, kind: Kind, values: Mapping[str, str], secrets: Iterable[str]
) -> Verdict:
    """Nothing is stored, whatever comes of it. `secrets` are what nobody may read."""
    try:
        answer = ask(settings, kind.program, CHECK, values)
    except TooSlowError:
        return _refused(
            f"The check did not end within {settings.connector_check_seconds:.0f} seconds.",
            "DeadlineExceeded",
            "timeout",
        )
    told = concealed(answer.out, secrets)
    return read_verdict(told) or _without_verdict(kind, answer, secrets)


def refusal(verdict: Verdict) -> AppError:
    """For people as text, for programs as a detail with every finding."""
    text = "\n".join(str(finding) for finding in verdict.errors)
    return failed_precondition(
        f"The connector cannot work with these settings. {text}",
        {"@type": CHECKED, **verdict.model_dump(mode="json")},
    )


def malformed(problems: list[Problem]) -> AppError:
    """What google.rpc.BadRequest is for."""
    violations = [{"field": each.field, "description": each.reason} for each in problems]
    return invalid(
        " ".join(str(each) for each in problems),
        {"@type": BAD_REQUEST, "fieldViolations": violations},
    )


def _without_verdict(kind: Kind, answer: Answer, secrets: Iterable[str]) -> Verdict:
    said = concealed(answer.err.strip() or answer.out.strip(), secrets)[-1000:]
    return _refused(
        f"{kind.program} could not check its settings (exit code {answer.code}): {said}",
        "Unknown",
        "no_verdict",
    )


def _refused(message: str, code: str, cause: str) -> Verdict:
    finding = Finding(severity="error", message=message, code=code, cause=cause)
    return Verdict(status=code, findings=(finding,))


def concealed(text: str, secrets: Iterable[str]) -> str:
    """For programs that do not keep their secrets out of what they say, plain or within JSON."""
    spelled = {form for secret in secrets for form in (secret, json.dumps(secret)[1:-1])}
    for form in sorted(spelled, key=len, reverse=True):
        if len(form) >= SHORTEST_SECRET:
            text = text.replace(form, "***")
    return text
