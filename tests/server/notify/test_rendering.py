"""What hostile names can do to a mail: nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from typing import Any

import pytest

from ostiary.server.notify.rendering import compose, render
from ostiary.server.notify.templates import TEMPLATES, Kind

HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
}
HOSTILE = [
    "Entra\r\nBcc: eve@evil.test",
    "Entra\n\nGet rich\n.\n",
    "Entra\x00\x0b\x85\u2028Bcc: eve@evil.test",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    '"><a href="https://evil.test">',
    "{connector_id} {0} {by.__class__} %s",
    "\u202etxt.exe",
    "../../sign_out?x=1#y",
    "=?utf-8?q?Bcc=3A_eve?=",
    "Ž" * 5000,
    "",
]


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, value or "") for name, value in attrs if name != "style"] or [
            (tag, "")
        ]


def written(kind: Kind, value: str) -> EmailMessage:
    """As a reader parses it from the wire, with every field of the template hostile."""
    template = TEMPLATES[kind]
    rendered = render(template, dict.fromkeys(template.fields, value), "https://o.test")
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    message = compose(
        rendered, sender="o@o.test", to="dana@corp.test", message_id="1@o.test", at=at
    )
    parsed: Any = message_from_bytes(bytes(message), policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("kind", list(Kind))
def test_a_hostile_value_stays_text(kind: Kind, value: str) -> None:
    message = written(kind, value)
    assert set(message.keys()) == HEADERS
    assert message["To"] == "dana@corp.test"
    assert message["Subject"].isprintable()
    assert len(message["Subject"]) <= 150
    assert not message.defects
    plain, html = message.get_body(["plain"]), message.get_body(["html"])
    assert plain is not None
    assert html is not None
    assert len(list(message.iter_parts())) == 2
    for part in (plain, html):
        assert part.get_content().replace("\r\n", "").isprintable()
    _check_html(kind, html.get_content(), written(kind, "harmless"))


def _check_html(kind: Kind, found: str, harmless: EmailMessage) -> None:
    """The same elements as ever, and one link, to our own server."""
    expected = harmless.get_body(["html"])
    assert expected is not None
    elements, usual = Elements(), Elements()
    elements.feed(found)
    usual.feed(expected.get_content())
    assert [tag for tag, _ in elements.found] == [tag for tag, _ in usual.found]
    [link] = [value for tag, value in elements.found if tag == "a"]
    path = link.removeprefix("https://o.test")
    assert path.count("/") == TEMPLATES[kind].path.count("/")
    assert not {"?", "#", '"', "<"} & set(path)


def test_values_are_not_read_as_templates() -> None:
    message = written(Kind.CONNECTOR_ALERT, "{connector_id}")
    assert message["Subject"] == "{connector_id} needs your attention"
