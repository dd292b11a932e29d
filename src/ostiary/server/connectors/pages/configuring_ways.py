"""Which settings belong to signing in, and to which of the ways to do so."""

from __future__ import annotations

from ostiary.server.connectors.configuration.schema import Schema, is_required, is_secret
from ostiary.server.connectors.oauth.offering import OAUTH


def marks(schema: Schema) -> list[str]:
    return [f"way-{number}" for number in range(len(schema.groups))]


def ordered(schema: Schema) -> list[str]:
    """As the ways to sign in name them, then the others."""
    named = [name for group in schema.groups.values() for name in group.fields]
    return [name for name in dict.fromkeys([*named, *schema.fields]) if name in schema.fields]


def signing_in(schema: Schema) -> frozenset[str]:
    """What is needed or secret in any case, and what groups name from the first field on that only
    some of them have: what all share, such as the application, may stand among those."""
    found = {name for name, each in schema.fields.items() if is_required(each) or is_secret(each)}
    for group in schema.groups.values():
        own = [_is_in_some_ways(schema, name) for name in group.fields]
        if True in own:
            found.update(group.fields[own.index(True) :])
    return frozenset(found & schema.fields.keys())


def is_expected(schema: Schema, name: str) -> bool:
    """Schemas do not say what a way needs: all to sign in with but for what depends on it."""
    dependent = {each for rule in schema.constraints for each in rule.field_names}
    return name in signing_in(schema) and name not in dependent


def _is_in_some_ways(schema: Schema, name: str) -> bool:
    inside = [name in group.fields for group in schema.groups.values() if group.name != OAUTH]
    return any(inside) and not all(inside)
