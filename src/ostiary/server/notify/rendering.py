"""From a template and a context to a mail, as plain text and as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from textwrap import fill
from urllib.parse import quote

from ostiary.server.notify.templates import Template

LONGEST_SUBJECT = 150
LONGEST_VALUE = 1000
WIDTH = 75

_HTML = """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{subject}</title></head>
<body style="font: 16px/1.5 system-ui, sans-serif; color: #1b1b1b; max-width: 38rem">
{paragraphs}
<p><a href="{link}" style="color: #1f5fbf">{action}</a></p>
<p style="color: #666; font-size: 13px">Sent by Ostiary at {base}.</p>
</body>
</html>
"""


class AddressError(ValueError):
    """What is stored as an address is none."""


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str


def render(template: Template, context: Mapping[str, object], base_url: str) -> Rendered:
    """`base_url` without a slash at its end."""
    values = {name: one_line(str(value)) for name, value in context.items()}
    paragraphs = [text.format_map(values) for text in template.paragraphs]
    link = base_url + template.path.format_map(
        {name: quote(value, safe="") for name, value in values.items()}
    )
    subject = _shortened(template.subject.format_map(values), LONGEST_SUBJECT)
    wrapped = [_wrapped(paragraph) for paragraph in paragraphs]
    last = f"{template.action}:\n{link}"
    return Rendered(
        subject,
        "\n\n".join([*wrapped, last, f"Sent by Ostiary at {base_url}."]) + "\n",
        _HTML.format(
            subject=escape(subject),
            paragraphs="\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs),
            link=escape(link),
            action=escape(template.action),
            base=escape(base_url),
        ),
    )


def compose(
    rendered: Rendered, *, sender: str, to: str, message_id: str, at: datetime
) -> EmailMessage:
    """AddressError for a recipient that no mail can be addressed to. `message_id` has no <>."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Ostiary", addr_spec=sender)
    message["To"] = _address(to)
    message["Subject"] = rendered.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{message_id}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(rendered.text)
    message.add_alternative(rendered.html, subtype="html")
    return message


def one_line(text: str) -> str:
    """Without line breaks, control characters and what turns the direction of writing."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return _shortened(" ".join(printable.split()), LONGEST_VALUE)


def _address(text: str) -> Address:
    try:
        address = Address(addr_spec=text)
    except (HeaderParseError, ValueError, IndexError):
        raise AddressError("that is no e-mail address") from None
    if not address.domain or not text.isprintable():
        raise AddressError("that is no e-mail address")
    return address


def _wrapped(paragraph: str) -> str:
    return fill(paragraph, WIDTH, break_long_words=False, break_on_hyphens=False)


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
