"""What was sent of settings, and how lists stand in the environment of a program."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Final

from ostiary.baton.pb import config_v1 as pb
from ostiary.server.connectors.configuration.names import AUTH_METHOD
from ostiary.server.connectors.configuration.schema import Schema, has_default, is_secret

FORGET: Final = "forget:"
"""What the name of a box begins with that takes a stored secret away."""


def sent_values(schema: Schema, sent: Mapping[str, str]) -> dict[str, str]:
    """By field name, for the way to sign in that was chosen. Secrets that were left empty are not
    in it, other empty fields are."""
    way = sent.get(AUTH_METHOD) or schema.default_group
    foreign = schema.foreign_to(way)
    values = {AUTH_METHOD: way} if schema.groups else {}
    for name, each in schema.fields.items():
        if name in foreign:
            continue
        text = sent.get(name, "").strip()
        if is_secret(each):
            if text or sent.get(FORGET + name):
                values[name] = text
        else:
            values[name] = _value(each, text)
    return values


def _value(each: pb.Field, text: str) -> str:
    if is_bool(each):
        return "true" if text else ("false" if has_default(each) else "")
    if is_list(each):
        return joined(text.splitlines())
    return text


def is_bool(each: pb.Field) -> bool:
    return bool(each.WhichOneof("field") == "bool_field")


def is_list(each: pb.Field) -> bool:
    return bool(each.WhichOneof("field") == "string_slice_field")


def split(value: str) -> list[str]:
    return [word.strip() for row in csv.reader([value]) for word in row if word.strip()]


def joined(lines: list[str]) -> str:
    """As a program reads a list from its environment."""
    words = [line.strip() for line in lines if line.strip()]
    if not words:
        return ""
    target = io.StringIO()
    csv.writer(target, lineterminator="").writerow(words)
    return target.getvalue()
