"""Fitting tables to terminals."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ostiary.cli.c1z.columns import GAP, Column, fitted_widths

widths = st.lists(st.integers(1, 60), min_size=1, max_size=7)


def _columns(natural: list[int]) -> list[Column]:
    return [Column("x", narrow=8) for _ in natural]


@given(widths, st.integers(8, 120))
def test_a_fitted_table_never_exceeds_the_terminal(natural: list[int], total: int) -> None:
    fitted = fitted_widths(_columns(natural), natural, total)
    assert sum(fitted) + GAP * (len(fitted) - 1) <= total


@given(widths, st.integers(8, 120))
def test_no_column_is_cut_below_its_least_width(natural: list[int], total: int) -> None:
    fitted = fitted_widths(_columns(natural), natural, total)
    assert all(width >= min(8, whole) for width, whole in zip(fitted, natural, strict=False))


@given(widths)
def test_a_wide_terminal_shows_everything(natural: list[int]) -> None:
    assert fitted_widths(_columns(natural), natural, 10_000) == natural


def test_the_widest_column_is_cut_first_and_the_last_ones_go() -> None:
    assert fitted_widths(_columns([10, 40, 12]), [10, 40, 12], 40) == [10, 14, 12]
    assert fitted_widths(_columns([10, 40, 12]), [10, 40, 12], 20) == [10, 8]
