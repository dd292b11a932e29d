"""Handing a message to the SMTP server."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage

from ostiary.server.kernel.redaction import MASK, without_secrets
from ostiary.server.kernel.settings import Settings
from ostiary.server.notify.rendering import one_line

SECONDS = 20.0
"""How long the server may take to answer one command."""


class RefusedError(Exception):
    """The server will never take this message, in its own words."""


class LaterError(Exception):
    """The server may take this message at another time."""


class UnreachableError(LaterError):
    """The server takes no message at all now."""


def send(settings: Settings, message: EmailMessage) -> None:
    """Returns once the server has taken the message, and only then. Blocks.

    RefusedError or LaterError otherwise.
    """
    try:
        client = _opened(settings)
    except (smtplib.SMTPException, OSError) as error:
        raise UnreachableError(_words(error, settings)) from None
    try:
        client.send_message(message)
    except (smtplib.SMTPException, OSError) as error:
        words = _words(error, settings)
        raise (RefusedError if _is_final(error) else LaterError)(words) from None
    finally:
        # it has the message or not by now; how it says goodbye changes nothing
        with suppress(smtplib.SMTPException, OSError):
            client.quit()
        client.close()


def _opened(settings: Settings) -> smtplib.SMTP:
    host, port = settings.smtp_address
    context = ssl.create_default_context()
    if settings.smtp_security == "tls":
        client: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
    else:
        client = smtplib.SMTP(host, port, timeout=SECONDS)
    try:
        if settings.smtp_security == "starttls":
            client.starttls(context=context)
        if settings.smtp_user:
            password = settings.smtp_password
            client.login(settings.smtp_user, password.get_secret_value() if password else "")
    except BaseException:
        client.close()
        raise
    return client


def _is_final(error: Exception) -> bool:
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=answers):
            return all(code >= 500 for code, _ in answers.values())
        case smtplib.SMTPResponseException(smtp_code=code):
            return code >= 500
        case smtplib.SMTPNotSupportedError():
            return True
    return False


def _words(error: Exception, settings: Settings) -> str:
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=answers):
            text = "; ".join(_answer(code, words) for code, words in answers.values())
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=words):
            text = _answer(code, words)
        case _:
            text = str(error) or type(error).__name__
    password = settings.smtp_password
    if password and password.get_secret_value():
        text = text.replace(password.get_secret_value(), MASK)
    return one_line(without_secrets(text))


def _answer(code: int, words: bytes | str) -> str:
    return f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"
