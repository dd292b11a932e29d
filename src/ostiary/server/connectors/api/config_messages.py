"""Shapes of kinds of connectors and of their settings. C1 documents only ConfigurationSchema; the
others are our own."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ostiary.server.connectors.api.messages import CronSchedule
from ostiary.server.connectors.configuration.findings import Verdict
from ostiary.server.kernel.rest import Duration, Message

MOST_FIELDS = 200


class SchemaRequest(Message):
    """`connector_id` alone is enough for a connector that is there already."""

    catalog_id: str = ""
    app_id: str = ""
    connector_id: str = ""


class SchemaReply(Message):
    """c1.connector.v2.ConfigSchema in proto3's JSON."""

    config_schema: dict[str, Any] = Field(alias="schema")


class Kind(Message):
    """`hosted`: this server can run it. `name` is what the console calls it."""

    catalog_id: str
    name: str
    display_name: str
    hosted: bool


class KindList(Message):
    list: list[Kind]


class KindReply(Kind):
    """`configuration` is a c1.config.v1.Configuration without ops fields, `capabilities` a
    c1.connector.v2.ConnectorCapabilities, both unset for kinds that run elsewhere."""

    configuration: dict[str, Any] | None = None
    capabilities: dict[str, Any] | None = None


class SettingsReply(Message):
    """`secrets_set` names the fields that hold something nobody can read back."""

    catalog_id: str
    values: dict[str, str]
    secrets_set: list[str]


class SettingsRequest(Message):
    """By field name. An empty value takes a setting away; what is not named stays."""

    values: dict[str, str] = Field(default_factory=dict, max_length=MOST_FIELDS)


class CheckReply(Message):
    """`status` is OK or the label of a gRPC code; `findings` as the program told them."""

    status: str
    findings: list[dict[str, Any]]

    @classmethod
    def of(cls, verdict: Verdict) -> CheckReply:
        findings = [finding.model_dump(mode="json") for finding in verdict.findings]
        return cls(status=verdict.status, findings=findings)


class ScheduleRequest(Message):
    """One of these. C1 documents `cron`."""

    cron: CronSchedule | None = None
    interval: Duration | None = None
    on_demand: bool = False
