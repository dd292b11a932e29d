"""Whether a single value is what its field takes (c1.config.v1 rules)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Final
from uuid import UUID

from ostiary.baton.pb import config_v1 as pb
from ostiary.server.connectors.configuration.schema import is_file

TRUTH: Final = frozenset({"true", "false"})
LONGEST: Final = 64 * 1024
"""Characters; the environment of a process holds twice as much for one variable."""

INLINE: Final = ("-----BEGIN ", "data:")
"""How the content of an uploaded file begins. Never a path: it would be one on the server."""


def complaints(field: pb.Field, value: str) -> Iterator[str]:
    """What is wrong, in words that go after the field's name and hold no value."""
    if len(value) > LONGEST:
        yield f"has more than {LONGEST} characters"
        return
    if "\x00" in value:
        yield "has a character that no text can have"
        return
    match field.WhichOneof("field"):
        case "bool_field":
            if value.lower() not in TRUTH:
                yield "is neither true nor false"
        case "int_field":
            yield from _of_number(field.int_field, value)
        case "string_slice_field":
            yield from _of_list(field.string_slice_field.rules, value)
        case "string_field":
            if is_file(field) and not value.startswith(INLINE):
                yield "takes the content of a file: PEM text or a data URL"
            yield from _of_text(field.string_field.rules, value)
        case _:
            yield "cannot be set here"


def _of_number(field: pb.IntField, value: str) -> Iterator[str]:
    if not re.fullmatch(r"-?\d{1,18}", value):
        yield "is not a whole number"
        return
    number, rules = int(value), field.rules
    bounds = (
        ("gte", number >= rules.gte, f"is less than {rules.gte}"),
        ("gt", number > rules.gt, f"is not more than {rules.gt}"),
        ("lte", number <= rules.lte, f"is more than {rules.lte}"),
        ("lt", number < rules.lt, f"is not less than {rules.lt}"),
        ("eq", number == rules.eq, f"is not {rules.eq}"),
    )
    yield from (words for name, holds, words in bounds if rules.HasField(name) and not holds)
    allowed = getattr(rules, "in")
    if (allowed and number not in allowed) or number in rules.not_in:
        yield "is not one of the numbers it can be"


def _of_list(rules: pb.RepeatedStringRules, value: str) -> Iterator[str]:
    items = [word.strip() for row in csv.reader([value]) for word in row if word.strip()]
    if rules.HasField("min_items") and len(items) < rules.min_items:
        yield f"has fewer than {rules.min_items} entries"
    if rules.HasField("max_items") and len(items) > rules.max_items:
        yield f"has more than {rules.max_items} entries"
    if rules.unique and len(set(items)) < len(items):
        yield "names something twice"
    if rules.HasField("item_rules"):
        for item in items:
            yield from _of_text(rules.item_rules, item)


def _of_text(rules: pb.StringRules, value: str) -> Iterator[str]:
    expected = (
        ("eq", value == rules.eq, "is not what it must be"),
        ("len", len(value) == rules.len, f"does not have {rules.len} characters"),
        ("min_len", len(value) >= rules.min_len, f"has fewer than {rules.min_len} characters"),
        ("max_len", len(value) <= rules.max_len, f"has more than {rules.max_len} characters"),
        ("prefix", value.startswith(rules.prefix), f"does not begin with {rules.prefix}"),
        ("suffix", value.endswith(rules.suffix), f"does not end in {rules.suffix}"),
        ("contains", rules.contains in value, f"does not contain {rules.contains}"),
        ("not_contains", rules.not_contains not in value, f"contains {rules.not_contains}"),
        ("pattern", _matches(rules.pattern, value), f"does not match {rules.pattern}"),
    )
    yield from (words for name, holds, words in expected if rules.HasField(name) and not holds)
    if (allowed := getattr(rules, "in")) and value not in allowed:
        yield f"is not one of {', '.join(allowed)}"
    if value in rules.not_in:
        yield "is one of the values it cannot be"
    if (shape := _SHAPES.get(rules.well_known)) and not _parses(shape[0], value):
        yield f"is not {shape[1]}"


_SHAPES = {
    pb.WELL_KNOWN_STRING_UUID: (UUID, "a UUID"),
    pb.WELL_KNOWN_STRING_IP: (ip_address, "an IP address"),
}
"""Other well-known shapes are left to the program itself."""


def _parses(parse: object, value: str) -> bool:
    assert callable(parse)
    try:
        parse(value)
    except ValueError:
        return False
    return True


def _matches(pattern: str, value: str) -> bool:
    """A pattern that only Go understands is left to the program."""
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return True
