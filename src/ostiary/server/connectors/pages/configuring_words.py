"""What is said once settings work."""

from __future__ import annotations

from ostiary.server.connectors.configuration.findings import Verdict

LONGEST_TOAST = 300


def saved_toast(verdict: Verdict, *, first: bool) -> str:
    """With what the program noticed beside."""
    words = (
        "The settings work. The first sync starts now." if first else "Saved. The settings work."
    )
    notices = [each.message for each in verdict.findings if each.severity == "notice"]
    return " ".join([words, *notices])[:LONGEST_TOAST]
