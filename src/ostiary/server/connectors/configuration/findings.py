"""What a program says of its settings, by its `check --json`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Text = Annotated[str, Field(max_length=4000)]


class _Told(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Missing(_Told):
    feature: Text = ""
    permission: Text = ""
    alternatives: tuple[Text, ...] = ()


class Finding(_Told):
    """`code` is the label of a gRPC code, `cause` tells causes apart: `secret_expired`."""

    severity: Literal["ok", "notice", "error"]
    feature: Text = ""
    message: Text = ""
    remedy: Text = ""
    code: Text = ""
    cause: Text = ""
    missing: tuple[Missing, ...] = ()

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".rstrip()


class Verdict(_Told):
    status: Text
    findings: Annotated[tuple[Finding, ...], Field(max_length=200)] = ()

    @property
    def errors(self) -> Sequence[Finding]:
        return [finding for finding in self.findings if finding.severity == "error"]


def read_verdict(text: str) -> Verdict | None:
    """None for what is no verdict, such as the complaint of a program without that command."""
    try:
        return Verdict.model_validate_json(text)
    except ValidationError:
        return None
