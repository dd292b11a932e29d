"""What a connector prints about itself: capabilities, config, help, version."""

from __future__ import annotations

import json
from typing import Any

import pytest
from google.protobuf.json_format import Parse

from ostiary.baton.pb import config_v1, connector_v2
from ostiary.connector.capabilities import capabilities_json
from ostiary.connector.cli import run
from ostiary.connector.definition import Constraint, ConstraintKind, Field
from ostiary.connector.schema import configuration_json
from tests.connector.fake import definition


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(definition(), words, {}) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def test_capabilities_need_no_settings(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "capabilities") == capabilities_json(definition()) + "\n"


def test_capabilities_have_the_shape_and_order_of_the_protocol() -> None:
    shown = json.loads(capabilities_json(definition()))
    assert shown["@type"] == "type.googleapis.com/c1.connector.v2.ConnectorCapabilities"
    types = shown["resourceTypeCapabilities"]
    assert [entry["resourceType"]["id"] for entry in types] == ["app", "group", "site", "user"]
    assert types[3] == {
        "resourceType": {"id": "user", "displayName": "User", "traits": ["TRAIT_USER"]},
        "capabilities": ["CAPABILITY_SYNC", "CAPABILITY_TARGETED_SYNC"],
        "permissions": {"permissions": [{"permission": "People.Read"}]},
    }
    assert shown["connectorCapabilities"] == ["CAPABILITY_SYNC", "CAPABILITY_TARGETED_SYNC"]


def test_capabilities_are_protojson_indented_by_two() -> None:
    text = capabilities_json(definition())
    assert text.splitlines()[1].startswith('  "@type"')
    body = json.loads(text)
    del body["@type"]
    Parse(json.dumps(body), connector_v2.ConnectorCapabilities())


def config_fields() -> list[dict[str, Any]]:
    fields: list[dict[str, Any]] = json.loads(configuration_json(definition()))["fields"]
    return fields


def test_config_lists_operator_fields_first_and_each_part_sorted() -> None:
    names = [field["name"] for field in config_fields()]
    operator = ["health-check", "health-check-bind-address", "health-check-port"]
    operator += ["http-timeout-seconds", "log-level"]
    assert names[:5] == operator
    assert names[5:] == sorted(names[5:])
    assert names[5] == "fake-certificate"
    assert "file" not in names
    assert "sync-resources" not in names


def test_config_describes_each_kind_of_field() -> None:
    fields = {field["name"]: field for field in config_fields()}
    assert fields["fake-tenant-id"] == {
        "name": "fake-tenant-id",
        "displayName": "Tenant ID",
        "description": "Which tenant to read.",
        "placeholder": "contoso",
        "isRequired": True,
        "stringField": {"rules": {"isRequired": True}},
    }
    assert fields["fake-client-secret"]["isSecret"] is True
    assert fields["fake-certificate"]["stringField"] == {
        "type": "STRING_FIELD_TYPE_FILE_UPLOAD",
        "allowedExtensions": [".pem"],
        "rules": {"isRequired": True},
    }
    assert fields["fake-skip-guests"]["boolField"] == {}
    assert fields["fake-page-size"]["intField"] == {
        "defaultValue": "100",
        "rules": {"gte": "1", "lte": "999"},
    }
    assert fields["fake-domains"]["stringSliceField"] == {}
    assert fields["fake-region"]["stringField"]["rules"] == {"in": ["eu", "us"]}
    assert fields["log-level"]["isOps"] is True
    assert fields["log-level"]["stringField"] == {"defaultValue": "info"}


def test_config_tells_groups_constraints_and_who_it_is() -> None:
    shown = json.loads(configuration_json(definition()))
    assert shown["displayName"] == "Fake"
    assert shown["helpUrl"] == "https://example.test/fake"
    assert shown["fieldGroups"][0] == {
        "name": "client-secret",
        "displayName": "Client secret",
        "helpText": "Sign in with a secret.",
        "fields": ["fake-tenant-id", "fake-client-id", "fake-client-secret"],
        "default": True,
    }
    assert shown["constraints"] == [
        {
            "kind": "CONSTRAINT_KIND_REQUIRED_TOGETHER",
            "fieldNames": ["fake-proxy-user", "fake-proxy-password"],
        }
    ]
    Parse(json.dumps(shown), config_v1.Configuration())


def test_config_is_printed_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(printed(capsys, "config"))["fields"]


def test_help_names_every_shown_flag_with_its_variable(capsys: pytest.CaptureFixture[str]) -> None:
    text = " ".join(printed(capsys, "--help").split())
    for declared in definition().all_fields:
        assert (f"--{declared.name} " in text) is not declared.hidden
        assert (declared.env in text) is not declared.hidden
    assert "Needs --fake-tenant-id, --fake-client-id, --fake-client-secret." in text
    assert "-f, --file" in text
    assert "capabilities" in text


@pytest.mark.parametrize("word", ["-h", "help"])
def test_help_has_other_spellings(capsys: pytest.CaptureFixture[str], word: str) -> None:
    assert "FLAGS" in printed(capsys, word)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "--version") == "baton-fake version 1.2.3\n"


def test_a_definition_that_contradicts_itself_is_refused() -> None:
    sound = definition()
    clash = vars(sound) | {"fields": (*sound.fields, Field("file"))}
    with pytest.raises(ValueError, match="declared twice"):
        type(sound)(**clash)
    rule = Constraint(ConstraintKind.AT_LEAST_ONE, ("nobody",))
    with pytest.raises(ValueError, match="unknown fields"):
        type(sound)(**(vars(sound) | {"constraints": (rule,)}))
