"""For people at a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import typer

from ostiary.cli.tables import show
from ostiary.server.web.moments import counted

ACCOUNTS = ("app", "account", "login", "status", "type", "external", "because")
ACCESS = ("account", "resource", "entitlement", "direct", "since")
ATTRIBUTES = ("attribute", "value", "source")
CHANGES = ("change", "name", "email", "id")


def show_person(told: Mapping[str, Any]) -> None:
    typer.echo(f"{told['name']} ({told['email'] or 'no address'})")
    for title in ("id", "status", "origin", "roles", "directories", "created", "deleted"):
        if told[title]:
            typer.echo(f"  {title:12} {told[title]}")
    _section("Attributes", _attributes(told["attributes"]), ATTRIBUTES)
    _section("Accounts", told["accounts"], ACCOUNTS)
    access = [row | {"entitlement": row["entitlement_name"]} for row in told["access"]]
    _section("Access", access, ACCESS)


def show_preview(told: Mapping[str, Any]) -> None:
    rows = [
        {"change": change, **each}
        for change in ("added", "removed", "undecided")
        for each in told[change]
    ]
    if rows:
        show(rows, CHANGES, as_json=False)
    typer.echo(
        f"{counted(len(told['added']), 'person', 'people')} would be added and "
        f"{len(told['removed'])} removed; for {counted(len(told['undecided']), 'account')} "
        "the condition has no value, and nothing changes."
    )


def _attributes(attributes: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {
            "attribute": name.replace("_", " "),
            "value": _text(each["value"]),
            "source": ", ".join(f"{source['app']}: {source['key']}" for source in each["sources"]),
        }
        for name, each in attributes.items()
    ]


def _section(title: str, rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    typer.echo(f"\n{title}: {len(rows) or 'none'}")
    if rows:
        show(rows, columns, as_json=False)


def _text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
