"""Log lines: JSON in the shape of zap's production encoder, or readable ones on a terminal.

Lines of structlog and of the standard library come out alike. Nothing here writes to standard
output, and nothing leaves without passing the redactor.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TextIO

import structlog
from rich.console import Console
from rich.text import Text
from structlog.typing import EventDict, Processor, WrappedLogger

from ostiary.connector.redaction import Redactor
from ostiary.connector.status import ConnectorError, Status

Format = Literal["json", "console"]

ZAP_LEVELS = {"warning": "warn", "critical": "error", "exception": "error"}
OWN_LOGGERS = ("ostiary", "connector")
"""Libraries under other names are heard from warning on, unless everything is wanted."""


def level_number(name: str) -> int:
    """The level of that name; info for a name nobody knows, as Go connectors do."""
    known = {"debug": logging.DEBUG, "warn": logging.WARNING, "error": logging.ERROR}
    return known.get(name.lower(), logging.INFO)


@contextmanager
def logging_to(
    console: Console,
    redact: Redactor,
    *,
    style: Format,
    level: str = "info",
    paths: Sequence[str] = (),
) -> Iterator[None]:
    """Route all logging to `console` (standard error) or to `paths` while the context lasts."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_log_level,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handlers = _handlers(console, paths, redact, style)
    root = logging.getLogger()
    previous, previous_level = root.handlers[:], root.level
    root.handlers[:] = handlers
    root.setLevel(level_number(level))
    try:
        yield
    finally:
        root.handlers[:] = previous
        root.setLevel(previous_level)
        structlog.reset_defaults()
        for handler in handlers:
            handler.close()


def _handlers(
    console: Console, paths: Sequence[str], redact: Redactor, style: Format
) -> list[logging.Handler]:
    if not paths:
        colored = style == "console" and console.is_terminal and not console.no_color
        return [_formatted(ConsoleHandler(console), redact, style, colored)]
    return [_formatted(_path_handler(path), redact, style, False) for path in paths]


def _path_handler(path: str) -> logging.Handler:
    streams: dict[str, TextIO] = {"stderr": sys.stderr, "stdout": sys.stdout}
    if path in streams:
        return logging.StreamHandler(streams[path])
    try:
        return logging.FileHandler(Path(path).expanduser(), encoding="utf-8")
    except OSError as error:
        raise ConnectorError(
            Status.INVALID_ARGUMENT,
            f"Log lines cannot be written to {path}: {error.strerror}.",
            remedy="Give --log-path a file in an existing, writable folder.",
        ) from error


def _formatted(
    handler: logging.Handler, redact: Redactor, style: Format, colored: bool
) -> logging.Handler:
    handler.setFormatter(RedactingFormatter(redact, style, colored))
    handler.addFilter(_worth_hearing)
    return handler


def _worth_hearing(record: logging.LogRecord) -> bool:
    own = record.name.partition(".")[0] in OWN_LOGGERS
    return own or record.levelno >= logging.WARNING or logging.getLogger().level <= logging.DEBUG


class RedactingFormatter(structlog.stdlib.ProcessorFormatter):
    def __init__(self, redact: Redactor, style: Format, colored: bool) -> None:
        super().__init__(
            processors=_json_chain() if style == "json" else _console_chain(colored),
            foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.ExtraAdder()],
        )
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(super().format(record))


def _json_chain() -> list[Processor]:
    return [
        structlog.processors.format_exc_info,
        zap_shape,
        structlog.processors.JSONRenderer(default=str, ensure_ascii=False),
    ]


def _console_chain(colored: bool) -> list[Processor]:
    return [
        structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.dev.ConsoleRenderer(
            colors=colored, pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
        ),
    ]


def zap_shape(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """`level`, `ts` (seconds since 1970), `caller`, `msg`, then the fields."""
    record: logging.LogRecord = event.pop("_record")
    event.pop("_from_structlog", None)
    level = str(event.pop("level", record.levelname)).lower()
    message = event.pop("event", "")
    trace = event.pop("exception", None)
    shaped = {
        "level": ZAP_LEVELS.get(level, level),
        "ts": record.created,
        "caller": f"{'/'.join(Path(record.pathname).parts[-2:])}:{record.lineno}",
        "msg": message,
        **event,
    }
    return shaped if trace is None else {**shaped, "stacktrace": trace}


class ConsoleHandler(logging.Handler):
    """Prints through rich, so that lines scroll above a live display."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
            self._console.print(Text.from_ansi(line), soft_wrap=True)
        except Exception:
            self.handleError(record)
