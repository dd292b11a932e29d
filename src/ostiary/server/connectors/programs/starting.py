"""What a connector's program is started with: where it is, in which bounds, with which words."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from ostiary.server.kernel.errors import failed_precondition

LAUNCHER: Final = Path(__file__).with_name("launch.py")
INHERITED: Final = frozenset(
    {
        "ALL_PROXY",
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "IDENTITY_ENDPOINT",
        "IDENTITY_HEADER",
        "LANG",
        "LC_ALL",
        "NO_PROXY",
        "PATH",
        "SSL_CERT_DIR",
        "SSL_CERT_FILE",
        "TMPDIR",
        "TZ",
    }
)
"""All that a connector gets of the server's environment, which holds the server's own secrets."""


def located(program: str) -> Path:
    """A path as it is; a name beside the running Python, else on the PATH. AppError for neither."""
    beside = Path(sys.executable).parent / program
    found = str(beside) if beside.is_file() else shutil.which(program)
    if found is None:
        raise failed_precondition(
            f"The program {program} is not installed where the server runs; "
            "OSTIARY_CONNECTOR_PROGRAMS says where it is."
        )
    return Path(found).absolute()


def launched(program: Path, words: Sequence[str], megabytes: int) -> list[str]:
    """The command line. The child ends with this process, however that ends."""
    script = [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), str(megabytes)]
    return [*script, str(program), *words]


def environment(values: Mapping[str, str], home: Path, **more: str) -> dict[str, str]:
    """`values` by field name become BATON_ variables; `more` goes in as it is."""
    inherited = {
        name: value for name, value in os.environ.items() if name.upper() in INHERITED and value
    }
    given = {variable(name): value for name, value in values.items()}
    return {**inherited, "HOME": str(home), **given, **more}


def variable(field: str) -> str:
    return f"BATON_{field.upper().replace('-', '_')}"
