"""$expand: one relation a request, with a $select of its own."""

import re
from dataclasses import dataclass

from ostiary.tenant.surface.errors import malformed, unknown_property, unsupported_query
from ostiary.tenant.surface.message import query_options
from ostiary.tenant.surface.schema.types import EntityType

MOST_EXPANDED = 20
"""Linked directory objects shown under $expand; the rest is cut off without a nextLink."""

_TERM = re.compile(r"^(?P<name>\w+)(?:\((?P<options>.*)\))?$")


@dataclass(frozen=True, slots=True)
class Expansion:
    relation: str
    select: str | None


def expansion(text: str | None, entity: EntityType, relations: frozenset[str]) -> Expansion | None:
    if not text:
        return None
    terms = _terms(text)
    if len(terms) > 1:
        raise unsupported_query("Only one property can be expanded in a single query.")
    match = _TERM.match(terms[0])
    if match is None:
        raise malformed(
            "Parsing OData Select and Expand failed: Term "
            f"'{terms[0]}' is not valid in a $select or $expand expression."
        )
    spelled = {name.lower(): name for name in relations}
    relation = spelled.get(match["name"].lower())
    if relation is None:
        raise unknown_property(match["name"], entity.name)
    return Expansion(relation, _nested_select(match["options"]))


def _terms(text: str) -> list[str]:
    terms, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            terms.append("")
        else:
            terms[-1] += letter
    return [term.strip() for term in terms]


def _nested_select(text: str | None) -> str | None:
    if not text:
        return None
    options = query_options(text.replace(";", "&"))
    unsupported = set(options) - {"$select", "$levels"}
    if unsupported:
        raise unsupported_query(
            f"The query option '{sorted(unsupported)[0]}' is not supported inside $expand."
        )
    return options.get("$select")
