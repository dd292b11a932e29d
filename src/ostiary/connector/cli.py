"""A connector as a process: command line in, exit code out."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import click
import structlog
from rich.console import Console
from rich.text import Text

from ostiary.connector.arguments import Arguments, parse
from ostiary.connector.capabilities import capabilities_json
from ostiary.connector.definition import ConnectorDefinition
from ostiary.connector.faults import explained, is_unforeseen
from ostiary.connector.help import show_help
from ostiary.connector.logs import Format, logging_to
from ostiary.connector.oneshot import OneShot
from ostiary.connector.progress import Ledger
from ostiary.connector.redaction import Redactor
from ostiary.connector.resolve import resolve
from ostiary.connector.runtime_fields import RUNTIME_FIELDS
from ostiary.connector.schema import configuration_json
from ostiary.connector.service.probe import probe
from ostiary.connector.settings import Settings
from ostiary.connector.sources import Document, convert, find, load_document
from ostiary.connector.status import ConnectorError, Status, UsageError
from ostiary.connector.summary import Summary
from ostiary.connector.trial import Verdict, refused, try_out
from ostiary.connector.view import live_view

RUNNING = ("service", "health-check", "check")
"""Commands that need settings; the others only describe the connector."""


def run(
    definition: ConnectorDefinition,
    arguments: Sequence[str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> int:
    """Run the connector, once or as a service, and return its exit code (protocol reference 4.5).

    `arguments` are those after the program's name; by default both come from the process.
    Standard output carries what `capabilities`, `config`, `check`, `health-check`, `--help` and
    `--version` print and nothing else.
    """
    console = Console(stderr=True)
    redact = Redactor()
    words = sys.argv[1:] if arguments is None else arguments
    variables = os.environ if environment is None else environment
    try:
        parsed = parse(definition, words)
        if parsed.command not in ("", *RUNNING):
            _describe(definition, parsed.command)
            return 0
        document = load_document(variables, Path.cwd())
        if parsed.command == "health-check":
            return _probe(definition, parsed, variables, document)
        _conceal_secrets(redact, definition, parsed, variables, document)
        if parsed.command == "check":
            return _check(definition, parsed, variables, document, console, redact)
        settings = resolve(definition, parsed.flags, variables, document)
        if parsed.command == "service" and not settings.given("client-id"):
            raise UsageError("service needs --client-id and --client-secret.")
        return _Process(definition, settings, variables, console, redact).run(document)
    except ConnectorError as error:
        _show(console, redact, error)
        return error.exit_code
    except KeyboardInterrupt:
        _show(console, redact, ConnectorError(Status.CANCELED, "Stopped: nothing was written."))
        return int(Status.CANCELED)


def _describe(definition: ConnectorDefinition, command: str) -> None:
    match command:
        case "capabilities":
            click.echo(capabilities_json(definition))
        case "config":
            click.echo(configuration_json(definition))
        case "version":
            click.echo(f"{definition.name} version {definition.version}")
        case _:
            show_help(definition, Console(file=sys.stdout, highlight=False))


def _probe(
    definition: ConnectorDefinition,
    parsed: Arguments,
    environment: Mapping[str, str],
    document: Document,
) -> int:
    """Needs none of the settings but where the service answers."""
    try:
        where = {
            declared.name: convert(declared, given)
            for declared in RUNTIME_FIELDS
            if declared.name.startswith("health-check")
            and (given := find(declared, parsed.flags, environment, document)) is not None
        }
    except ValueError as error:
        raise UsageError(f"{error}.") from error
    settings = Settings(definition.all_fields, where)
    well, answer = probe(
        settings.get_str("health-check-bind-address"),
        settings.get_int("health-check-port"),
        parsed.probe.endpoint,
        parsed.probe.timeout,
    )
    click.echo(answer)
    return 0 if well else 1


def _check(
    definition: ConnectorDefinition,
    parsed: Arguments,
    environment: Mapping[str, str],
    document: Document,
    console: Console,
    redact: Redactor,
) -> int:
    """Log lines go where they always go; what was found is the one thing on standard output."""
    verdict = _tried(definition, parsed, environment, document, console, redact)
    click.echo(redact(verdict.json() if parsed.json else str(verdict)))
    return int(verdict.status)


def _tried(
    definition: ConnectorDefinition,
    parsed: Arguments,
    environment: Mapping[str, str],
    document: Document,
    console: Console,
    redact: Redactor,
) -> Verdict:
    try:
        settings = resolve(definition, parsed.flags, environment, document)
        with logging_to(
            console,
            redact,
            style=_style(settings, console),
            level=settings.get_str("log-level"),
            paths=settings.get_list("log-path"),
        ):
            return try_out(definition, settings, redact.conceal)
    except ConnectorError as error:
        return refused(error)


def _conceal_secrets(
    redact: Redactor,
    definition: ConnectorDefinition,
    parsed: Arguments,
    environment: Mapping[str, str],
    document: Document,
) -> None:
    """Before anything is checked: what is refused may be quoted."""
    for declared in definition.all_fields:
        if (given := find(declared, parsed.flags, environment, document)) is None:
            continue
        with suppress(ValueError):  # `resolve` reports it, without the value
            single = Settings([declared], {declared.name: convert(declared, given)})
            for value in single.secret_values():
                redact.conceal(value)


def _show(console: Console, redact: Redactor, error: ConnectorError) -> None:
    console.print(Text.assemble(("Error: ", "bold red"), redact(error.message)), soft_wrap=True)
    if error.remedy:
        console.print(Text(redact(error.remedy)), soft_wrap=True)


class _Process:
    """A sync from settings to exit code, with logs and a view."""

    def __init__(
        self,
        definition: ConnectorDefinition,
        settings: Settings,
        environment: Mapping[str, str],
        console: Console,
        redact: Redactor,
    ) -> None:
        self._definition = definition
        self._settings = settings
        self._environment = environment
        self._console = console
        self._redact = redact
        self._paths = settings.get_list("log-path")
        self._style = _style(settings, console)

    def run(self, document: Document) -> int:
        with logging_to(
            self._console,
            self._redact,
            style=self._style,
            level=self._settings.get_str("log-level"),
            paths=self._paths,
        ):
            self._warn_of_unknown_keys(document)
            try:
                if self._settings.given("client-id"):
                    self._serve()
                else:
                    self._succeeded(self._sync())
            except Exception as error:
                return self._failed(error)
            return 0

    def _serve(self) -> None:
        # What a service needs, gRPC above all, costs a single sync time and memory for nothing.
        from ostiary.connector.service.service import serve

        serve(self._definition, self._settings, self._environment, self._redact)

    def _sync(self) -> Summary:
        ledger = Ledger()
        one_shot = OneShot(
            self._definition, self._settings, self._environment, ledger, self._redact.conceal
        )
        if self._style == "json":
            return one_shot.run()
        with live_view(self._console, ledger, self._definition.display_name):
            return one_shot.run()

    def _succeeded(self, summary: Summary) -> None:
        if self._logged:
            self._log.info("sync complete", **summary.fields())
        if self._style == "console":
            summary.show(self._console)

    def _failed(self, error: Exception) -> int:
        known = explained(error)
        trace = error if is_unforeseen(error) else None
        if self._logged or trace:
            self._log.error(
                known.message,
                code=known.status.label,
                remedy=known.remedy,
                details=known.details,
                exc_info=trace,
            )
        if self._style == "console" or self._paths:
            _show(self._console, self._redact, known)
        return known.exit_code

    def _warn_of_unknown_keys(self, document: Document) -> None:
        known = {declared.name for declared in self._definition.all_fields}
        for name in sorted(document.values.keys() - known):
            self._log.warning("unknown setting is ignored", setting=name, file=str(document.path))

    @property
    def _logged(self) -> bool:
        """Whether log lines are read by something else than the person at the terminal."""
        return self._style == "json" or bool(self._paths)

    @property
    def _log(self) -> structlog.stdlib.BoundLogger:
        return structlog.stdlib.get_logger("ostiary.connector")


def _style(settings: Settings, console: Console) -> Format:
    match settings.get_str("log-format"):
        case "json":
            return "json"
        case "console":
            return "console"
        case _:
            return "console" if console.is_terminal else "json"
