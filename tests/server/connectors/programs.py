"""A connector's program for tests: the fake connector, with an opinion about its settings."""

from __future__ import annotations

import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]

PROGRAM = f"""#!{sys.executable}
import os, sys, time
sys.path.insert(0, {str(REPOSITORY)!r})
from functools import partial
from ostiary.connector.cli import run
from ostiary.connector.connector import Finding, MissingPermission
from ostiary.connector.status import ConnectorError, Status
from tests.connector.fake import FakeConnector, definition

class Opinionated(FakeConnector):
    async def validate(self):
        fine = Finding("ok", "People", "They can be read")
        if self.settings.get_str("fake-client-secret") == "the-secret-of-another":
            raise ConnectorError(
                Status.UNAUTHENTICATED, "The secret is refused.", remedy="Copy it.",
                cause="secret_unknown",
            )
        if self.settings.get_str("fake-tenant-id") == "unconsented":
            lacking = MissingPermission("Groups", "Groups.Read", ("Groups.Write",))
            return [fine, Finding("error", "Groups", "Groups cannot be read.", "Add Groups.Read.",
                                  cause="permission_missing", missing=(lacking,))]
        return [fine]

if os.environ.get("BATON_FAKE_REGION") == "us" and sys.argv[1:2] != ["check"]:
    sys.exit("cannot run in us with " + os.environ["BATON_FAKE_CLIENT_SECRET"])
if os.environ.get("BATON_FAKE_REGION") == "eu" and sys.argv[1:2] != ["check"]:
    time.sleep(86400)
sys.exit(run(definition(Opinionated)))
"""


def fake_program(folder: Path) -> Path:
    """With fake-region us it passes its check and then does not run, with eu it hangs."""
    path = folder / "baton-fake"
    path.write_text(PROGRAM)
    path.chmod(0o755)
    return path
