"""Arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_NAMES = "id, type:id, login, e-mail address or exact display name"

File = Annotated[Path, typer.Argument(metavar="FILE", help="A .c1z file.", show_default=False)]
SyncId = Annotated[
    str | None, typer.Option(help="Read this sync instead of the newest finished full one.")
]
TempDir = Annotated[
    Path | None, typer.Option("--c1z-temp-dir", help="Where the file is unpacked while it is read.")
]
Limit = Annotated[
    int | None,
    typer.Option(
        min=0, help="Show at most so many; 0 shows all. A terminal gets 100 unless told otherwise."
    ),
]
TypeOf = Annotated[str | None, typer.Option("--type", help="Only of this resource type.")]
OfResource = Annotated[str | None, typer.Option("--resource", help=f"Only of this: {_NAMES}.")]
OfEntitlement = Annotated[
    str | None,
    typer.Option(
        "--entitlement", help="Only of this: id, 'resource: entitlement' names, or a name."
    ),
]
OfPrincipalType = Annotated[
    str | None, typer.Option("--principal-type", help="Only to principals of this resource type.")
]
ToPrincipal = Annotated[str | None, typer.Option("--principal", help=f"Only to this: {_NAMES}.")]
Principal = Annotated[
    str, typer.Option("--principal", help=f"Whose access: {_NAMES}.", show_default=False)
]
Entitlement = Annotated[
    str,
    typer.Option(
        "--entitlement",
        help="What: entitlement id, 'resource: entitlement' names, or the name of a resource that "
        "has one entitlement.",
        show_default=False,
    ),
]
