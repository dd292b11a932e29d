"""What makes a configuration: every rule of c1.config.v1 that a form can have."""

from __future__ import annotations

import pytest

from ostiary.baton.pb import config_v1 as pb
from ostiary.server.connectors.configuration.names import own_names
from ostiary.server.connectors.configuration.rules import merged, problems, shown
from ostiary.server.connectors.configuration.schema import Schema
from ostiary.server.connectors.configuration.values import complaints


def text(name: str, **rules: object) -> pb.Field:
    return pb.Field(name=name, string_field=pb.StringField(rules=pb.StringRules(**rules)))  # type: ignore[arg-type]


def schema(*fields: pb.Field, **more: object) -> Schema:
    return Schema.of(pb.Configuration(fields=fields, **more))  # type: ignore[arg-type]


def complained(form: Schema, **values: str) -> set[str]:
    return {problem.field for problem in problems(form, values)}


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        (text("a", min_len=2), "xx", "x"),
        (text("a", max_len=2), "xx", "xxx"),
        (text("a", len=2), "xx", "x"),
        (text("a", pattern="^[a-z]+$"), "abc", "ABC"),
        (text("a", prefix="p-"), "p-1", "1"),
        (text("a", suffix=".com"), "x.com", "x.org"),
        (text("a", contains="@"), "a@b", "ab"),
        (text("a", not_contains=" "), "ab", "a b"),
        (text("a", **{"in": ["eu", "us"]}), "eu", "cn"),
        (text("a", not_in=["x"]), "y", "x"),
        (
            text("a", well_known=pb.WELL_KNOWN_STRING_UUID),
            "00000000-0000-4000-8000-000000000000",
            "contoso",
        ),
        (pb.Field(name="a", bool_field=pb.BoolField()), "true", "yes"),
        (
            pb.Field(name="a", int_field=pb.IntField(rules=pb.Int64Rules(gte=1, lte=9))),
            "9",
            "10",
        ),
        (pb.Field(name="a", int_field=pb.IntField()), "-3", "three"),
        (
            pb.Field(
                name="a",
                string_slice_field=pb.StringSliceField(
                    rules=pb.RepeatedStringRules(max_items=2, unique=True)
                ),
            ),
            "x, y",
            "x,x,y",
        ),
        (
            pb.Field(
                name="a",
                string_field=pb.StringField(type=pb.STRING_FIELD_TYPE_FILE_UPLOAD),
            ),
            "-----BEGIN CERTIFICATE-----",
            "/etc/shadow",
        ),
    ],
)
def test_each_rule_lets_through_what_it_should(field: pb.Field, good: str, bad: str) -> None:
    assert list(complaints(field, good)) == []
    assert list(complaints(field, bad)) != []
    assert bad not in " ".join(complaints(field, bad)) or len(bad) < 3


def test_constraints_between_fields() -> None:
    fields = (text("a"), text("b"))

    def form(kind: pb.ConstraintKind, secondary: tuple[str, ...] = ()) -> Schema:
        names = ("a",) if secondary else ("a", "b")
        rule = pb.Constraint(kind=kind, field_names=names, secondary_field_names=secondary)
        return schema(*fields, constraints=[rule])

    together = form(pb.CONSTRAINT_KIND_REQUIRED_TOGETHER)
    assert (complained(together, a="1"), complained(together, a="1", b="2")) == ({"b"}, set())
    either = form(pb.CONSTRAINT_KIND_AT_LEAST_ONE)
    assert (bool(complained(either)), complained(either, b="1")) == (True, set())
    apart = form(pb.CONSTRAINT_KIND_MUTUALLY_EXCLUSIVE)
    assert (complained(apart, a="1", b="2"), complained(apart, a="1")) == ({"a"}, set())
    dependent = form(pb.CONSTRAINT_KIND_DEPENDENT_ON, ("b",))
    assert (complained(dependent, a="1"), complained(dependent, b="1")) == ({"b"}, set())


def test_what_the_operator_sets_is_no_setting_here() -> None:
    form = schema(pb.Field(name="state-dir", is_ops=True, string_field=pb.StringField()))
    assert complained(form, **{"state-dir": "/etc"}) == {"state-dir"}


def test_required_fields_without_a_default_are_asked_for() -> None:
    required = pb.Field(name="a", is_required=True, string_field=pb.StringField())
    default = pb.Field(
        name="b", is_required=True, string_field=pb.StringField(default_value="graph")
    )
    assert complained(schema(required, default)) == {"a"}


def test_secrets_stay_only_while_the_texts_beside_them_do() -> None:
    secret = pb.Field(name="secret", is_secret=True, string_field=pb.StringField())
    form = schema(text("host"), secret, pb.Field(name="quick", bool_field=pb.BoolField()))
    before = {"host": "a", "secret": "s"}
    assert merged(form, before, {"host": "a", "quick": "true"})[0] == {
        "host": "a",
        "quick": "true",
        "secret": "s",
    }
    values, faults = merged(form, before, {"host": "evil"})
    assert "secret" not in values
    assert [fault.field for fault in faults] == ["secret"]
    assert merged(form, before, {"host": "b", "secret": "t"}) == ({"host": "b", "secret": "t"}, [])
    assert merged(form, before, {"host": "a", "secret": ""}) == ({"host": "a"}, [])
    assert shown(form, before) == {"host": "a"}


def test_names_of_c1_are_understood() -> None:
    known = {"entra-tenant-id", "graph-domain"}
    sent = {
        "C1_selected_field_group_name": "entra_group_client_secret",
        "entra_tenant_id": "t",
        "entra_graph_domain": "g",
        "graph-domain": "h",
        "nonsense_here": "x",
    }
    assert own_names(sent, known, "entra") == {
        "auth-method": "client-secret",
        "entra-tenant-id": "t",
        "graph-domain": "h",
        "nonsense_here": "x",
    }
