"""What is written in forms, one thing in each line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from ostiary.server.directory.rules.matching import MOST_CASES, Case, rules_of_cases
from ostiary.server.kernel.errors import AppError, invalid

BETWEEN: Final = " = "
"""Between the two expressions of a pair."""
PAIRS_HELP: Final = (
    "One pair a line, tried in this order: an expression over the account, an equals sign between "
    "spaces, one over the person."
)
PAIRS_EXAMPLE: Final = "account.profile.staffNumber = user.employeeIds"


def lines(text: str) -> Iterator[tuple[int, str]]:
    """With their numbers; empty ones are passed over and count."""
    for number, line in enumerate(map(str.strip, text.splitlines()), start=1):
        if line:
            yield number, line


@contextmanager
def in_line(number: int) -> Iterator[None]:
    """INVALID_ARGUMENT names the line."""
    try:
        yield
    except AppError as error:
        raise invalid(f"Line {number}: {error.message}") from error


def pairs_of(cases: Sequence[Case]) -> str:
    return "\n".join(f"{case.account_key}{BETWEEN}{case.user_key}" for case in cases)


def cases_of(pairs: str) -> tuple[Case, ...]:
    """INVALID_ARGUMENT names the first line that cannot be used."""
    cases = tuple(_case(number, line) for number, line in lines(pairs))
    if len(cases) > MOST_CASES:
        raise invalid(f"There can be {MOST_CASES} pairs; these are {len(cases)}.")
    return cases


def _case(number: int, line: str) -> Case:
    account_key, between, user_key = line.partition(BETWEEN)
    case = Case(account_key.strip(), user_key.strip())
    with in_line(number):
        if not (case.account_key and between and case.user_key):
            raise invalid("write an expression on each side of an equals sign between spaces.")
        rules_of_cases([case])
    return case
