"""What is said about settings that are kept."""

from __future__ import annotations

from datetime import datetime

from ostiary.server.connectors.configuration.findings import Verdict
from ostiary.server.web.moments import day

LONGEST_TOAST = 300


def saved_toast(verdict: Verdict | None, *, first: bool) -> str:
    """With what the program noticed beside."""
    words = (
        "The settings work. The first sync starts now." if first else "Saved. The settings work."
    )
    findings = verdict.findings if verdict else ()
    notices = [each.message for each in findings if each.severity == "notice"]
    return " ".join([words, *notices])[:LONGEST_TOAST]


def saved_on(at: datetime | None) -> str:
    """Of a secret, which nobody can read back."""
    return f"It is set; the settings were last saved on {day(at)}." if at else "It is set."
