"""Opens the server's data for a command, with words for what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from ostiary.server.kernel.account import NoAccountError
from ostiary.server.kernel.actor import Actor
from ostiary.server.kernel.database import DatabaseMissingError
from ostiary.server.kernel.errors import AppError
from ostiary.server.kernel.keyfile import KeyFileError
from ostiary.server.kernel.migration import DatabaseNewerError, NotMigratedError
from ostiary.server.kernel.postgres import PostgresError
from ostiary.server.kernel.rotation import WrongKeyError
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.start import open_existing_kernel
from ostiary.server.kernel.work import Kernel, UnitOfWork

CONSOLE = Actor("operator", "console", "Operator at the console")
"""Whoever can run commands on the server's machine; who that is, the machine knows."""

EXPLAINED = (
    DatabaseMissingError,
    DatabaseNewerError,
    FileNotFoundError,
    KeyFileError,
    NoAccountError,
    NotMigratedError,
    PostgresError,
    WrongKeyError,
)
FAILED = 1
MISUSED = 2


def settings(**overrides: Any) -> Settings:
    """From environment and file; what is None is left to them."""
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            name = "_".join(str(part) for part in problem["loc"]).upper()
            typer.echo(f"OSTIARY_{name}: {problem['msg']}", err=True)
        raise typer.Exit(MISUSED) from None
    except FileNotFoundError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(MISUSED) from None


@contextmanager
def explained() -> Iterator[None]:
    """Refusals, and errors that an operator can do something about, end the command with their
    words."""
    try:
        yield
    except EXPLAINED as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(FAILED) from None
    except AppError as refusal:
        typer.echo(refusal.message, err=True)
        raise typer.Exit(FAILED) from None
    except OperationalError as error:
        typer.echo(f"the database cannot be reached: {str(error.orig).strip()}", err=True)
        raise typer.Exit(FAILED) from None


@contextmanager
def opened_kernel() -> Iterator[Kernel]:
    """The data of a server that was started before, running or not."""
    with explained(), open_existing_kernel(settings()) as kernel:
        yield kernel


@contextmanager
def writing() -> Iterator[tuple[Kernel, UnitOfWork]]:
    """One unit of work of the operator's; a refusal undoes it and ends the command."""
    with opened_kernel() as kernel, kernel.work(CONSOLE) as unit:
        yield kernel, unit
