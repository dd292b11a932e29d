"""From what was given to checked settings, or one message that lists everything wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from ostiary.connector.definition import ConnectorDefinition
from ostiary.connector.fields import Constraint, ConstraintKind, Field, FieldGroup, Value
from ostiary.connector.runtime_fields import RUNTIME_CONSTRAINTS
from ostiary.connector.settings import Settings
from ostiary.connector.sources import Document, convert, find
from ostiary.connector.status import ConnectorError, Status


def resolve(
    definition: ConnectorDefinition,
    flags: Mapping[str, Sequence[str]],
    environment: Mapping[str, str],
    document: Document,
) -> Settings:
    """Settings of one run. `ConnectorError` (InvalidArgument) names every problem at once."""
    values: dict[str, Value] = {}
    problems: list[str] = []
    for declared in definition.all_fields:
        if (given := find(declared, flags, environment, document)) is not None:
            try:
                values[declared.name] = convert(declared, given)
            except ValueError as error:
                problems.append(f"{error}.")
    settings = Settings(definition.all_fields, values)
    if not problems:
        settings.auth_method = choose_group(definition.groups, settings)
        problems = [*_missing(definition, settings), *_broken_rules(definition, settings)]
    if problems:
        raise _refusal(definition, problems)
    return settings


def choose_group(groups: Sequence[FieldGroup], settings: Settings) -> str:
    """The way to authenticate: as asked, else the one whose own fields were given, else the
    default."""
    if not groups:
        return ""
    by_name = {group.name: group for group in groups}
    if asked := settings.get_str("auth-method"):
        if asked not in by_name:
            raise ConnectorError(
                Status.INVALID_ARGUMENT,
                f"There is no way to authenticate called {asked}.",
                remedy=f"Give --auth-method one of: {', '.join(by_name)}.",
            )
        return asked
    implied = [group for group in groups if any(map(settings.given, own_fields(group, groups)))]
    if len(implied) > 1:
        raise _ambiguous(implied, groups, settings)
    default = next((group for group in groups if group.default), groups[0])
    return (implied[0] if implied else default).name


def own_fields(group: FieldGroup, groups: Sequence[FieldGroup]) -> tuple[str, ...]:
    """The fields of this group that no other group lists."""
    others = {name for other in groups if other is not group for name in other.fields}
    return tuple(name for name in group.fields if name not in others)


def _ambiguous(
    implied: Sequence[FieldGroup], groups: Sequence[FieldGroup], settings: Settings
) -> ConnectorError:
    found = "; ".join(
        f"{group.display_name} ({', '.join(_flags(settings, own_fields(group, groups)))})"
        for group in implied
    )
    return ConnectorError(
        Status.INVALID_ARGUMENT,
        f"Settings for more than one way to authenticate are given: {found}.",
        remedy="Keep one of them, or pick one with --auth-method "
        f"{' or '.join(group.name for group in implied)}.",
    )


def _flags(settings: Settings, names: Sequence[str]) -> list[str]:
    return [f"--{name}" for name in names if settings.given(name)]


def _missing(definition: ConnectorDefinition, settings: Settings) -> Iterator[str]:
    grouped = {name for group in definition.groups for name in group.fields}
    chosen = next((g for g in definition.groups if g.name == settings.auth_method), None)
    for declared in definition.all_fields:
        applies = declared.name not in grouped or (chosen and declared.name in chosen.fields)
        required = declared.required or (chosen is not None and declared.name in chosen.required)
        if applies and required and not settings.given(declared.name) and declared.default is None:
            yield f"{_named(declared)} is missing{_explained(declared)}"


def _broken_rules(definition: ConnectorDefinition, settings: Settings) -> Iterator[str]:
    for constraint in (*RUNTIME_CONSTRAINTS, *definition.constraints):
        if complaint := RULES[constraint.kind](constraint, settings):
            yield complaint


def _together(rule: Constraint, settings: Settings) -> str:
    given = _flags(settings, rule.fields)
    absent = [f"--{name}" for name in rule.fields if not settings.given(name)]
    if not given or not absent:
        return ""
    return f"{_and(given)} needs {_and(absent)} beside it."


def _exclusive(rule: Constraint, settings: Settings) -> str:
    given = _flags(settings, rule.fields)
    return f"{_and(given)} exclude each other: keep one." if len(given) > 1 else ""


def _at_least_one(rule: Constraint, settings: Settings) -> str:
    if _flags(settings, rule.fields):
        return ""
    return f"One of {', '.join(f'--{name}' for name in rule.fields)} is needed."


def _dependent(rule: Constraint, settings: Settings) -> str:
    given = _flags(settings, rule.fields)
    absent = [f"--{name}" for name in rule.secondary if not settings.given(name)]
    return f"{_and(given)} works only together with {_and(absent)}." if given and absent else ""


RULES: dict[ConstraintKind, Callable[[Constraint, Settings], str]] = {
    ConstraintKind.REQUIRED_TOGETHER: _together,
    ConstraintKind.MUTUALLY_EXCLUSIVE: _exclusive,
    ConstraintKind.AT_LEAST_ONE: _at_least_one,
    ConstraintKind.DEPENDENT_ON: _dependent,
}


def _and(names: Sequence[str]) -> str:
    return " and ".join(names)


def _named(declared: Field) -> str:
    return f"--{declared.name} ({declared.env})"


def _explained(declared: Field) -> str:
    return f": {declared.description.rstrip('.')}." if declared.description else "."


def _refusal(definition: ConnectorDefinition, problems: Sequence[str]) -> ConnectorError:
    if len(problems) == 1:
        message = f"{definition.name} cannot start: {problems[0]}"
    else:
        listed = "\n".join(f"  {problem}" for problem in problems)
        message = f"{definition.name} cannot start, {len(problems)} settings are wrong:\n{listed}\n"
    return ConnectorError(
        Status.INVALID_ARGUMENT,
        message,
        remedy=f"Set them as flags, environment variables or in a YAML file; "
        f"{definition.name} --help lists them.",
    )
