"""CEL, the language of conditions and keys: typed when written, bounded when run.

The one place that knows the library. Expressions see records with declared fields, so that a
misspelt field is refused when the expression is saved, not when it decides something.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, get_args

from cel_expr_python import cel  # type: ignore[import-untyped]
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, struct_pb2
from google.protobuf.message import Message

from ostiary.server.kernel.errors import invalid

LONGEST_EXPRESSION: Final = 2000
"""Characters."""

MOST_MAPS: Final = 2
"""Occurrences of `map`: each can multiply the length of a text, and lengths have no other limit.
The number of iterations and the depth are bounded by the library."""

LONGEST_RESULT: Final = 10_000
"""Characters that a function of ours may return."""

FieldKind = Literal["text", "texts", "flag", "facts"]
"""`facts`: what JSON can say, by name."""

Result = Literal["bool", "string", "list<string>", "dyn", "list<dyn>", "other"]
"""`dyn`: known only when the expression runs."""

_PACKAGE: Final = "ostiary.cel"
_FAULT: Final = re.compile(r"ERROR: <input>:(\d+):(\d+): ([^\n]*)")
_NOISE: Final = re.compile(rf" expecting .*| \(in container ''\)|{re.escape(_PACKAGE)}\.")
_FACTS: Final = ".google.protobuf.Struct"
_Field = descriptor_pb2.FieldDescriptorProto


class EvaluationError(Exception):
    """The expression has no value for this input, such as where it asks for an absent fact."""


@dataclass(frozen=True)
class Record:
    """The shape of a variable: names of fields and what they hold."""

    name: str
    fields: Mapping[str, FieldKind]


class Program:
    """A checked expression. `result` is the type of what it yields."""

    def __init__(self, environment: Environment, expression: str, compiled: Any) -> None:
        self.expression = expression
        self.result = _result(compiled.return_type())
        self._environment = environment
        self._compiled = compiled

    def evaluate(self, **values: Any) -> Any:
        """`values` by variable: a mapping of its fields for a record. EvaluationError if there is
        no value, also when the expression takes too many steps."""
        try:
            value = self._compiled.eval(data=self._environment.bound(values))
        except RuntimeError as error:
            raise EvaluationError(_first_line(error)) from error
        if value.type() == cel.Type.ERROR:
            raise EvaluationError(_first_line(value.value()))
        return value.plain_value()


class Environment:
    """What expressions of one purpose may name. `maps` hold what JSON can say, by any name."""

    def __init__(
        self,
        records: Mapping[str, Record],
        constants: Mapping[str, str],
        maps: Collection[str] = (),
    ) -> None:
        pool = _pool(records.values())
        self._classes = {
            name: message_factory.GetMessageClass(
                pool.FindMessageTypeByName(f"{_PACKAGE}.{record.name}")
            )
            for name, record in records.items()
        }
        self._constants = dict(constants)
        self._env = cel.NewEnv(
            pool,
            variables={
                **{name: cel.Type(f"{_PACKAGE}.{each.name}") for name, each in records.items()},
                **dict.fromkeys(constants, cel.Type.STRING),
                **dict.fromkeys(maps, cel.Type.Map(cel.Type.STRING, cel.Type.DYN)),
            },
            functions=_functions(),
        )

    def compile(self, expression: str, *results: Result) -> Program:
        """INVALID_ARGUMENT with CEL's own words unless it is well-formed, well-typed, small and
        yields one of `results`."""
        if len(expression) > LONGEST_EXPRESSION:
            raise invalid(f"an expression has at most {LONGEST_EXPRESSION} characters")
        if len(re.findall(r"\bmap\b", expression)) > MOST_MAPS:
            raise invalid(f"an expression may use map at most {MOST_MAPS} times")
        try:
            compiled = self._env.compile(expression)
        except RuntimeError as error:
            words = faults(str(error))
            raise invalid(f"not a CEL expression that can be used here: {words}") from error
        program = Program(self, expression, compiled)
        if program.result not in results:
            raise invalid(
                f"the expression yields {compiled.return_type().name()}, not {' or '.join(results)}"
            )
        return program

    def bound(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values as the library takes them."""
        return {
            **self._constants,
            **{
                name: _message(self._classes[name], value) if name in self._classes else value
                for name, value in values.items()
            },
        }


