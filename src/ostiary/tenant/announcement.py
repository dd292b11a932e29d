"""What a running simulator tells people and scripts about itself."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import Any

from rich.console import Console

from ostiary.tenant.hosting import TenantServer, connector_environment
from ostiary.tenant.login.interactive import PASSWORD


def description(server: TenantServer) -> dict[str, Any]:
    """Everything a script needs: where, as whom, trusting what."""
    certificate = server.certificate
    return {
        "url": server.url,
        "graph_domain": server.domain,
        "login_domain": server.domain,
        "ca_file": str(certificate.ca_file) if certificate else None,
        "tenant_id": server.directory.tenant_id,
        "client_id": server.registration.app_id,
        "client_secret": server.registration.secrets[0].value,
        "client_secret_id": server.registration.secrets[0].id,
        "environment": connector_environment(server),
        "pid": os.getpid(),
    }


def write_description(server: TenantServer, path: Path) -> None:
    """At once and for the owner only: a script that sees the file can read all of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(description(server), file, indent=2)
    draft.replace(path)


def announce(server: TenantServer, console: Console) -> None:
    """Print the address, the credentials and how to run the connector against them."""
    told = description(server)
    rows = {
        "Address": told["url"],
        "Tenant id": told["tenant_id"],
        "Client id": told["client_id"],
        "Client secret": told["client_secret"],
        "CA file": told["ca_file"] or "none: plain HTTP",
        "People sign in with": PASSWORD,
    }
    console.print(f"\nSimulated tenant {server.login.tenant.display_name!r} is up", style="bold")
    for name, value in rows.items():
        _line(console, f"  {name:<20} {value}")
    console.print("\nRun the connector against it:", style="bold")
    for name, value in told["environment"].items():
        _line(console, f"export {name}={shlex.quote(value)}")
    _line(console, "baton-microsoft-entra")
    if told["ca_file"] is None:
        console.print("The connector speaks https only: serve without --http for it.")
    console.print("\nCtrl-C stops it.", style="dim")


def _line(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
