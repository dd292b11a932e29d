"""Log lines: JSON for machines, readable ones on a terminal; secrets in neither."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from ostiary.server.kernel.redaction import redacted, without_secrets
from ostiary.server.kernel.settings import Settings

QUIETER = ("alembic", "procrastinate", "uvicorn", "asyncio", "httpx2", "httpcore2")
"""Libraries that say at info what only somebody who debugs wants to know, URLs included."""


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """Routes the logging of the whole process to `stream`, which is standard error by default."""
    stream = stream or sys.stderr
    as_json = settings.log_format == "json" or (
        settings.log_format == "auto" and not stream.isatty()
    )
    shared = _processors()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=_rendering(as_json, stream)
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name in QUIETER:
        level = "INFO" if settings.log_level == "debug" else "WARNING"
        logging.getLogger(name).setLevel(level)


def _processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _rendering(as_json: bool, stream: TextIO) -> list[Processor]:
    last: Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    return [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        # also for the console: what a traceback quotes is searched like any other text
        structlog.processors.format_exc_info,
        _redact,
        last,
    ]


def _redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """By name, and by what the known forms of secrets look like."""
    clean: EventDict = redacted(event)
    return {
        name: without_secrets(value) if isinstance(value, str) else value
        for name, value in clean.items()
    }