def _message(kind: type[Message], values: Mapping[str, Any]) -> Message:
    message = kind()
    for name, value in values.items():
        if isinstance(value, dict):
            getattr(message, name).update(value)
        elif isinstance(value, list | tuple):
            getattr(message, name).extend(value)
        else:
            setattr(message, name, value)
    return message


def _pool(records: Any) -> descriptor_pool.DescriptorPool:
    file = descriptor_pb2.FileDescriptorProto(
        name="ostiary/cel.proto",
        package=_PACKAGE,
        syntax="proto3",
        dependency=[struct_pb2.DESCRIPTOR.name],
    )
    for record in {record.name: record for record in records}.values():
        message = file.message_type.add(name=record.name)
        for number, (name, kind) in enumerate(record.fields.items(), start=1):
            message.field.add(name=name, number=number, **_FIELDS[kind])
    pool = descriptor_pool.DescriptorPool()
    struct = descriptor_pb2.FileDescriptorProto()
    struct_pb2.DESCRIPTOR.CopyToProto(struct)
    pool.Add(struct)
    pool.Add(file)
    return pool


_FIELDS: Final[Mapping[FieldKind, dict[str, Any]]] = {
    "text": {"type": _Field.TYPE_STRING, "label": _Field.LABEL_OPTIONAL},
    "texts": {"type": _Field.TYPE_STRING, "label": _Field.LABEL_REPEATED},
    "flag": {"type": _Field.TYPE_BOOL, "label": _Field.LABEL_OPTIONAL},
    "facts": {
        "type": _Field.TYPE_MESSAGE,
        "label": _Field.LABEL_OPTIONAL,
        "type_name": _FACTS,
    },
}


def _result(kind: Any) -> Result:
    name = kind.name().lower()
    return name if name in get_args(Result) else "other"


def _first_line(error: object) -> str:
    return str(error).partition("\n")[0]


def _limited(text: str) -> str:
    if len(text) > LONGEST_RESULT:
        raise ValueError("the result is too long")
    return text


@cache
def _functions() -> tuple[Any, ...]:
    """Of CEL's extension for strings, what keys need, and in the same words."""
    text, texts = cel.Type.STRING, cel.Type.List(cel.Type.STRING)
    return (
        _method("lowerAscii", [text], text, _lower_ascii),
        _method("upperAscii", [text], text, _upper_ascii),
        _method("trim", [text], text, str.strip),
        _method("split", [text, text], texts, lambda value, by: value.split(by) if by else [value]),
        _method("join", [texts, text], text, lambda value, by: _limited(by.join(value))),
        _method("replace", [text, text, text], text, _replace),
    )


def _method(name: str, parameters: list[Any], returns: Any, run: Callable[..., Any]) -> Any:
    overload = cel.Overload(
        f"{name}_{len(parameters)}",
        return_type=returns,
        parameters=parameters,
        is_member=True,
        impl=run,
    )
    return cel.FunctionDecl(name, [overload])


def _lower_ascii(text: str) -> str:
    return text.translate(_TO_LOWER)


def _upper_ascii(text: str) -> str:
    return text.translate(_TO_UPPER)


_TO_LOWER: Final = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_TO_UPPER: Final = {lower: upper for upper, lower in _TO_LOWER.items()}


def _replace(text: str, old: str, new: str) -> str:
    """Counted before it is done: replacing can multiply a text's length."""
    if len(text) + text.count(old) * len(new) > LONGEST_RESULT:
        raise ValueError("the result is too long")
    return text.replace(old, new)


def faults(report: str) -> str:
    """What the compiler reports, each fault with its place, without its drawings and the tokens
    that it would have liked better."""
    found = [
        f"{_NOISE.sub('', what)} ({'' if line == '1' else f'line {line}, '}character {column})"
        for line, column, what in _FAULT.findall(report)
    ]
    return "; ".join(found).replace("mismatched input '<EOF>'", "it ends too early") or report
