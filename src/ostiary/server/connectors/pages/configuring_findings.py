"""What is wrong with settings, beside the field that it concerns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ostiary.server.connectors.configuration.findings import Finding, Verdict
from ostiary.server.connectors.configuration.rules import group_of
from ostiary.server.connectors.configuration.schema import Schema
from ostiary.server.connectors.configuration.trying import BAD_REQUEST, CHECKED
from ostiary.server.connectors.views.findings import Found, found
from ostiary.server.kernel.errors import AppError

CONCERNS: Final[Mapping[str, str]] = {
    "secret_unknown": "client-secret",
    "secret_expired": "client-secret",
    "secret_id_given": "client-secret",
    "certificate_unknown": "certificate",
    "tenant_unknown": "tenant-id",
    "app_unknown": "client-id",
    "app_disabled": "client-id",
    "app_not_in_tenant": "client-id",
    "wrong_cloud": "login-domain",
}
"""By cause, how the name of the field ends that it lies in."""

_IN_PART: Final = "This works in part only. Mend what does not, then check again."
_NOT: Final = "This does not work yet. Mend what the check found, then check again."


@dataclass(frozen=True)
class Complaint:
    """`fields`: by field, what is wrong and what to do. `problem` is of the whole, `findings` what
    the program told of each feature, without what stands beside a field."""

    problem: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    technical: str = ""

    @property
    def found(self) -> Sequence[Found]:
        return found(self.findings)


def complaint(error: AppError, schema: Schema, values: Mapping[str, str]) -> Complaint:
    """Of a refusal of `values` by `draft` or `approve`."""
    for detail in error.details:
        if detail.get("@type") == BAD_REQUEST:
            return Complaint(fields=_violations(detail["fieldViolations"], schema))
        if detail.get("@type") == CHECKED:
            return judged(Verdict.model_validate(detail), schema, values)
    return Complaint(problem=error.message)


def judged(verdict: Verdict, schema: Schema, values: Mapping[str, str]) -> Complaint:
    """Also of a verdict without errors: then it says what works."""
    foreign = schema.foreign_to(group_of(schema, values))
    names = [name for name in schema.fields if name not in foreign]
    fields: dict[str, str] = {}
    others: list[Finding] = []
    for finding in verdict.findings:
        place = concerned(finding, names)
        if place and place not in fields:
            fields[place] = str(finding)
        else:
            others.append(finding)
    technical = ", ".join(dict.fromkeys(_technical(each) for each in verdict.errors))
    unplaced = any(each.severity == "error" for each in others)
    problem = _IN_PART if unplaced and len(others) > 1 else _NOT if unplaced else ""
    return Complaint(problem, fields, tuple(others), technical)


def concerned(finding: Finding, names: Iterable[str]) -> str:
    """The field among `names` that an error lies in; empty for those of no field."""
    ending = CONCERNS.get(finding.cause)
    if ending is None or finding.severity != "error":
        return ""
    return next((name for name in names if name == ending or name.endswith(f"-{ending}")), "")


def _technical(finding: Finding) -> str:
    return " ".join(word for word in (finding.code, finding.cause) if word)


def _violations(violations: Iterable[Mapping[str, Any]], schema: Schema) -> dict[str, str]:
    """The first of each field: what is to be given again is, to `rules`, missing as well."""
    told: dict[str, str] = {}
    for each in violations:
        sentence = f"{each['field']} {each['description']}."
        told.setdefault(str(each["field"]), _in_words(sentence, schema))
    return told


def _in_words(sentence: str, schema: Schema) -> str:
    """Names of fields as the form calls them."""
    titles = {name: each.display_name or name for name, each in schema.fields.items()}
    if not titles:
        return sentence
    longest_first = "|".join(re.escape(name) for name in sorted(titles, key=len, reverse=True))
    return re.sub(
        rf"(?<![\w-])({longest_first})(?![\w-])", lambda found: titles[found[1]], sentence
    )
