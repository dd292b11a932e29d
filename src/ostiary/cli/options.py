"""How commands are told in which form to answer."""

from __future__ import annotations

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document.")]
AsJsonLines = Annotated[bool, typer.Option("--json", help="JSON, one record a line.")]
Wide = Annotated[bool, typer.Option("--wide", help="Whole values and ids, however wide.")]
