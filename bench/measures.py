"""What was measured, what was allowed, and how both are shown and kept."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Measure:
    """One number. ``limit`` is the most it may be; None when it is told and not judged."""

    name: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def exceeded(self) -> bool:
        return self.limit is not None and self.value > self.limit


@dataclass
class Report:
    """The measures of one benchmark, in the order they are shown."""

    benchmark: str
    subject: str
    measures: list[Measure] = field(default_factory=list)

    def add(self, name: str, value: float, unit: str, limit: float | None = None) -> None:
        self.measures.append(Measure(name, value, unit, limit))

    @property
    def exceeded(self) -> list[Measure]:
        return [measure for measure in self.measures if measure.exceeded]

    def show(self, console: Console) -> None:
        table = Table(title=f"{self.benchmark}: {self.subject}", title_justify="left")
        table.add_column("Measure")
        for column in ("Value", "Limit"):
            table.add_column(column, justify="right", no_wrap=True)
        for measure in self.measures:
            limit = "" if measure.limit is None else _number(measure.limit)
            style = "red" if measure.exceeded else ""
            value = f"{_number(measure.value)} {measure.unit}".rstrip()
            table.add_row(measure.name, value, limit, style=style)
        console.print(table)

    def save(self) -> Path:
        """Write JSON to ``bench/results/<benchmark>.json`` and return its path."""
        RESULTS.mkdir(parents=True, exist_ok=True)
        path = RESULTS / f"{self.benchmark}.json"
        told = {**asdict(self), "machine": _machine()}
        path.write_text(json.dumps(told, indent=2) + "\n")
        return path


def _number(value: float) -> str:
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.2f}" if abs(value) < 10 else f"{value:,.1f}"


def _machine() -> dict[str, object]:
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cpus": os.cpu_count(),
        "load": os.getloadavg()[0],
    }
