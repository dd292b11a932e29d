"""When children start again, and what becomes of what they say."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from ostiary.server.connectors.hosting.lines import LONGEST_LINE, entry, split
from ostiary.server.connectors.hosting.rules import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    STEADY_AFTER,
    crashes_after,
    keeps_crashing,
    pause_after,
)


def test_pauses_double_and_end_at_the_longest() -> None:
    pauses = [pause_after(crashes) for crashes in range(1, 40)]
    assert pauses[:4] == [FIRST_PAUSE * factor for factor in (1, 2, 4, 8)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE


def test_a_child_that_stayed_up_for_a_while_begins_a_new_count() -> None:
    quick = timedelta(seconds=1)
    crashes = crashes_after(crashes_after(crashes_after(0, quick), quick), quick)
    assert keeps_crashing(crashes)
    assert not keeps_crashing(crashes_after(crashes, STEADY_AFTER))


async def lines_of(said: bytes) -> list[str]:
    reader = asyncio.StreamReader()
    reader.feed_data(said)
    reader.feed_eof()
    return [line async for line in split(reader)]


@given(st.lists(st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=50)))
def test_lines_come_out_as_they_went_in(lines: list[str]) -> None:
    said = "".join(f"{line}\n" for line in lines).encode()
    assert asyncio.run(lines_of(said)) == lines


async def test_a_line_without_end_is_cut_and_the_next_is_whole() -> None:
    long, after = await lines_of(b"x" * (5 * LONGEST_LINE) + b"\nnext")
    assert (len(long), after) == (LONGEST_LINE, "next")


def test_json_lines_keep_their_level_and_fields() -> None:
    line = entry('{"level":"warn","ts":1.5,"msg":"slow","seconds":3}', ())
    assert line is not None
    assert (line.level, line.message, line.fields) == ("warning", "slow", {"seconds": 3})
    assert entry('{"level":"debug","msg":"no"}', ()) is None
    assert entry("  ", ()) is None


def test_secrets_are_masked_plain_and_within_json() -> None:
    secret = 'a"secret\\with\nescapes'
    plain = entry(f"it is {secret}", [secret])
    quoted = entry('{"level":"info","msg":"it is a\\"secret\\\\with\\nescapes"}', [secret])
    assert plain is not None
    assert quoted is not None
    assert plain.message == quoted.message == "it is ***"


@given(st.text(max_size=200) | st.builds('{{"msg":"x","y":"{}"}}'.format, st.text(max_size=20)))
def test_whatever_is_said_can_be_stored(said: str) -> None:
    line = entry(said, ())
    if line is not None:
        text = f"{line.message}{line.fields}"
        assert "\x00" not in text
        text.encode()
