"""What whoever watched the demo may try next, as commands that work."""

from __future__ import annotations

import sys
from pathlib import Path

from ostiary.cli.demo.narrator import Narrator
from ostiary.entra.permissions import NEEDED

SETTINGS = {
    "BATON_ENTRA_TENANT_ID": "Directory (tenant) ID",
    "BATON_ENTRA_CLIENT_ID": "Application (client) ID",
    "BATON_ENTRA_CLIENT_SECRET": "Value of the secret, not its ID",
}


def farewell(narrator: Narrator, file: Path) -> None:
    narrator.heading(f"Every step did what it said. The file is {file}.")
    activate = Path(sys.prefix) / "bin" / "activate"
    if activate.is_relative_to(Path.cwd()) and activate.exists():
        narrator.heading("Put the commands on the path of this shell")
        narrator.command([".", str(activate.relative_to(Path.cwd()))])
    _look_around(narrator, str(file))
    _simulate(narrator, file.parent)
    _connect(narrator)


def _look_around(narrator: Narrator, file: str) -> None:
    narrator.heading("Look around in the file")
    narrator.command(["ostiary", "c1z", "show", file])
    narrator.command(["ostiary", "c1z", "access", file, "--principal", "alice@corp.example"])
    narrator.command(["ostiary", "c1z", "grants", file, "--resource", "Expenses"])
    xavier = ["ostiary", "c1z", "explain", file, "--principal", "xavier@corp.example"]
    narrator.command([*xavier, "--entitlement", "SG-Diamond: members"])


def _simulate(narrator: Narrator, folder: Path) -> None:
    narrator.heading("Run the simulated tenant yourself")
    data = ["--data-dir", str(folder / "tenant")]
    narrator.command(["ostiary", "tenant", "serve", *data])
    narrator.say("It prints what to paste into a second terminal to sync it. There, also:")
    narrator.command(["ostiary", "tenant", "drift", "--steps", "5", *data])
    narrator.command(["ostiary", "tenant", "ledger", *data])


def _connect(narrator: Narrator) -> None:
    narrator.heading("Connect your own tenant: nothing is written to it")
    narrator.say(
        "In the Entra admin center register an application. Under API permissions add these "
        "application permissions of Microsoft Graph, then press Grant admin consent:"
    )
    for permission in permissions():
        narrator.say(permission, "-")
    narrator.say("Make a client secret, then in a shell:")
    for name, meaning in SETTINGS.items():
        narrator.shell(f"export {name}='<{meaning}>'")
    narrator.command(["baton-microsoft-entra", "--file", "sync.c1z"])
    narrator.say("README.md tells the other ways to sign in, every option, and production.")


def permissions() -> list[str]:
    """The least privileged Graph permission of each feature, once."""
    features = (feature for needed in NEEDED.values() for feature in needed)
    return list(dict.fromkeys(feature.least for feature in features))
