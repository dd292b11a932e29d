"""PostgreSQL refuses to run as root. When we are root, it runs under an account of its own."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

import structlog

NAME = "ostiary-postgres"

log = structlog.get_logger("ostiary.server.postgres")


class NoAccountError(RuntimeError):
    """There is nobody to run PostgreSQL as."""


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int


def account_for_postgres(data: Path) -> Account | None:
    """None when we are not root: then the server runs as we do. Else who the data belong to."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    entry = _lookup() or _create()
    return Account(entry.pw_uid, entry.pw_gid)


def _lookup() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        return None


def _create() -> pwd.struct_passwd:
    with Path("/etc/passwd").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _lookup() is None:
            useradd = shutil.which("useradd", path="/usr/sbin:/usr/bin:/sbin:/bin")
            if useradd is None:
                raise NoAccountError(
                    "PostgreSQL does not run as root, and there is no useradd for an account; "
                    "run Ostiary as an ordinary user or set OSTIARY_DATABASE_URL"
                )
            subprocess.run(  # noqa: S603
                [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME],
                check=True,
                capture_output=True,
            )
    return pwd.getpwnam(NAME)


def let_through(account: Account, *directories: Path) -> None:
    """Let the account pass (not list) every directory on the way to these."""
    for directory in directories:
        for parent in (directory, *directory.resolve().parents):
            found = parent.stat()
            if found.st_uid != account.uid and not found.st_mode & stat.S_IXOTH:
                log.warning("postgres.passage_opened", directory=str(parent))
                parent.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXOTH)
