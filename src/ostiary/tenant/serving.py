"""Serving a tenant in the foreground, until a signal stops it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from ostiary.tenant.announcement import announce, write_description
from ostiary.tenant.clock import RealClock
from ostiary.tenant.conditions import Conditions
from ostiary.tenant.hosting import Listening, PortTakenError, TenantServer
from ostiary.tenant.preparation import directory_of, prepared_server
from ostiary.tenant.remote import SERVING_FILE
from ostiary.tenant.size import Size
from ostiary.tenant.surface.weather import InvalidWeatherError, Weather


@dataclass(frozen=True, slots=True)
class Order:
    """What `ostiary tenant serve` was asked for."""

    story: str
    size: Size | None
    host: str
    port: int
    names: tuple[str, ...]
    tls: bool
    latency_ms: float
    quota: float
    lag: float
    premium: bool
    weather_file: Path | None
    data_dir: Path | None
    fresh_credentials: bool
    ready_file: Path | None

    @property
    def listening(self) -> Listening:
        return Listening(
            host=self.host,
            port=self.port,
            tls=self.tls,
            names=self.names,
            tls_dir=self.data_dir / "tls" if self.data_dir else None,
        )

    def conditions(self) -> Conditions:
        """Reads the weather file."""
        return Conditions(
            latency=self.latency_ms / 1000,
            quota=self.quota,
            lag=self.lag,
            premium="P2" if self.premium else None,
            weather=_weather(self.weather_file),
        )

    def notices(self) -> Iterator[Path]:
        """Files that say where the tenant is while it is up."""
        if self.ready_file:
            yield self.ready_file
        if self.data_dir:
            yield self.data_dir / SERVING_FILE


def serve_until_stopped(order: Order, console: Console) -> None:
    """Ends on SIGINT or SIGTERM; raises OSError or ValueError with a reason fit for people."""
    conditions = order.conditions()
    if order.size:
        console.print(f"Generating {order.size.users:,} users ...", style="dim")
    directory = directory_of(order.size or order.story, RealClock())
    server = prepared_server(
        directory,
        order.listening,
        conditions=conditions,
        data_dir=order.data_dir,
        fresh_credentials=order.fresh_credentials,
    )
    try:
        asyncio.run(_run(server, list(order.notices()), console))
    except PortTakenError as error:
        raise ValueError(
            f"{error.strerror}: choose another with --port, or --port 0 for any free one"
        ) from error


def _weather(path: Path | None) -> Weather | None:
    if path is None:
        return None
    try:
        return Weather.load(path)
    except InvalidWeatherError as error:
        text = str(error)
        raise ValueError(text if str(path) in text else f"{path}: {text}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not a text file") from error


async def _run(server: TenantServer, notices: list[Path], console: Console) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await server.start()
    try:
        for path in notices:
            write_description(server, path)
        announce(server, console)
        await stop.wait()
    finally:
        for path in notices:
            path.unlink(missing_ok=True)
        await server.stop()
