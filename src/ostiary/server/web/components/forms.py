"""Forms: fields with their errors, and the word that must be typed. Drawn by `web/forms.html`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ostiary.server.kernel.errors import AppError, invalid
from ostiary.server.web.components.cells import Tone

Kind = Literal[
    "text",
    "email",
    "password",
    "number",
    "date",
    "url",
    "textarea",
    "select",
    "checkbox",
    "file",
    "person",
    "people",
]
TYPED = "typed"
"""The name of the field of a confirmation."""


@dataclass(frozen=True)
class Field:
    """`options` are values with their words, for a `select`. `value` of a checkbox: `on` or empty;
    of a `person` an e-mail address, of `people` one on each line, with names among `options`.

    `error` says what is wrong and what to do.
    """

    name: str
    label: str
    kind: Kind = "text"
    value: str = ""
    help: str = ""
    error: str = ""
    required: bool = False
    options: Sequence[tuple[str, str]] = ()
    autocomplete: str = "off"
    placeholder: str = ""
    accept: str = ""
    """Of a `file`: extensions, with commas between them."""


@dataclass(frozen=True)
class Form:
    """`problem` is what is wrong with the whole; `hidden` is sent along unseen."""

    action: str
    fields: Sequence[Field]
    verb: str
    problem: str = ""
    hidden: Sequence[tuple[str, str]] = ()
    cancel: str = ""
    """Where else to go."""
    tone: Tone = "accent"
    files: bool = False

    @property
    def wrong(self) -> Sequence[Field]:
        return [field for field in self.fields if field.error]

    def refused(
        self, values: Mapping[str, str], errors: Mapping[str, str], problem: str = ""
    ) -> Form:
        """The form again, with what was typed (but no passwords) and what is wrong with it."""
        fields = [
            replace(
                field,
                value=field.value if field.kind == "password" else values.get(field.name, ""),
                error=errors.get(field.name, ""),
            )
            for field in self.fields
        ]
        return replace(self, fields=fields, problem=problem)


def problems(**checks: Callable[[], object]) -> dict[str, str]:
    """By field, the words of those checks that refuse it with an `AppError`."""
    found = {}
    for name, check in checks.items():
        try:
            check()
        except AppError as error:
            found[name] = error.message
    return found


Refused = tuple[Mapping[str, str], Mapping[str, str]]
"""What was typed, and what is wrong with it, by field."""


def with_refusal(form: Form, refused: Refused | None) -> Form:
    """The form as it is, or as it comes back."""
    return form.refused(*refused) if refused else form


@dataclass(frozen=True)
class Confirmation:
    """A dialog that says what will happen to how many, and asks to type `word` when it cannot be
    undone, or for what `fields` hold. `key` names the dialog: a button with `data-opens="<key>"`
    opens it."""

    key: str
    title: str
    text: str
    verb: str
    action: str
    word: str = ""
    hidden: Sequence[tuple[str, str]] = ()
    fields: Sequence[Field] = ()
    tone: Tone = "danger"


def check_typed(typed: str, word: str) -> None:
    """What the browser sees to is checked here as well."""
    if typed.strip().casefold() != word.casefold():
        raise invalid(f"type {word} to confirm")
