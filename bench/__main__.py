"""``python -m bench [cost|ingest|large|latency ...]``: all of them when none is named."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from bench import cost, ingest, large, latency, paint
from bench.measures import Report

BENCHMARKS: dict[str, Callable[[Path], Report]] = {
    "cost": cost.measure,
    "ingest": ingest.measure,
    "latency": latency.measure,
    "large": large.measure,
    "paint": paint.measure,
}


def main() -> int:
    """Run the benchmarks; 1 when a limit was exceeded."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("benchmark", nargs="*", metavar="|".join(BENCHMARKS))
    names = parser.parse_args().benchmark or list(BENCHMARKS)
    if unknown := set(names) - BENCHMARKS.keys():
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    console = Console()
    exceeded = 0
    for name in names:
        with TemporaryDirectory(prefix=f"ostiary-bench-{name}-") as folder:
            report = BENCHMARKS[name](Path(folder))
        report.show(console)
        console.print(f"Kept in {report.save()}\n", style="dim", soft_wrap=True)
        exceeded += len(report.exceeded)
    if exceeded:
        console.print(f"{exceeded} limits are exceeded.", style="bold red")
    return 1 if exceeded else 0


if __name__ == "__main__":
    sys.exit(main())
