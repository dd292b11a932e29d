"""The ports of this process, taken before anything is told to anybody."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

from ostiary.server.kernel.settings import Settings

BACKLOG: Final = 2048


class PortTakenError(RuntimeError):
    pass


@dataclass(frozen=True, slots=True)
class Sockets:
    """`tls` is None where no clients are answered."""

    http: socket.socket
    tls: socket.socket | None

    def told_in(self, settings: Settings) -> Settings:
        """Links and client ids name these ports, also where the operator left the choice open."""
        ports = {"http_port": self.http.getsockname()[1]}
        if self.tls is not None:
            ports["tls_port"] = self.tls.getsockname()[1]
        return settings.model_copy(update=ports)


@contextmanager
def sockets(settings: Settings) -> Iterator[Sockets]:
    """PortTakenError."""
    with ExitStack() as stack:
        http = stack.enter_context(listen(settings.http_host, settings.http_port))
        tls = None
        if settings.runs_web:
            tls = stack.enter_context(
                listen(settings.tls_host, settings.tls_port, "OSTIARY_TLS_PORT")
            )
        yield Sockets(http, tls)


def listen(host: str, port: int, setting: str = "OSTIARY_HTTP_PORT") -> socket.socket:
    """On any free port if it is 0. From now on nobody is refused. PortTakenError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise PortTakenError(
            f"cannot listen on {host}:{port} ({error.strerror}); set another port with {setting}"
        ) from None
    return listening


def address(scheme: str, listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
