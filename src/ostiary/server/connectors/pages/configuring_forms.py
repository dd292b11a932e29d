"""The settings of a kind of connector as a form, made of what its program says of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ostiary.baton.pb import config_v1 as pb
from ostiary.server.connectors.configuration.rules import Values, group_of, secrets_set, shown
from ostiary.server.connectors.configuration.schema import (
    Schema,
    has_default,
    is_file,
    is_required,
    is_secret,
)
from ostiary.server.connectors.oauth.offering import OAUTH
from ostiary.server.connectors.pages.configuring_values import FORGET, is_bool, is_list, split
from ostiary.server.connectors.pages.configuring_ways import (
    is_expected,
    marks,
    ordered,
    signing_in,
)
from ostiary.server.web.components.forms import Field, Kind

_HIDES_ACCESS: Final[Mapping[str, str]] = {
    "skip-ad-groups": "Cloud groups then show no on-premises members either, unless the next "
    "option is on: access that people have is hidden from reviews.",
}
"""What the programs do not say of their own options (features 2.8)."""

TENANT: Final = "oauth-tenant-id"
"""With OAuth: the only tenant that will do, if any is named."""


@dataclass(frozen=True)
class Asked:
    """A field with the marks of the ways to sign in that it belongs to; all of them if there are
    none. `forget` names the box that takes away the secret it holds; empty where none may be."""

    field: Field
    ways: tuple[str, ...] = ()
    forget: str = ""


@dataclass(frozen=True)
class Way:
    """`mark` names it in classes and ids of the page, whatever its program calls it."""

    mark: str
    name: str
    title: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class SettingsForm:
    """`account`: what it signs in with. `options`: what it reads, `more`: what few need."""

    ways: tuple[Way, ...]
    account: tuple[Asked, ...]
    options: tuple[Asked, ...]
    more: tuple[Asked, ...]

    @property
    def wrong(self) -> list[Field]:
        asked = (*self.account, *self.options, *self.more)
        return [each.field for each in asked if each.field.error]

    @property
    def unfolded(self) -> bool:
        return any(each.field.error or each.field.value for each in self.more)


def settings_form(
    schema: Schema,
    stored: Values,
    *,
    saved: str = "",
    typed: Values | None = None,
    errors: Mapping[str, str] | None = None,
) -> SettingsForm:
    """`stored` holds secrets, none of which gets into the form; `saved` says when they were
    saved. `typed` is what was sent and refused."""
    values = shown(schema, stored if typed is None else typed)
    chosen = group_of(schema, stored if typed is None else typed)
    kept = frozenset(secrets_set(schema, stored))
    drawing = _Drawing(schema, values, kept, saved, errors or {})
    to_sign_in = signing_in(schema)
    account = [name for name in ordered(schema) if name in to_sign_in]
    others = [name for name in ordered(schema) if name not in to_sign_in]
    options = [name for name in others if is_bool(schema.fields[name])]
    return SettingsForm(
        ways=tuple(
            Way(mark, name, group.display_name or name, group.help_text, name == chosen)
            for mark, (name, group) in zip(marks(schema), schema.groups.items(), strict=True)
        ),
        account=(*_tenant(schema, typed), *map(drawing.asked, account)),
        options=tuple(map(drawing.asked, options)),
        more=tuple(drawing.asked(name) for name in others if name not in options),
    )


@dataclass(frozen=True)
class _Drawing:
    schema: Schema
    values: Values
    kept: Collection[str]
    saved: str
    errors: Mapping[str, str]

    def asked(self, name: str) -> Asked:
        each = self.schema.fields[name]
        needed = (is_required(each) and not has_default(each)) or is_expected(self.schema, name)
        kept = name in self.kept
        shown_field = Field(
            name,
            each.display_name or name,
            _kind(each),
            self._value(name, each),
            help=self._help(name, each.description),
            error=self.errors.get(name, ""),
            required=needed and not kept,
            placeholder="unchanged" if kept else each.placeholder or _default(each),
            autocomplete="new-password" if is_secret(each) else "off",
            options=[(option, option) for option in _choices(each)],
            accept=",".join(each.string_field.allowed_extensions) if is_file(each) else "",
        )
        return Asked(shown_field, self._ways(name), FORGET + name if kept and not needed else "")

    def _value(self, name: str, each: pb.Field) -> str:
        value = self.values.get(name, "")
        if is_secret(each):
            return ""
        if is_bool(each):
            return "on" if value.lower() == "true" or (not value and has_default(each)) else ""
        return "\n".join(split(value)) if is_list(each) else value

    def _help(self, name: str, text: str) -> str:
        ended = text if not text or text.endswith(".") else f"{text}."
        if name in _HIDES_ACCESS:
            ended = f"{ended} {_HIDES_ACCESS[name]}".strip()
        if name in self.kept:
            return f"{ended} {self.saved or 'It is set.'} Leave empty to keep it.".strip()
        return f"{ended} One a line.".strip() if is_list(self.schema.fields[name]) else ended

    def _ways(self, name: str) -> tuple[str, ...]:
        groups = self.schema.groups
        marked = zip(marks(self.schema), groups.values(), strict=True)
        mine = tuple(mark for mark, group in marked if name in group.fields)
        return () if len(mine) == len(groups) else mine


def _tenant(schema: Schema, typed: Values | None) -> Iterator[Asked]:
    if OAUTH in schema.groups:
        yield Asked(
            Field(
                TENANT,
                "Only this tenant",
                value=(typed or {}).get(TENANT, ""),
                help="Its tenant ID. Without it, the account that signs in says which tenant.",
                placeholder="00000000-0000-0000-0000-000000000000",
            ),
            (marks(schema)[list(schema.groups).index(OAUTH)],),
        )


def _kind(each: pb.Field) -> Kind:
    if is_file(each):
        return "file"
    if is_secret(each):
        return "password"
    match each.WhichOneof("field"):
        case "bool_field":
            return "checkbox"
        case "int_field":
            return "number"
        case "string_slice_field":
            return "textarea"
    return "select" if _choices(each) else "text"


def _choices(each: pb.Field) -> list[str]:
    allowed = list(getattr(each.string_field.rules, "in"))
    if not allowed or each.WhichOneof("field") != "string_field":
        return []
    return allowed if is_required(each) else ["", *allowed]


def _default(each: pb.Field) -> str:
    kind = each.WhichOneof("field")
    if kind not in ("string_field", "int_field") or not has_default(each):
        return ""
    return str(getattr(each, kind).default_value)
