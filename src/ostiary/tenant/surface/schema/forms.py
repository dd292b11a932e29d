"""How a property looks in JSON; decides what it is when unset and how a filter may compare it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    TEXT = "text"
    FLAG = "flag"
    INSTANT = "instant"
    DATE = "date"
    GUID = "guid"
    NUMBER = "number"
    COMPLEX = "complex"
    MANY_TEXT = "many_text"
    MANY_COMPLEX = "many_complex"

    @property
    def many(self) -> bool:
        return self in (Form.MANY_TEXT, Form.MANY_COMPLEX)


@dataclass(frozen=True, slots=True)
class Forms:
    """Property names of one entity type, separated by spaces, grouped by form."""

    text: str = ""
    flag: str = ""
    instant: str = ""
    date: str = ""
    guid: str = ""
    number: str = ""
    complex: str = ""
    many_text: str = ""
    many_complex: str = ""

    def properties(self) -> Iterator[tuple[str, Form]]:
        for form in Form:
            for name in getattr(self, form.value).split():
                yield name, form
