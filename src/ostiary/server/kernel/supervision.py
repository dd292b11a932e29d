"""Runs services together: one that fails ends all, and a signal ends them well."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog

from ostiary.server.kernel.service import Service

log = structlog.get_logger("ostiary.server")


class ServiceEndedError(RuntimeError):
    """A service stopped without being asked to."""


class NotStoppedError(RuntimeError):
    """Something was still running when the time to stop was over."""


async def supervise(
    services: Sequence[Service], *, grace: float, started: Callable[[list[str]], None]
) -> None:
    """Until SIGTERM or SIGINT. `started` is told the addresses once everything listens.

    NotStoppedError when something still runs `grace` seconds after the signal, or at a second one.
    """
    stop, at_once = asyncio.Event(), asyncio.Event()
    with _on_signals(lambda: (at_once if stop.is_set() else stop).set()):
        started([address for service in services for address in await service.start()])
        running = {asyncio.create_task(service.run()): service for service in services}
        asked = asyncio.create_task(stop.wait())
        await asyncio.wait([asked, *running], return_when=asyncio.FIRST_COMPLETED)
        failure = None if stop.is_set() else _failure(running)
        stop.set()
        log.info("server.stopping")
        await _stop_all(running, at_once, grace)
    if failure:
        raise failure


@contextmanager
def _on_signals(act: Callable[[], None]) -> Iterator[None]:
    loop, numbers = asyncio.get_running_loop(), (signal.SIGTERM, signal.SIGINT)
    for number in numbers:
        loop.add_signal_handler(number, act)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


def _failure(running: dict[asyncio.Task[None], Service]) -> ServiceEndedError:
    task, service = next((task, service) for task, service in running.items() if task.done())
    error = ServiceEndedError(f"{service.name} ended")
    if not task.cancelled():
        error.__cause__ = task.exception()
    return error


async def _stop_all(
    running: dict[asyncio.Task[None], Service], at_once: asyncio.Event, grace: float
) -> None:
    ending = asyncio.create_task(_stop_each(running))
    impatient = asyncio.create_task(at_once.wait())
    done, _ = await asyncio.wait(
        [ending, impatient], timeout=grace, return_when=asyncio.FIRST_COMPLETED
    )
    impatient.cancel()
    if ending not in done:
        raise NotStoppedError("something is still running; left to whoever takes over")
    await ending


async def _stop_each(running: dict[asyncio.Task[None], Service]) -> None:
    await asyncio.gather(*(service.stop() for task, service in running.items() if not task.done()))
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
