"""What mails say. A slice that tells something new adds its kind and its words here.

Words in braces are values of the context. They are put in as text: nothing in them is a template,
markup or a header.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from string import Formatter


class Kind(StrEnum):
    CONNECTOR_OWNER = "connector_owner"
    SYNCS_FAILING = "syncs_failing"
    SYNC_HELD = "sync_held"
    CONNECTOR_ALERT = "connector_alert"
    CREDENTIAL_EXPIRING = "credential_expiring"
    CREDENTIAL_EXPIRED = "credential_expired"
    TEST = "test"


@dataclass(frozen=True)
class Template:
    """`path`: where the link leads, from the base URL; values in it are encoded."""

    subject: str
    paragraphs: tuple[str, ...]
    action: str
    path: str

    @property
    def fields(self) -> frozenset[str]:
        """The names that a context must have."""
        texts = (self.subject, *self.paragraphs, self.action, self.path)
        parsed = (part for text in texts for part in Formatter().parse(text))
        return frozenset(name for _, name, _, _ in parsed if name)


_CONNECTOR = "/apps/{app_id}/connectors/{connector_id}"

TEMPLATES: dict[Kind, Template] = {
    Kind.CONNECTOR_OWNER: Template(
        "You own the connector {connector}",
        (
            "{by} made you an owner of the connector {connector}.",
            "You can finish its setup, follow its syncs and change its settings. When it fails, "
            "or when a credential of it comes to its end, Ostiary writes to you.",
        ),
        "Open the connector",
        _CONNECTOR,
    ),
    Kind.SYNCS_FAILING: Template(
        "{connector} fails to sync",
        (
            "The last {failures} syncs of the connector {connector} failed. What Ostiary shows of "
            "it is as old as the last sync that worked.",
            "The last message was: {error}",
            "There is no second mail about this until a sync works again.",
        ),
        "See its log",
        _CONNECTOR,
    ),
    Kind.SYNC_HELD: Template(
        "{connector} waits for your confirmation",
        (
            "The last sync of the connector {connector} would remove much at once, so it is held "
            "and nothing has changed: {error}",
            "The connector is paused until somebody confirms that the removal is meant, or "
            "resumes it and lets the next sync tell.",
        ),
        "Confirm or discard it",
        _CONNECTOR,
    ),
    Kind.CONNECTOR_ALERT: Template(
        "{connector} needs your attention",
        ("The connector {connector} reports: {error}",),
        "Open the connector",
        _CONNECTOR,
    ),
    Kind.CREDENTIAL_EXPIRING: Template(
        "A credential of {connector} ends {when}",
        (
            "{credential}, which the connector {connector} signs in with, ends {when}, on "
            "{ends_at}. From then on the connector cannot sync.",
            "{advice}",
        ),
        "Open the connector",
        _CONNECTOR,
    ),
    Kind.CREDENTIAL_EXPIRED: Template(
        "A credential of {connector} has expired",
        (
            "{credential}, which the connector {connector} signs in with, ended on {ends_at}. "
            "The connector cannot sync. Nothing is deleted; what Ostiary shows stays as it was.",
            "{advice}",
        ),
        "Open the connector",
        _CONNECTOR,
    ),
    Kind.TEST: Template(
        "A test mail from Ostiary",
        ("Mail from this Ostiary reaches you. {by} asked for it.",),
        "Open Ostiary",
        "/",
    ),
}
