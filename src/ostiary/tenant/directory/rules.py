"""Membership rules of dynamic groups: the part of Entra's language that tenants mostly use.

`user.<property> <operator> <value>` with -eq, -ne, -startsWith, -notStartsWith, -contains,
-notContains, -in and -notIn, joined by and, or, not and parentheses. Comparisons ignore case.
"""

import re
from collections.abc import Callable
from typing import Any

from ostiary.tenant.directory.objects import Properties

Rule = Callable[[Properties], bool]

_TOKEN = re.compile(r"""\s*(?:([()\[\],])|"([^"]*)"|(-?[\w.]+))""")
_LITERALS: dict[str, Any] = {"true": True, "false": False, "null": None}


class UnsupportedRuleError(ValueError):
    """The rule is not in the part of the language spoken here."""


def parse_rule(text: str) -> Rule:
    """A predicate over a user's properties; raises UnsupportedRuleError."""
    reader = _Reader(_tokens(text))
    rule = _either(reader)
    if reader.peek() is not None:
        raise UnsupportedRuleError(text)
    return rule


class _Reader:
    """Tokens; a quoted string is kept apart from a word by its leading quote."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def peek(self) -> str | None:
        return self._tokens[self._at].lower() if self._at < len(self._tokens) else None

    def take(self, *expected: str) -> str:
        token = self.peek()
        if token is None or (expected and token not in expected):
            raise UnsupportedRuleError(f"{token} where {expected or 'more'} was expected")
        self._at += 1
        return self._tokens[self._at - 1]


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            raise UnsupportedRuleError(text)
        sign, quoted, word = found.groups()
        tokens.append(sign or word or f'"{quoted}')
        at = found.end()
    return tokens


def _either(reader: _Reader) -> Rule:
    left = _both(reader)
    while reader.peek() in ("or", "-or"):
        reader.take()
        left = _joined(any, left, _both(reader))
    return left


def _both(reader: _Reader) -> Rule:
    left = _single(reader)
    while reader.peek() in ("and", "-and"):
        reader.take()
        left = _joined(all, left, _single(reader))
    return left


def _joined(how: Callable[[list[bool]], bool], left: Rule, right: Rule) -> Rule:
    return lambda props: how([left(props), right(props)])


def _single(reader: _Reader) -> Rule:
    if reader.peek() in ("not", "-not"):
        reader.take()
        inner = _single(reader)
        return lambda props: not inner(props)
    if reader.peek() == "(":
        reader.take()
        inner = _either(reader)
        reader.take(")")
        return inner
    return _comparison(reader)


def _comparison(reader: _Reader) -> Rule:
    subject = reader.take()
    if not subject.startswith("user."):
        raise UnsupportedRuleError(subject)
    path = subject.removeprefix("user.").split(".")
    operator = reader.take(*_OPERATORS).lower()
    compare, value = _OPERATORS[operator], _value(reader)
    return lambda props: compare(_folded(_reach(props, path)), value)


def _reach(props: Properties, path: list[str]) -> Any:
    """Rules write extensionAttribute1; Graph keeps it in onPremisesExtensionAttributes."""
    value: Any = props
    for name in path:
        nested = props.get("onPremisesExtensionAttributes") or {}
        source = nested if name.startswith("extensionAttribute") else value or {}
        value = source.get(name)
    return value


def _value(reader: _Reader) -> Any:
    if reader.peek() != "[":
        return _literal(reader.take())
    reader.take()
    values = []
    while reader.peek() != "]":
        values.append(_literal(reader.take()))
        if reader.peek() == ",":
            reader.take()
    reader.take("]")
    return values


def _literal(token: str) -> Any:
    if token.startswith('"'):
        return token[1:].casefold()
    if token.lower() in _LITERALS:
        return _LITERALS[token.lower()]
    raise UnsupportedRuleError(token)


def _folded(value: Any) -> Any:
    if isinstance(value, list):
        return [_folded(item) for item in value]
    return value.casefold() if isinstance(value, str) else value


def _contains(held: Any, wanted: Any) -> bool:
    return held is not None and wanted in held


def _starts(held: Any, wanted: Any) -> bool:
    return isinstance(held, str) and held.startswith(wanted)


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "-eq": lambda held, wanted: bool(held == wanted),
    "-ne": lambda held, wanted: bool(held != wanted),
    "-startswith": _starts,
    "-notstartswith": lambda held, wanted: not _starts(held, wanted),
    "-contains": _contains,
    "-notcontains": lambda held, wanted: not _contains(held, wanted),
    "-in": lambda held, wanted: held in wanted,
    "-notin": lambda held, wanted: held not in wanted,
}
