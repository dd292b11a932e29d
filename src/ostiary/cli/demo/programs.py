"""Running the real programs on the terminal of whoever watches."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

from ostiary.cli.demo.narrator import StepFailedError

_PATIENCE = 5
"""Seconds a program gets to end by itself after Ctrl-C, which the terminal sent to it as well."""


def run(words: Sequence[str], environment: Mapping[str, str]) -> int:
    """The exit code. `words` begin with the name of a program that was installed with this one."""
    command = [str(_installed(words[0])), *words[1:]]
    with subprocess.Popen(command, env=environment) as process:  # noqa: S603 - our own programs
        try:
            return process.wait()
        except KeyboardInterrupt:
            _end(process)
            raise


def environment_for(tenant: Mapping[str, str], config: Path) -> dict[str, str]:
    """Of this process's environment, all but what could lead the connector elsewhere."""
    inherited = {name: value for name, value in os.environ.items() if name[:6] != "BATON_"}
    return {
        **inherited,
        **tenant,
        "BATON_CONFIG_PATH": str(config.resolve()),
        "BATON_LOG_FORMAT": "console",
        "NO_PROXY": "*",
        "no_proxy": "*",
    }


def _installed(name: str) -> Path:
    beside = Path(sysconfig.get_path("scripts")) / name
    if beside.exists():
        return beside
    found = shutil.which(name)
    if found is None:
        raise StepFailedError(f"The program {name} is not installed. `make install` installs it.")
    return Path(found)


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.terminate()
        process.wait()
