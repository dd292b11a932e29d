"""Log lines and what must not be in them."""

import io
import json
import logging
from pathlib import Path
from typing import Any

import pytest
import structlog
from rich.console import Console

from ostiary.connector.logs import Format, logging_to
from ostiary.connector.redaction import Redactor
from ostiary.connector.status import ConnectorError


class Captured:
    def __init__(self, *, terminal: bool = False) -> None:
        self.stream = io.StringIO()
        self.console = Console(file=self.stream, force_terminal=terminal, width=80)

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


def log_one(style: Format, level: str = "info", redact: Redactor | None = None) -> Captured:
    captured = Captured()
    with logging_to(captured.console, redact or Redactor(), style=style, level=level):
        structlog.get_logger("ostiary.test").info("sync started", file="x.c1z", count=3)
    return captured


def test_a_json_line_has_the_shape_of_zap() -> None:
    [record] = log_one("json").records
    assert list(record) == ["level", "ts", "caller", "msg", "file", "count"]
    assert record["level"] == "info"
    assert record["msg"] == "sync started"
    assert isinstance(record["ts"], float)
    assert record["caller"].startswith("connector/test_logs.py:")


def test_a_console_line_is_readable() -> None:
    line = log_one("console").text
    assert "sync started" in line
    assert "count=3" in line
    assert "\x1b" not in line


@pytest.mark.parametrize(("level", "lines"), [("debug", 1), ("bogus", 1), ("warn", 0)])
def test_levels_below_the_wanted_one_are_silent_and_a_bad_level_means_info(
    level: str, lines: int
) -> None:
    assert len(log_one("json", level).records) == lines


def test_the_standard_library_logs_in_the_same_shape() -> None:
    captured = Captured()
    with logging_to(captured.console, Redactor(), style="json"):
        logging.getLogger("ostiary.graph").warning("asked to wait %d s", 7, extra={"stream": "u"})
    [record] = captured.records
    assert (record["level"], record["msg"]) == ("warn", "asked to wait 7 s")
    assert record["stream"] == "u"


def test_libraries_are_heard_from_warning_on() -> None:
    captured = Captured()
    with logging_to(captured.console, Redactor(), style="json"):
        logging.getLogger("chatty.library").info("hello")
        logging.getLogger("chatty.library").warning("trouble")
    assert [record["msg"] for record in captured.records] == ["trouble"]


CANARY = 'p~8Q"caña\\ry/+ x'


@pytest.mark.parametrize("style", ["json", "console"])
def test_a_secret_appears_nowhere_in_a_line(style: Format) -> None:
    captured = Captured()
    with logging_to(captured.console, Redactor([CANARY]), style=style):
        log = structlog.get_logger("ostiary.test")
        log.info(f"in the message {CANARY}", field=CANARY, nested={"deep": [CANARY]})
        logging.getLogger("ostiary.test").error("as an argument %s", CANARY)
        try:
            raise RuntimeError(f"in an error {CANARY}")
        except RuntimeError:
            log.exception("failed")
    for spelling in (CANARY, json.dumps(CANARY)[1:-1], repr(CANARY)[1:-1], "p~8Q"):
        assert spelling not in captured.text
    assert captured.text.count("***") >= 5


def test_a_secret_learned_later_is_masked_from_then_on() -> None:
    redact = Redactor()
    assert redact("token abcdef") == "token abcdef"
    redact.conceal("abcdef")
    assert redact("token abcdef") == "token ***"


def test_a_line_of_a_key_file_is_masked_on_its_own() -> None:
    pem = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nshort\n-----END PRIVATE KEY-----"
    redact = Redactor([pem])
    assert redact(f"bad key:\n{pem}") == "bad key:\n***"
    assert redact("near MIIEvQIBADANBgkqhkiG9w0B at") == "near *** at"


def test_short_values_do_not_garble_the_log() -> None:
    assert Redactor(["a", "no"])("a plain note") == "a plain note"


def test_lines_go_to_the_given_file_instead(tmp_path: Path) -> None:
    captured = Captured()
    target = tmp_path / "sync.log"
    with logging_to(captured.console, Redactor(), style="json", paths=[str(target)]):
        structlog.get_logger("ostiary.test").info("kept")
    assert captured.text == ""
    assert json.loads(target.read_text())["msg"] == "kept"


def test_an_unusable_log_path_says_so(tmp_path: Path) -> None:
    with (
        pytest.raises(ConnectorError, match="cannot be written"),
        logging_to(Captured().console, Redactor(), style="json", paths=[str(tmp_path / "no/log")]),
    ):
        pass
