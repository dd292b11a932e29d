"""How the service stands with its server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Standing:
    """`greeted` once the server took the first Hello; `failures` counts polls in a row that
    failed, `problem` is why the last one did."""

    greeted: bool = False
    failures: int = 0
    problem: str = ""
    running: int = 0

    def reached(self) -> None:
        self.failures = 0
        self.problem = ""

    def missed(self, reason: str) -> None:
        self.failures += 1
        self.problem = reason
