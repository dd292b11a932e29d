"""The connector's own process, started as deploy/service.yaml has Kubernetes start it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from tests.server.connectors.hosted.world import reserved_port
from tests.server.kernel.running import PATIENCE

MANIFEST = Path(__file__).parents[2] / "deploy" / "service.yaml"
PROGRAM = Path(sys.executable).with_name("baton-microsoft-entra")
OF_THE_PLACE = {"BATON_GRAPH_DOMAIN", "BATON_ENTRA_LOGIN_DOMAIN"}
"""What says that Microsoft's clouds are elsewhere: nothing that a manifest would name."""


def container() -> dict[str, Any]:
    """The one of the manifest."""
    (deployment,) = yaml.safe_load_all(MANIFEST.read_text(encoding="utf-8"))
    (found,) = deployment["spec"]["template"]["spec"]["containers"]
    told: dict[str, Any] = found
    return told


def manifest_environment(pod: str, here: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The manifest's variables and no others, with its place-holders filled from `here`.

    Folders and ports are this machine's, and so is where the simulated tenant listens.
    """
    state = folder / f"{pod}-data"
    state.mkdir()
    mine = {
        "BATON_STATE_DIR": str(state),
        "BATON_HEALTH_CHECK_BIND_ADDRESS": "127.0.0.1",
        "BATON_HEALTH_CHECK_PORT": str(reserved_port()),
    }
    given = {each["name"]: _value(each, pod, {**here, **mine}) for each in container()["env"]}
    return given | {name: value for name, value in here.items() if name in OF_THE_PLACE}


def _value(variable: Mapping[str, Any], pod: str, here: Mapping[str, str]) -> str:
    name: str = variable["name"]
    source = variable.get("valueFrom", {})
    if "fieldRef" in source:
        assert source["fieldRef"]["fieldPath"] == "metadata.name"
        return pod
    if "secretKeyRef" in source:
        return here[source["secretKeyRef"]["key"]]
    assert isinstance(variable["value"], str), f"Kubernetes refuses {name}"
    return here.get(name, variable["value"])


class Replica:
    def __init__(self, process: subprocess.Popen[bytes], port: str, output: Path) -> None:
        self._process = process
        self._port = port
        self._output = output

    @property
    def log(self) -> str:
        return self._output.read_text()

    def ready(self) -> bool:
        """As the kubelet asks."""
        try:
            url = f"http://127.0.0.1:{self._port}/ready"
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError as error:
            error.close()
            return False

    def kill(self) -> None:
        """With -9."""
        self._process.kill()
        self._process.wait(PATIENCE)

    def stop(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(PATIENCE)


@contextmanager
def replica(environment: Mapping[str, str]) -> Iterator[Replica]:
    """Killed at the end if it still runs. `environment` is all that it has."""
    state = Path(environment["BATON_STATE_DIR"])
    output = state.with_suffix(".log")
    home = {"HOME": str(state), "PATH": os.environ["PATH"], "TMPDIR": str(state)}
    with output.open("wb") as log:
        process = subprocess.Popen(
            [str(PROGRAM), *container()["args"]],
            env=home | dict(environment),
            cwd=state,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    made = Replica(process, environment["BATON_HEALTH_CHECK_PORT"], output)
    try:
        yield made
    finally:
        process.kill()
        process.wait()
