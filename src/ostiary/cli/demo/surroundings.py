"""What the demo takes from the world around it, and what ends it."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

FOREIGN = ("OSTIARY_", "BATON_", "PG")
"""Beginnings of variables that could lead a program of the demo to somebody's real data."""
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOOPBACK = "127.0.0.1"


@contextmanager
def environment(given: Mapping[str, str]) -> Iterator[None]:
    """This process's environment, and so that of all it starts: `given`, and nothing FOREIGN."""
    before = dict(os.environ)
    for name in before:
        if name.startswith(FOREIGN):
            del os.environ[name]
    os.environ.update({"NO_PROXY": "*", "no_proxy": "*", **given})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def stoppable() -> Iterator[None]:
    """Ctrl-C, SIGTERM and a terminal that is closed raise KeyboardInterrupt, once."""

    def stop(number: int, frame: FrameType | None) -> None:
        for each in STOPPING:
            signal.signal(each, _unheard)
        raise KeyboardInterrupt

    before = {each: signal.signal(each, stop) for each in STOPPING}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def undisturbed() -> Iterator[None]:
    """For ending what was started: nothing of that may be cut short."""
    before = {each: signal.signal(each, _unheard) for each in STOPPING}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def open_port(usual: int = 0) -> int:
    """The usual one unless it is taken, else any free one."""
    for wanted in (usual, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, wanted))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no port is free")


def _unheard(number: int, frame: FrameType | None) -> None:
    pass
