"""A list as a file for spreadsheets, which cannot be made to run what is in it."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Sequence
from typing import IO, Any

from ostiary.server.web.components.cells import Cell, Number
from ostiary.server.web.components.tables import Column

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Beginnings that spreadsheets take for formulas or commands, also as full-width forms
(OWASP, "CSV Injection")."""

IN_MEMORY = 4 * 1024 * 1024
CHUNK = 64 * 1024


def write(columns: Sequence[Column[Any]], rows: Iterator[Any]) -> IO[bytes]:
    """UTF-8 with a byte order mark, which spreadsheets need to see the encoding. At its start."""
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    writer = csv.writer(_Encoding(file))
    file.write(b"\xef\xbb\xbf")
    writer.writerow([safe(_title(column)) for column in columns])
    for row in rows:
        writer.writerow([_value(column.cell(row)) for column in columns])
    file.seek(0)
    return file


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk


def safe(text: str) -> str:
    """With an apostrophe before what would be taken for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(DANGEROUS) else text


def _title(column: Column[Any]) -> str:
    return f"{column.title} ({column.unit})" if column.unit else column.title


def _value(cell: Cell) -> str:
    return cell.plain if isinstance(cell, Number) else safe(cell.plain)


class _Encoding:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode("utf-8", "replace"))
