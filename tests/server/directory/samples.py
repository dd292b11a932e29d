"""Accounts and people for the rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

from ostiary.server.directory.rules.subjects import Account, Person


def account(number: int, app: str = "entra", **values: Any) -> Account:
    return replace(Account(number, f"account-{number}", app, f"x{number}"), **values)


def person(identity: str, **values: Any) -> Person:
    return replace(Person(identity, status="enabled"), **values)


def identities() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"P{next(numbers)}"
