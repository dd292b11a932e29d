"""Judges a $filter against the entity type it is put to, as the OData layer of Graph does."""

from ostiary.tenant.surface.errors import RefusalError, invalid_filter, unfilterable
from ostiary.tenant.surface.odata.ast import (
    Both,
    Compare,
    CountOf,
    Either,
    IsOf,
    Literal,
    Node,
    Not,
    Quantified,
)
from ostiary.tenant.surface.schema.forms import Form
from ostiary.tenant.surface.schema.types import EntityType

_EDM = {
    "string": "Edm.String",
    "guid": "Edm.Guid",
    "instant": "Edm.DateTimeOffset",
    "number": "Edm.Int32",
    "flag": "Edm.Boolean",
}
_WANTED = {
    Form.TEXT: "string",
    Form.GUID: "guid",
    Form.INSTANT: "instant",
    Form.DATE: "instant",
    Form.NUMBER: "number",
    Form.FLAG: "flag",
}


def checked(node: Node, entity: EntityType) -> Node:
    """The same filter in the properties' own spelling; raises 400 for what Graph refuses."""
    match node:
        case Both(left, right):
            return Both(checked(left, entity), checked(right, entity))
        case Either(left, right):
            return Either(checked(left, entity), checked(right, entity))
        case Not(inner):
            return Not(checked(inner, entity))
        case IsOf():
            return node
        case Quantified(path, every, condition):
            name = _property(path, entity)
            if not entity.properties[name].many:
                raise unfilterable(name, entity.resource)
            return Quantified((name, *path[1:]), every, condition)
        case CountOf(path, operator, number):
            return CountOf((_property(path, entity), *path[1:]), operator, number)
        case Compare(path, operator, values):
            return _comparison(path, operator, values, entity)
    raise AssertionError(node)


def _comparison(
    path: tuple[str, ...], operator: str, values: tuple[Literal, ...], entity: EntityType
) -> Node:
    name = _property(path, entity)
    if name == "id":
        return Compare(("id",), operator, tuple(_as_text(value) for value in values))
    form = entity.properties[name]
    if form.many or (form is Form.COMPLEX) != (len(path) > 1):
        raise unfilterable(name, entity.resource)
    if form is not Form.COMPLEX:
        for value in values:
            _same_type(form, value, operator)
    return Compare((name, *path[1:]), operator, values)


def _property(path: tuple[str, ...], entity: EntityType) -> str:
    name = entity.spelled(path[0]) if path else None
    if name is None:
        raise invalid_filter(
            f"Could not find a property named '{path[0] if path else ''}' on type "
            f"'microsoft.graph.{entity.name}'."
        )
    return name


def _as_text(value: Literal) -> Literal:
    return Literal("string", value.value) if value.kind == "guid" else value


def _same_type(form: Form, value: Literal, operator: str) -> None:
    wanted = _WANTED[form]
    if value.kind not in (wanted, "null"):
        raise _mismatch(_EDM[wanted], _EDM[value.kind], operator)


def _mismatch(left: str, right: str, operator: str) -> RefusalError:
    kinds = {"eq": "Equal", "ne": "NotEqual", "ge": "GreaterThanOrEqual", "le": "LessThanOrEqual"}
    return invalid_filter(
        "A binary operator with incompatible types was detected. Found operand types "
        f"'{left}' and '{right}' for operator kind '{kinds.get(operator, operator)}'."
    )
