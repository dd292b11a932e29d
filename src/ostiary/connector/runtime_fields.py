"""The settings every connector has (protocol reference 4.2)."""

from __future__ import annotations

from ostiary.connector.fields import Constraint, ConstraintKind, Field

LOG_LEVELS = ("debug", "info", "warn", "error")

RUNTIME_FIELDS = (
    Field(
        "file",
        description="The .c1z file to write. An existing one gains one more sync.",
        default="sync.c1z",
        short="f",
        exported=False,
    ),
    Field(
        "client-id",
        description="Service mode: the client id a server gave for this connector.",
        exported=False,
    ),
    Field(
        "client-secret",
        description="Service mode: the secret that belongs to the client id.",
        secret=True,
        exported=False,
    ),
    Field(
        "task-concurrency",
        description="Service mode: how many tasks may run at a time.",
        kind="int",
        default=3,
        minimum=1,
        maximum=100,
        exported=False,
    ),
    Field(
        "skip-full-sync",
        description="Service mode: only check the credentials when the server asks for a sync, "
        "and upload an empty one.",
        kind="bool",
        exported=False,
    ),
    Field(
        "health-check",
        display_name="Health check",
        description="Service mode: answer /health, /ready and /live over HTTP.",
        kind="bool",
        ops=True,
    ),
    Field(
        "health-check-port",
        display_name="Health check port",
        description="Where to answer.",
        kind="int",
        default=8081,
        minimum=1,
        maximum=65535,
        ops=True,
    ),
    Field(
        "health-check-bind-address",
        display_name="Health check address",
        description="The address to answer on.",
        default="127.0.0.1",
        hidden=True,
        ops=True,
    ),
    Field(
        "log-format",
        description="How log lines look. Console on a terminal, JSON otherwise.",
        choices=("json", "console"),
        exported=False,
    ),
    Field(
        "log-level",
        display_name="Log level",
        description=f"The least severe level to log: {', '.join(LOG_LEVELS)}.",
        default="info",
        ops=True,
    ),
    Field(
        "log-path",
        description="Files to append log lines to, instead of standard error.",
        kind="strings",
        exported=False,
    ),
    Field(
        "sync-resources",
        description="Sync only these resources, named by Baton id (bid:r:type/id).",
        kind="strings",
        exported=False,
    ),
    Field(
        "sync-resource-types",
        description="Sync only these resource types.",
        kind="strings",
        exported=False,
    ),
    Field(
        "skip-entitlements-and-grants",
        description="Sync resources only.",
        kind="bool",
        exported=False,
    ),
    Field(
        "skip-grants",
        description="Leave out grants; only together with --sync-resources.",
        kind="bool",
        hidden=True,
        exported=False,
    ),
    Field(
        "http-timeout-seconds",
        display_name="HTTP timeout",
        description="Seconds to wait for one answer of the source.",
        kind="int",
        default=300,
        minimum=1,
        maximum=1800,
        ops=True,
    ),
    Field(
        "auth-method",
        description="How to authenticate, where there are several ways.",
        exported=False,
    ),
    Field(
        "state-dir",
        description="Where to keep what makes the next run cheap. "
        "By default .<file name>.state beside the file; in service mode a folder under "
        "~/.local/state.",
        exported=False,
    ),
    Field(
        "c1z-temp-dir",
        description="An existing folder for working files. By default that of the output file.",
        hidden=True,
        exported=False,
    ),
    Field(
        "storage-engine",
        description="The engine inside the .c1z: sqlite.",
        choices=("sqlite", "pebble"),
        hidden=True,
        exported=False,
    ),
    Field(
        "workers",
        description="Accepted for compatibility: requests run side by side on their own account.",
        kind="int",
        minimum=-1,
        hidden=True,
        exported=False,
    ),
    Field(
        "keep-previous-sync-c1z",
        description="Accepted for compatibility: the state directory serves this purpose.",
        kind="bool",
        hidden=True,
        exported=False,
    ),
)

RUNTIME_CONSTRAINTS = (
    Constraint(ConstraintKind.REQUIRED_TOGETHER, ("client-id", "client-secret")),
    Constraint(ConstraintKind.DEPENDENT_ON, ("skip-grants",), ("sync-resources",)),
)
