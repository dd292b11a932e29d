"""`ostiary apps linked`: groups of the identity provider that apps are assigned to."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ostiary.cli.app_naming import named_app
from ostiary.cli.opening import FAILED, MISUSED, opened_kernel, writing
from ostiary.cli.options import AsJsonLines
from ostiary.cli.tables import show
from ostiary.server.catalog import linking
from ostiary.server.catalog.rules import Choice, LinkedGroup
from ostiary.server.catalog.store import linked

app = typer.Typer(
    name="linked",
    help="Groups of the identity provider that an app is assigned to.",
    no_args_is_help=True,
)

AppName = Annotated[str, typer.Argument(help="Id or name.", metavar="APP")]
GroupName = Annotated[str, typer.Argument(help="Id or name of the group.", metavar="GROUP")]


@app.command("list")
def list_groups(name: AppName, as_json: AsJsonLines = False) -> None:
    """Show which groups are offered, why, and what was decided about each."""
    with opened_kernel() as kernel, kernel.read() as connection:
        found = linked.groups(connection, named_app(connection, name).key)
    shown = [_plain(each) for each in found]
    show(shown, ("group", "assigned_to", "members", "choice", "entitlement"), as_json=as_json)


@app.command("decide")
def decide(
    name: AppName,
    group: GroupName,
    role: Annotated[bool, typer.Option("--role", help="Make a role of its members.")] = False,
    provision: Annotated[
        str, typer.Option(help="Provision this entitlement through it, by its id.")
    ] = "",
    skip: Annotated[bool, typer.Option("--skip", help="Leave it aside.")] = False,
    role_name: Annotated[str | None, typer.Option(help="Of the role, else the group's.")] = None,
    scim: Annotated[
        bool, typer.Option("--scim", help="Start the app's SCIM job after each grant.")
    ] = False,
) -> None:
    """Decide what a group is to the app. Deciding again changes it."""
    chosen = _choice(role=role, provision=bool(provision), skip=skip)
    with writing() as (_, unit):
        found = named_app(unit.connection, name)
        told = linking.decide(
            unit,
            found.id,
            _group_id(linked.groups(unit.connection, found.key), group),
            chosen,
            entitlement_id=provision,
            role_name=role_name,
            trigger_scim=scim,
        )
    typer.echo(f"{told.name}: {_decided(told)}")


@app.command("reconsider")
def reconsider(name: AppName, group: GroupName) -> None:
    """Take a decision back. A role made from the group ends."""
    with writing() as (_, unit):
        found = named_app(unit.connection, name)
        key = _group_id(linked.groups(unit.connection, found.key), group)
        linking.reconsider(unit, found.id, key)
    typer.echo(f"{group} is undecided.")


def _choice(*, role: bool, provision: bool, skip: bool) -> Choice:
    wanted: dict[Choice, bool] = {"create_role": role, "provision": provision, "skip": skip}
    chosen = [choice for choice, is_wanted in wanted.items() if is_wanted]
    if len(chosen) != 1:
        typer.echo("Give one of --role, --provision and --skip.", err=True)
        raise typer.Exit(MISUSED)
    return chosen[0]


def _group_id(groups: list[LinkedGroup], name: str) -> str:
    found = [each.id for each in groups if name in (each.id, each.name)]
    if len(found) == 1:
        return found[0]
    what = "no linked group" if not found else f"several groups, use an id: {' '.join(found)}"
    typer.echo(f"{name}: {what}", err=True)
    raise typer.Exit(FAILED)


def _plain(group: LinkedGroup) -> dict[str, Any]:
    decision = group.decision
    return {
        "id": group.id,
        "group": group.name,
        "assigned_to": ", ".join(name for _, name in group.assigned_to),
        "members": group.member_count,
        "choice": decision.choice if decision else "",
        "entitlement": decision.entitlement_name if decision else "",
        "entitlement_id": decision.entitlement_id if decision else "",
        "trigger_scim": bool(decision and decision.trigger_scim),
        "gone": bool(decision and decision.group_gone_at),
    }


def _decided(group: LinkedGroup) -> str:
    if group.decision is None or group.decision.choice == "skip":
        return "left aside"
    if group.decision.choice == "create_role":
        return f"its {group.member_count} members hold the role {group.decision.entitlement_name}"
    return f"{group.decision.entitlement_name} is granted by putting people into it"
