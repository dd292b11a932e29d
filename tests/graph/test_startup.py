"""Commands that need no token must not pay for what makes one."""

import subprocess
import sys


def test_importing_the_client_loads_nothing_of_azure() -> None:
    program = (
        "import sys, ostiary.graph; print([m for m in sys.modules if m[:5] in ('azure','msal')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
