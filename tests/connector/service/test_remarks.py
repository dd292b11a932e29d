"""What a sync that went well tells the server beside that."""

from __future__ import annotations

from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct

from ostiary.connector.connector import Finding, Note
from ostiary.connector.service.remarks import Remarks


def plain(text: str) -> str:
    return text.replace("hunter2", "***")


def test_notices_and_what_was_left_out_are_told_without_secrets() -> None:
    remarks = Remarks(left_out=[Note(12, "devices", "not accounts")])
    remarks.heed(
        [
            Finding("ok", "Accounts", "The permissions suffice"),
            Finding("notice", "Roles", "No licence for hunter2.", "Buy one."),
        ]
    )
    (annotation,) = remarks.annotations(plain)
    told = Struct()
    assert annotation.Unpack(told)
    assert MessageToDict(told) == {
        "notices": [{"feature": "Roles", "message": "No licence for ***.", "remedy": "Buy one."}],
        "left_out": [{"count": 12, "subject": "devices", "reason": "not accounts"}],
    }


def test_nothing_to_tell_is_nothing_on_the_wire() -> None:
    assert Remarks().annotations(plain) == []
