"""Whether the values that were sent make a configuration: pure functions over a schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ostiary.baton.pb import config_v1 as pb
from ostiary.server.connectors.configuration.names import AUTH_METHOD
from ostiary.server.connectors.configuration.schema import (
    Schema,
    has_default,
    is_required,
    is_secret,
    is_text,
)
from ostiary.server.connectors.configuration.values import complaints

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Problem:
    """`field` as the program names it. No value is quoted: it may be a secret out of place."""

    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.field} {self.reason}."


def problems(schema: Schema, values: Values) -> list[Problem]:
    """Everything that is wrong. Empty values count as not given and should not be here."""
    group = group_of(schema, values)
    if schema.groups and group not in schema.groups:
        ways = ", ".join(schema.groups)
        return [Problem(AUTH_METHOD, f"is not a way to sign in: {ways}")]
    return [
        *_unfit(schema, values, group),
        *_missing(schema, values, group),
        *_at_odds(schema, values),
    ]


def group_of(schema: Schema, values: Values) -> str:
    """The way to sign in: the one that is named, else the one whose own fields are there."""
    if named := values.get(AUTH_METHOD):
        return named
    for name in schema.groups:
        others = [each for other, each in schema.groups.items() if other != name]
        shared = {field for group in others for field in group.fields}
        if any(field in values for field in set(schema.groups[name].fields) - shared):
            return name
    return schema.default_group


def _unfit(schema: Schema, values: Values, group: str) -> Iterator[Problem]:
    foreign = schema.foreign_to(group)
    for name, value in values.items():
        if name == AUTH_METHOD and schema.groups:
            continue
        if (field := schema.fields.get(name)) is None:
            yield Problem(name, "is no setting of this kind of connector")
        elif name in foreign:
            shown = schema.groups[group].display_name
            yield Problem(name, f"belongs to another way to sign in than {shown}")
        else:
            yield from (Problem(name, reason) for reason in complaints(field, value))


def _missing(schema: Schema, values: Values, group: str) -> Iterator[Problem]:
    foreign = schema.foreign_to(group)
    for name, field in schema.fields.items():
        if name in values or name in foreign or has_default(field):
            continue
        if is_required(field):
            yield Problem(name, "is missing")


def _at_odds(schema: Schema, values: Values) -> Iterator[Problem]:
    for rule in schema.constraints:
        given = [name for name in rule.field_names if name in values]
        absent = [name for name in rule.field_names if name not in values]
        match rule.kind:
            case pb.CONSTRAINT_KIND_REQUIRED_TOGETHER if given and absent:
                yield Problem(absent[0], f"is needed beside {' and '.join(given)}")
            case pb.CONSTRAINT_KIND_AT_LEAST_ONE if not given:
                yield Problem(absent[0], f"or another of {', '.join(absent)} is needed")
            case pb.CONSTRAINT_KIND_MUTUALLY_EXCLUSIVE if len(given) > 1:
                yield Problem(given[0], f"excludes {' and '.join(given[1:])}")
            case pb.CONSTRAINT_KIND_DEPENDENT_ON if given:
                needed = [name for name in rule.secondary_field_names if name not in values]
                if needed:
                    yield Problem(needed[0], f"is needed beside {' and '.join(given)}")


def merged(schema: Schema, before: Values, sent: Values) -> tuple[dict[str, str], list[Problem]]:
    """`sent` in the place of `before`, with the secrets that were not sent.

    An empty value takes a setting away. Secrets stay only while the texts beside them do: who may
    change where a secret is sent, or as whom, could otherwise read it.
    """
    given = {name: value for name, value in sent.items() if value != ""}
    foreign = schema.foreign_to(group_of(schema, given))
    kept = {
        name: value
        for name, value in before.items()
        if name not in sent and name not in foreign and _secret(schema, name)
    }
    changed = [
        name
        for name, field in schema.fields.items()
        if is_text(field) and given.get(name) != before.get(name)
    ]
    if kept and changed:
        moved = " and ".join(changed)
        return given, [Problem(name, f"has to be given again: {moved} changes") for name in kept]
    return given | kept, []


def shown(schema: Schema, values: Values) -> dict[str, str]:
    """All but secrets, and but what the schema no longer knows."""
    return {
        name: value
        for name, value in values.items()
        if name == AUTH_METHOD or (name in schema.fields and not _secret(schema, name))
    }


def secrets_set(schema: Schema, values: Values) -> list[str]:
    return sorted(name for name in values if _secret(schema, name))


def secret_values(schema: Schema, values: Values) -> list[str]:
    """What must not be shown anywhere."""
    return [value for name, value in values.items() if _secret(schema, name)]


def _secret(schema: Schema, name: str) -> bool:
    field = schema.fields.get(name)
    return field is not None and is_secret(field)
