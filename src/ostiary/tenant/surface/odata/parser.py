"""Reads a $filter: eq ne gt ge lt le in, and or not, startswith endswith contains, any all, isof.

Refuses with 400 what does not parse; whether a property may be filtered is judged elsewhere.
"""

from datetime import UTC, datetime

from ostiary.tenant.surface.errors import invalid_filter, unsupported_query
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
from ostiary.tenant.surface.odata.lexer import Token, tokens

MOST_ALTERNATIVES = 15
_COMPARISONS = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})
_FUNCTIONS = frozenset({"startswith", "endswith", "contains"})
_CONSTANTS = {
    "true": Literal("flag", True),
    "false": Literal("flag", False),
    "null": Literal("null", None),
}


def parse_filter(text: str, *, most_alternatives: int = MOST_ALTERNATIVES) -> Node:
    return _Parser(text, most_alternatives).parse()


class _Parser:
    def __init__(self, text: str, most_alternatives: int) -> None:
        self._text = text
        self._tokens = list(tokens(text))
        self._next = 0
        self._most = most_alternatives
        self._variables: list[str] = []

    def parse(self) -> Node:
        node = self._either()
        if self._next < len(self._tokens):
            raise self._syntax(self._tokens[self._next])
        return node

    def _either(self) -> Node:
        node, alternatives = self._both(), 1
        while self._word("or"):
            node, alternatives = Either(node, self._both()), alternatives + 1
        self._limit(alternatives)
        return node

    def _both(self) -> Node:
        node = self._unary()
        while self._word("and"):
            node = Both(node, self._unary())
        return node

    def _unary(self) -> Node:
        if self._word("not"):
            return Not(self._unary())
        if self._mark("("):
            node = self._either()
            self._expect(")")
            return node
        return self._predicate()

    def _predicate(self) -> Node:
        token = self._take("name")
        lowered = token.text.lower()
        if lowered == "isof":
            return self._isof()
        if lowered in _FUNCTIONS:
            return self._function(lowered)
        path, _, last = token.text.rpartition("/")
        if last.lower() in ("any", "all") and path:
            return self._quantified(path, every=last.lower() == "all")
        return self._comparison(token.text)

    def _isof(self) -> Node:
        self._expect("(")
        name = str(self._literal().value)
        self._expect(")")
        return IsOf(name.lstrip("#").removeprefix("microsoft.graph."))

    def _function(self, name: str) -> Node:
        self._expect("(")
        path = self._path(self._take("name").text)
        self._expect(",")
        value = self._literal()
        self._expect(")")
        if self._word("eq"):
            wanted = self._literal()
            found = Compare(path, name, (value,))
            return found if wanted.value is True else Not(found)
        return Compare(path, name, (value,))

    def _quantified(self, path: str, *, every: bool) -> Node:
        self._expect("(")
        if self._mark(")"):
            return Quantified(self._path(path), every, None)
        self._variables.append(self._take("name").text)
        self._expect(":")
        condition = self._either()
        self._expect(")")
        self._variables.pop()
        return Quantified(self._path(path), every, condition)

    def _comparison(self, name: str) -> Node:
        operator = self._take("name").text.lower()
        if operator == "in":
            return Compare(self._path(name), "in", self._literals())
        if operator not in _COMPARISONS:
            raise invalid_filter(f"Syntax error: '{operator}' is not an operator.")
        value = self._literal()
        if name.endswith("/$count"):
            if not isinstance(value.value, float):
                raise invalid_filter("A count is compared with a number.")
            return CountOf(self._path(name.removesuffix("/$count")), operator, value.value)
        return Compare(self._path(name), operator, (value,))

    def _literals(self) -> tuple[Literal, ...]:
        self._expect("(")
        values = [self._literal()]
        while self._mark(","):
            values.append(self._literal())
        self._expect(")")
        self._limit(len(values))
        return tuple(values)

    def _literal(self) -> Literal:
        token = self._take()
        match token.kind:
            case "string":
                return Literal("string", token.text[1:-1].replace("''", "'"))
            case "guid":
                return Literal("guid", token.text.lower())
            case "number":
                return Literal("number", float(token.text))
            case "instant":
                return Literal("instant", self._instant(token))
            case "name" if token.text.lower() in _CONSTANTS:
                return _CONSTANTS[token.text.lower()]
        raise self._syntax(token)

    def _instant(self, token: Token) -> datetime:
        try:
            return as_instant(token.text)
        except ValueError:
            raise self._syntax(token) from None

    def _path(self, name: str) -> tuple[str, ...]:
        parts = tuple(name.split("/"))
        return parts[1:] if self._variables and parts[0] == self._variables[-1] else parts

    def _limit(self, alternatives: int) -> None:
        if alternatives > self._most:
            raise unsupported_query(
                "Too many child clauses specified in search filter expression containing 'OR' "
                f"operators: {alternatives}. Max allowed: {self._most}."
            )

    def _word(self, word: str) -> bool:
        return self._accept("name", word)

    def _mark(self, mark: str) -> bool:
        return self._accept("mark", mark)

    def _accept(self, kind: str, text: str) -> bool:
        if self._next < len(self._tokens):
            token = self._tokens[self._next]
            if token.kind == kind and token.text.lower() == text:
                self._next += 1
                return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._mark(mark):
            at = self._tokens[self._next] if self._next < len(self._tokens) else None
            raise self._syntax(at)

    def _take(self, kind: str | None = None) -> Token:
        if self._next >= len(self._tokens):
            raise self._syntax(None)
        token = self._tokens[self._next]
        if kind is not None and token.kind != kind:
            raise self._syntax(token)
        self._next += 1
        return token

    def _syntax(self, token: Token | None) -> Exception:
        at = len(self._text) if token is None else token.at
        return invalid_filter(f"Syntax error at position {at} in '{self._text}'.")


def as_instant(text: str) -> datetime:
    """UTC; a date alone is its midnight."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
