"""The form that a kind of connector asks to be filled in, as far as a client may fill it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ostiary.baton.pb import config_v1 as pb


@dataclass(frozen=True)
class Schema:
    """`fields` by name, without those that are for whoever runs the program (ops fields)."""

    fields: Mapping[str, pb.Field]
    groups: Mapping[str, pb.FieldGroup]
    constraints: tuple[pb.Constraint, ...]

    @classmethod
    def of(cls, configuration: pb.Configuration) -> Schema:
        return cls(
            {field.name: field for field in configuration.fields if not field.is_ops},
            {group.name: group for group in configuration.field_groups},
            tuple(configuration.constraints),
        )

    @property
    def default_group(self) -> str:
        """Empty where there is one way to sign in only."""
        default = next((name for name, group in self.groups.items() if group.default), None)
        return default or next(iter(self.groups), "")

    def foreign_to(self, group: str) -> frozenset[str]:
        """Fields that only make sense with other ways to sign in."""
        if group not in self.groups:
            return frozenset()
        grouped = {name for each in self.groups.values() for name in each.fields}
        return frozenset(grouped - set(self.groups[group].fields))


def is_secret(field: pb.Field) -> bool:
    """Also an uploaded file: nobody needs to read back a certificate, and it may hold a key."""
    return field.is_secret or is_file(field)


def is_file(field: pb.Field) -> bool:
    return field.string_field.type == pb.STRING_FIELD_TYPE_FILE_UPLOAD


def is_text(field: pb.Field) -> bool:
    """Free text that is no secret: it may say where secrets are sent, or as whom."""
    return field.WhichOneof("field") == "string_field" and not is_secret(field)


def is_required(field: pb.Field) -> bool:
    kind = field.WhichOneof("field")
    rules = getattr(getattr(field, kind), "rules", None) if kind else None
    return bool(field.is_required or getattr(rules, "is_required", False))


def has_default(field: pb.Field) -> bool:
    kind = field.WhichOneof("field")
    return bool(kind and getattr(getattr(field, kind), "default_value", None))
