"""Remarks of connectors on their way into the journal, whatever else they send."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.any_pb2 import Any as Annotation
from google.protobuf.duration_pb2 import Duration
from google.protobuf.struct_pb2 import Struct

from ostiary.server.gateway.remarks import LONGEST, MOST, remarks_in


def packed(**told: Any) -> Annotation:
    struct, annotation = Struct(), Annotation()
    struct.update(told)
    annotation.Pack(struct)
    return annotation


def test_a_notice_says_what_to_do_and_what_is_left_out_how_much() -> None:
    notice = {"feature": "Roles", "message": "No licence.", "remedy": "Buy one."}
    left_out = {"count": 12, "subject": "devices", "reason": "not accounts"}
    first, second = remarks_in([packed(notices=[notice], left_out=[left_out])])
    assert (first.message, first.details) == ("No licence. Buy one.", {"feature": "Roles"})
    assert (second.message, second.details) == ("Left out: 12 devices: not accounts.", left_out)


@pytest.mark.parametrize(
    "annotation",
    [
        packed(notices="all well", left_out=7),
        packed(notices=["text"], other=[{"message": "x"}]),
        packed(left_out=None),
        Annotation(type_url="type.googleapis.com/google.protobuf.Struct", value=b"\xff\xff"),
        Annotation(type_url="type.googleapis.com/google.protobuf.Duration", value=b"\xff"),
    ],
)
def test_what_cannot_be_understood_is_passed_over(annotation: Annotation) -> None:
    assert remarks_in([annotation]) == []


def test_numbers_that_cannot_be_said_are_passed_over() -> None:
    assert remarks_in([packed(left_out=[{"count": float("nan")}])]) == []
    assert remarks_in([packed(left_out=[{"count": float("inf")}])]) == []


def test_much_is_cut_and_hostile_text_can_be_stored() -> None:
    notices = [{"message": "x\x00" * LONGEST}] * (MOST + 1)
    remarks = remarks_in([packed(notices=notices), packed(notices=notices)])
    assert len(remarks) == MOST
    assert len(remarks[0].message) == LONGEST
    assert "\x00" not in remarks[0].message


def test_foreign_annotations_are_for_others() -> None:
    foreign = Annotation()
    foreign.Pack(Duration(seconds=1))
    assert remarks_in([foreign]) == []
