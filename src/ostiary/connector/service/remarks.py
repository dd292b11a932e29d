"""What a server should know of a sync that went well: notices, and what was left out.

They travel as one `google.protobuf.Struct` in the annotations of FinishTask's success, in the words
of the closing log line; servers that do not know it pass over it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from google.protobuf.any_pb2 import Any as Annotation
from google.protobuf.struct_pb2 import Struct

from ostiary.connector.connector import Finding, Note

MOST = 50
"""Of each kind; sources have a handful."""


@dataclass
class Remarks:
    notices: list[Finding] = field(default_factory=list)
    left_out: list[Note] = field(default_factory=list)

    def heed(self, findings: Sequence[Finding]) -> None:
        """Keeps those that somebody should see."""
        self.notices += [finding for finding in findings if finding.severity == "notice"]

    def annotations(self, redact: Callable[[str], str]) -> list[Annotation]:
        """Empty when there is nothing to tell."""
        if not self.notices and not self.left_out:
            return []
        told = Struct()
        told.update(
            {
                "notices": [
                    {
                        "feature": redact(finding.feature),
                        "message": redact(finding.message),
                        "remedy": redact(finding.remedy),
                    }
                    for finding in self.notices[:MOST]
                ],
                "left_out": [
                    {
                        "count": note.count,
                        "subject": redact(note.subject),
                        "reason": redact(note.reason),
                    }
                    for note in self.left_out[:MOST]
                ],
            }
        )
        packed = Annotation()
        packed.Pack(told)
        return [packed]
