"""`ostiary serve`: the server, or the part of it that this machine runs."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import ExitStack
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, NoReturn

import structlog
import typer

from ostiary.cli.opening import FAILED, explained, settings
from ostiary.server.app import greetings, services
from ostiary.server.kernel import logs
from ostiary.server.kernel.settings import Role, Settings
from ostiary.server.kernel.sockets import PortTakenError, Sockets, sockets
from ostiary.server.kernel.start import open_kernel
from ostiary.server.kernel.supervision import NotStoppedError, ServiceEndedError, supervise
from ostiary.server.kernel.work import Kernel

app = typer.Typer(name="serve")
log = structlog.get_logger("ostiary.server")


@app.command()
def serve(
    role: Annotated[Role | None, typer.Option(help="What this process does. Default: all.")] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Where keys, certificates and the database are.")
    ] = None,
    http_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Plain HTTP, on this machine only.")
    ] = None,
    tls_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="HTTPS and gRPC, for everybody.")
    ] = None,
) -> None:
    """Run the server. Everything can be set with OSTIARY_* too, or in a file (OSTIARY_CONFIG)."""
    chosen = settings(role=role, data_dir=data_dir, http_port=http_port, tls_port=tls_port)
    logs.configure(chosen)
    signal.signal(signal.SIGTERM, _give_up)
    with explained(), ExitStack() as stack:
        kernel = stack.enter_context(open_kernel(chosen))
        try:
            _run(kernel)
        except NotStoppedError as error:
            log.warning("server.abandoned", reason=str(error))
            stack.close()
            os._exit(FAILED)  # threads that never end would keep the process for ever
        except PortTakenError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(FAILED) from None
        except ServiceEndedError as error:
            log.critical("server.failed", reason=str(error), exc_info=error.__cause__)
            raise typer.Exit(FAILED) from None
    log.info("server.stopped")


def _give_up(*_: object) -> NoReturn:
    """Until the services listen for signals themselves; the database must not stay behind."""
    raise SystemExit(0)


def _run(kernel: Kernel) -> None:
    with sockets(kernel.settings) as taken:
        _serve(replace(kernel, settings=taken.told_in(kernel.settings)), taken)


def _serve(kernel: Kernel, taken: Sockets) -> None:
    def announce(addresses: list[str]) -> None:
        for line in (*_greeting(kernel.settings), *addresses, *greetings(kernel)):
            typer.echo(line)

    async def everything() -> None:
        # a listener may use the running loop as soon as it is made
        running = list(services(kernel, taken))
        grace = kernel.settings.shutdown_seconds
        await supervise(running, grace=grace, started=announce)

    runner = asyncio.Runner()
    runner.run(everything())
    runner.close()


def _greeting(settings: Settings) -> tuple[str, str]:
    database = "PostgreSQL there" if settings.database_url is None else "PostgreSQL elsewhere"
    return (
        f"Ostiary {version('ostiary')}, role {settings.role}",
        f"data in {settings.data_dir}, {database}",
    )
