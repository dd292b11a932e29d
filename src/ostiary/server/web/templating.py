"""Jinja2: every value is escaped, every name must exist, every slice has its own templates."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup, escape

import ostiary.server
from ostiary.server.kernel import context
from ostiary.server.web import moments
from ostiary.server.web.assets import Assets

SERVER = Path(ostiary.server.__path__[0])
ONE_LINE = 28
"""Letters of a word, or an address, that a column of a table makes room for."""


def environment(assets: Assets) -> Environment:
    """`<slice>/page.html` is `<slice>/templates/page.html` in the slice's package."""
    folders = sorted(SERVER.glob("*/templates"))
    loader = PrefixLoader({folder.parent.name: FileSystemLoader(folder) for folder in folders})
    made = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(breakable=_breakable, exact=moments.exact, number=_number)
    made.tests.update(endless=_endless)
    made.globals.update(
        asset=assets.url,
        icon=lambda name: _icon(assets, name),
        counted=moments.counted,
        relative=moments.relative,
        request_id=context.request_id,
    )
    return made


def _number(value: int) -> str:
    return f"{value:,}"


def _endless(value: str) -> bool:
    """With a word that no column of a table makes room for."""
    return any(len(word) > ONE_LINE for word in re.split(r"[\s@-]", value))


def _breakable(value: str) -> Markup:
    """A long address goes on in a second line behind its `@`, not in mid-word."""
    if len(value) <= ONE_LINE:
        return escape(value)
    return Markup("@<wbr>").join(value.split("@"))


def _icon(assets: Assets, name: str) -> Markup:
    """Never alone: a word stands beside it, or the button around it has a label."""
    return Markup(
        '<svg class="icon" width="20" height="20" aria-hidden="true"><use href="{}#{}"/></svg>'
    ).format(assets.url("icons.svg"), name)
