"""What whoever watched the demo may try next, as commands that work."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from ostiary.cli.demo.changes import MOVED
from ostiary.cli.demo.folder import Folder
from ostiary.cli.demo.narrator import Narrator
from ostiary.cli.demo.server import Server
from ostiary.entra.permissions import NEEDED
from ostiary.tenant.server import SimulatedTenant


def invitation(
    narrator: Narrator, tenant: SimulatedTenant, folder: Folder, server: Server, before: datetime
) -> None:
    """While all of it runs."""
    name = tenant.directory.organization["displayName"]
    narrator.heading("Every step did what it said. Tenant and server stay up until Ctrl-C.")
    narrator.say(f"The server is {server.url}. To become its first Super Administrator, open")
    narrator.line(server.link)
    _prepare(narrator, folder, "In a second terminal, in this folder")
    narrator.heading("Let more happen in the tenant, and look at it")
    drift = ["--url", tenant.url, "--ca-file", str(tenant.ca_file)]
    narrator.command(["ostiary", "tenant", "drift", "--steps", "5", *drift])
    narrator.command(["ostiary", "connectors", "sync", name])
    narrator.command(["ostiary", "connectors", "show", name])
    _ask(narrator, before)
    narrator.heading("Let its accounts become people")
    narrator.command(["ostiary", "people", "directory", name])
    narrator.command(["ostiary", "people", "show", MOVED])
    narrator.heading("Ctrl-C stops everything.")
    narrator.hand_over(blank=False)


def farewell(narrator: Narrator, folder: Folder, before: datetime) -> None:
    """When nothing of it runs any more."""
    narrator.heading("Every step did what it said. Nothing of the demo is running any more.")
    narrator.say(
        f"The server's data are in {folder.path / 'server'}, and commands still read them. Without "
        "ONCE=1 (`ostiary demo` without --once) tenant and server stay up."
    )
    _prepare(narrator, folder, "To look around")
    narrator.command(["ostiary", "connectors", "list"])
    _ask(narrator, before)
    _connect(narrator)


def _prepare(narrator: Narrator, folder: Folder, when: str) -> None:
    narrator.heading(when)
    activate = Path(sys.prefix) / "bin" / "activate"
    if activate.is_relative_to(Path.cwd()) and activate.exists():
        narrator.command([".", str(activate.relative_to(Path.cwd()))])
    path = folder.environment
    narrator.command([".", str(path) if path.is_absolute() else f"./{path}"])


def _ask(narrator: Narrator, before: datetime) -> None:
    narrator.command(["ostiary", "access", "what", "alice@corp.example"])
    narrator.command(["ostiary", "access", "diff", f"{before:%Y-%m-%dT%H:%M:%SZ}"])
    narrator.command(["ostiary", "apps", "list", "--unmanaged"])
    narrator.command(["ostiary", "audit", "verify"])


def _connect(narrator: Narrator) -> None:
    narrator.heading("Connect your own tenant: nothing is written to it")
    narrator.say(
        "In the Entra admin center register an application. Under API permissions add these "
        "application permissions of Microsoft Graph, then press Grant admin consent:"
    )
    for permission in permissions():
        narrator.say(permission, "-")
    narrator.say(
        "Make a client secret and start `ostiary serve`. The command asks for the secret's value:"
    )
    words = ["ostiary", "connectors", "create", "Entra", "--kind", "microsoft-entra"]
    ids = ("--set entra-tenant-id=<Directory ID> --set entra-client-id=<Application ID>",)
    narrator.shell(" ".join([*words, *ids]))
    narrator.say("README.md tells the other ways to sign in, every option, and production.")


def permissions() -> list[str]:
    """The least privileged Graph permission of each feature, once."""
    features = (feature for needed in NEEDED.values() for feature in needed)
    return list(dict.fromkeys(feature.least for feature in features))
