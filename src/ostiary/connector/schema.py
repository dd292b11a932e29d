"""The form a connector asks to be filled in, as `config` prints it (protocol reference 4.7)."""

from __future__ import annotations

from google.protobuf.json_format import MessageToJson

from ostiary.baton.pb import config_v1 as pb
from ostiary.connector.definition import ConnectorDefinition
from ostiary.connector.fields import Constraint, ConstraintKind, Field, FieldGroup

KINDS: dict[ConstraintKind, pb.ConstraintKind] = {
    ConstraintKind.REQUIRED_TOGETHER: pb.CONSTRAINT_KIND_REQUIRED_TOGETHER,
    ConstraintKind.AT_LEAST_ONE: pb.CONSTRAINT_KIND_AT_LEAST_ONE,
    ConstraintKind.MUTUALLY_EXCLUSIVE: pb.CONSTRAINT_KIND_MUTUALLY_EXCLUSIVE,
    ConstraintKind.DEPENDENT_ON: pb.CONSTRAINT_KIND_DEPENDENT_ON,
}


def configuration(definition: ConnectorDefinition) -> pb.Configuration:
    """Exported fields sorted by name, those for the operator first."""
    exported = [declared for declared in definition.all_fields if declared.exported]
    return pb.Configuration(
        fields=[_field(f) for f in sorted(exported, key=lambda f: (not f.ops, f.name))],
        constraints=[_constraint(rule) for rule in definition.constraints],
        display_name=definition.display_name,
        help_url=definition.help_url,
        icon_url=definition.icon_url,
        is_directory=definition.is_directory,
        field_groups=[_group(group) for group in definition.groups],
    )


def configuration_json(definition: ConnectorDefinition) -> str:
    """The content of config_schema.json."""
    return MessageToJson(configuration(definition), indent=2, ensure_ascii=False)


def _field(declared: Field) -> pb.Field:
    field = pb.Field(
        name=declared.name,
        display_name=declared.display_name or declared.name,
        description=declared.description,
        placeholder=declared.placeholder,
        is_required=declared.required,
        is_ops=declared.ops,
        is_secret=declared.secret,
    )
    match declared.kind:
        case "bool":
            field.bool_field.CopyFrom(pb.BoolField(default_value=declared.initial is True))
        case "int":
            field.int_field.CopyFrom(_int_field(declared))
        case "strings":
            field.string_slice_field.CopyFrom(_strings_field(declared))
        case _:
            field.string_field.CopyFrom(_string_field(declared))
    return field


def _string_field(declared: Field) -> pb.StringField:
    field = pb.StringField(
        default_value=str(declared.initial),
        options=[pb.StringFieldOption(name=name, value=name) for name in declared.choices],
    )
    if declared.kind == "file":
        field.type = pb.STRING_FIELD_TYPE_FILE_UPLOAD
        field.allowed_extensions.extend(declared.allowed_extensions)
    if declared.required:
        field.rules.is_required = True
    if declared.choices:
        getattr(field.rules, "in").extend(declared.choices)
    return field


def _int_field(declared: Field) -> pb.IntField:
    field = pb.IntField(default_value=int(str(declared.initial)))
    if declared.required:
        field.rules.is_required = True
    if declared.minimum is not None:
        field.rules.gte = declared.minimum
    if declared.maximum is not None:
        field.rules.lte = declared.maximum
    return field


def _strings_field(declared: Field) -> pb.StringSliceField:
    initial = declared.initial
    field = pb.StringSliceField(default_value=initial if isinstance(initial, tuple) else ())
    if declared.required:
        field.rules.is_required = True
    return field


def _constraint(rule: Constraint) -> pb.Constraint:
    return pb.Constraint(
        kind=KINDS[rule.kind],
        field_names=rule.fields,
        secondary_field_names=rule.secondary,
    )


def _group(group: FieldGroup) -> pb.FieldGroup:
    return pb.FieldGroup(
        name=group.name,
        display_name=group.display_name,
        help_text=group.help,
        fields=group.fields,
        default=group.default,
    )
