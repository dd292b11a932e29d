"""Draws docs/pictures/demo.svg: `ostiary demo` as a terminal shows it. Run it after changing that.

    python scripts/picture.py [--out FILE] [--columns N]

The demo runs on a real pseudo-terminal; what it sent there is replayed (progress displays move the
cursor up and rewrite lines) and the screen that results is drawn.
"""

import argparse
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
from fcntl import ioctl
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
DEMO = [sys.executable, "-m", "ostiary.cli.main", "demo", "--once"]
MOVE = re.compile(r"\x1b\[(\d*)([ABKJ])|\x1b\[\?25[hl]|(\r)|(\n)")
FIRST, AFTER = "4/6", "Every step did what it said."
"""The part that is drawn: from the line that begins with the one to before the other."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the picture of the demo.")
    parser.add_argument("--out", type=Path, default=ROOT / "docs/pictures/demo.svg")
    parser.add_argument("--columns", type=int, default=100)
    asked = parser.parse_args()
    lines = screen(run_demo(asked.columns))
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    draw(part(lines), asked.columns, asked.out)


def run_demo(columns: int) -> str:
    """What the demo sent to its terminal; fails if the demo does."""
    master, slave = pty.openpty()
    ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environment = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    environment.pop("COLUMNS", None)
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(DEMO, cwd=folder, env=environment, stdout=slave, stderr=slave) as process,  # noqa: S603
    ):
        os.close(slave)
        sent = b"".join(iter(lambda: read(master), b""))
    os.close(master)
    if process.returncode != 0:
        sys.exit(f"The demo failed:\n{sent.decode()}")
    return sent.decode()


def read(descriptor: int) -> bytes:
    """Linux answers EIO when the other end of a terminal is closed."""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


def screen(sent: str) -> list[str]:
    """The lines that remain, with their colours still as escape sequences."""
    lines, row, fresh = [""], 0, False
    place = 0
    for move in MOVE.finditer(sent):
        text = sent[place : move.start()]
        place = move.end()
        if text:
            lines[row] = text if fresh else lines[row] + text
            fresh = False
        count, what, start, feed = move.groups()
        if feed:
            row += 1
            lines += [""] * (row + 1 - len(lines))
            fresh = False
        elif start:
            fresh = True
        elif what == "A":
            row = max(0, row - int(count or 1))
        elif what in ("K", "J"):
            lines[row] = ""
    return lines


def part(lines: list[str]) -> list[str]:
    plain = [Text.from_ansi(line).plain for line in lines]
    begin = next(n for n, line in enumerate(plain) if line.startswith(FIRST))
    end = next(n for n, line in enumerate(plain) if line.startswith(AFTER))
    return lines[begin:end]


def draw(lines: list[str], columns: int, out: Path) -> None:
    console = Console(record=True, width=columns, file=open(os.devnull, "w"), force_terminal=True)  # noqa: SIM115
    for line in lines:
        console.print(Text.from_ansi(line), soft_wrap=True)
    out.write_text(
        console.export_svg(title="ostiary demo", theme=DIMMED_MONOKAI, unique_id="demo"),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
