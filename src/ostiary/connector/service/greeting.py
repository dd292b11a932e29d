"""Hello: who this connector is, what it can do, and what it runs on (protocol reference 3.4)."""

from __future__ import annotations

import platform
from collections.abc import Mapping

from ostiary.baton.pb import connectorapi_v1 as pb
from ostiary.baton.pb.connector_v2 import ConnectorMetadata
from ostiary.connector.capabilities import capabilities
from ostiary.connector.definition import ConnectorDefinition
from ostiary.connector.limits import clip

WORD_BYTES = 256
UNKNOWN = "unknown"
"""Peers want none of the words about the machine empty."""

NO_HOST = "baton-sdk"


def host_id_from(environment: Mapping[str, str]) -> str:
    """BATON_HOST_ID, else the machine's name."""
    return clip(environment.get("BATON_HOST_ID", "") or platform.node() or NO_HOST, WORD_BYTES)


def greeting(
    definition: ConnectorDefinition, host_id: str, task_id: str = ""
) -> pb.BatonServiceHelloRequest:
    """`task_id` names the task that asked for it, "" at the start."""
    return pb.BatonServiceHelloRequest(
        host_id=host_id,
        task_id=task_id,
        build_info=pb.BatonServiceHelloRequest.BuildInfo(
            lang_version=f"python{platform.python_version()}",
            package=definition.name,
            package_version=definition.version,
        ),
        os_info=_machine(),
        connector_metadata=metadata(definition),
    )


def metadata(definition: ConnectorDefinition) -> ConnectorMetadata:
    return ConnectorMetadata(
        display_name=definition.display_name,
        help_url=definition.help_url,
        description=definition.description,
        capabilities=capabilities(definition),
    )


def _machine() -> pb.BatonServiceHelloRequest.OSInfo:
    system = platform.uname()
    release = _release()
    words = {
        "hostname": system.node,
        "os": system.system.lower(),
        "platform": release.get("ID", system.system.lower()),
        "platform_version": release.get("VERSION_ID", system.release),
        "platform_family": release.get("ID_LIKE", release.get("ID", "")),
        "kernel_version": system.release,
        "kernel_arch": system.machine,
        "virtualization_system": "",
    }
    filled = {name: clip(word, WORD_BYTES) or UNKNOWN for name, word in words.items()}
    return pb.BatonServiceHelloRequest.OSInfo(**filled)


def _release() -> Mapping[str, str]:
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}
