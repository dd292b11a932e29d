"""Processes of the server and of agents on one database; what they and the database tell."""

from __future__ import annotations

import multiprocessing
import os
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import psycopg

from tests.server.faults.fuse import FUSE

PROCESSES = multiprocessing.get_context("forkserver")
"""Forked off one that has loaded everything: what starts in no time can die more often."""
PROCESSES.set_forkserver_preload(["tests.server.faults.hurried", "tests.server.faults.agent"])
PATIENCE = 120
"""Seconds without any news until something counts as hanging."""

TELL = """
CREATE FUNCTION tell_fault_test() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('faults', concat_ws(' ', TG_TABLE_NAME, NEW.id, TG_ARGV[0]));
    RETURN NULL;
END $$;
CREATE TRIGGER tell_fault_test AFTER UPDATE OF state ON connector_syncs
    FOR EACH ROW EXECUTE FUNCTION tell_fault_test();
CREATE TRIGGER tell_fault_test AFTER UPDATE OF status ON procrastinate_jobs
    FOR EACH ROW WHEN (NEW.task_name = 'connectors.ingest_sync')
    EXECUTE FUNCTION tell_fault_test();
LISTEN faults;
"""


@dataclass(frozen=True)
class Told:
    """A line of a process, or None when it ended; of the database its notification."""

    by: str
    line: str | None


@dataclass
class Member:
    """A process under a name that outlives it. `kind`: web, worker or agent."""

    kind: str
    name: str
    program: Callable[..., None]
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    process: BaseProcess | None = None
    deaths: int = 0


def _become(member: Member, fuse: int, told: Connection, log: Path) -> None:
    """What a new process does first: it gets the output and the environment of a program."""
    os.dup2(told.fileno(), 1)
    with log.open("a") as errors:
        os.dup2(errors.fileno(), 2)
    for name in [name for name in os.environ if name.startswith(("OSTIARY_", "BATON_"))]:
        del os.environ[name]
    os.environ.update(member.environment)
    os.environ[FUSE] = str(fuse)
    member.program(member.environment, *member.arguments)


@dataclass
class Cluster:
    folder: Path
    url: str
    members: dict[str, Member] = field(default_factory=dict)
    told: queue.Queue[Told] = field(default_factory=queue.Queue)
    _listeners: list[threading.Thread] = field(default_factory=list)

    @property
    def addresses(self) -> Path:
        return self.folder / "addresses"

    def start(self, member: Member, fuse: int) -> None:
        """`fuse`: after how many steps it dies; 0 for never."""
        self.members[member.name] = member
        mine, theirs = PROCESSES.Pipe(duplex=False)
        bare = replace(member, process=None)
        log = self.folder / f"{member.name}.log"
        member.process = PROCESSES.Process(target=_become, args=(bare, fuse, theirs, log))
        member.process.start()
        theirs.close()
        listener = threading.Thread(target=self._listen, args=(member.name, member.process, mine))
        listener.start()
        self._listeners.append(listener)

    def next(self) -> Told:
        try:
            return self.told.get(timeout=PATIENCE)
        except queue.Empty:
            raise AssertionError(f"nothing happens any more\n{self.logs()}") from None

    def logs(self) -> str:
        return "\n".join(
            f"--- {file.name}\n{file.read_text()[-3000:]}"
            for file in sorted(self.folder.glob("*.log"))
        )

    def end(self) -> None:
        """All are killed; what they said last is in `told`."""
        for member in self.members.values():
            if member.process is not None:
                member.process.kill()
                member.process.join()
        for listener in self._listeners:
            listener.join()

    def _listen(self, name: str, process: BaseProcess, output: Connection) -> None:
        with os.fdopen(os.dup(output.fileno())) as lines:
            output.close()
            for line in lines:
                self.told.put(Told(name, line.strip()))
        wait([process.sentinel])
        self.told.put(Told(name, None))


@contextmanager
def cluster(folder: Path, url: str) -> Iterator[Cluster]:
    made = Cluster(folder, url)
    made.addresses.mkdir()
    with ExitStack() as stack:
        watching = stack.enter_context(psycopg.connect(url, autocommit=True))
        watching.execute(TELL)
        over = threading.Event()
        thread = threading.Thread(target=_watch, args=(watching, made, over))
        thread.start()
        stack.callback(thread.join)
        stack.callback(over.set)
        stack.callback(made.end)
        yield made


def _watch(connection: psycopg.Connection[Any], cluster: Cluster, over: threading.Event) -> None:
    while not over.is_set():
        for told in connection.notifies(timeout=0.2):
            cluster.told.put(Told("database", told.payload))
