"""CEL over accounts and people: import conditions, keys for matching, sources of attributes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, Literal

from ostiary.server.directory.rules.subjects import Account, Person
from ostiary.server.kernel.cel import Environment, EvaluationError, Program, Record

Decision = Literal["create", "match_only", "ignore"]
"""What becomes of an account of a directory: a person, a part of one if there is one, nothing."""

_DECISIONS: Final[dict[str, Decision]] = {
    "CREATE": "create",
    "MATCH_ONLY": "match_only",
    "IGNORE": "ignore",
}

_ACCOUNT: Final = Record(
    "Account",
    {
        "id": "text",
        "displayName": "text",
        "givenName": "text",
        "familyName": "text",
        "email": "text",
        "emails": "texts",
        "username": "text",
        "usernames": "texts",
        "employeeIds": "texts",
        "status": "text",
        "type": "text",
        "profile": "facts",
    },
)
"""`status`: enabled, disabled, deleted or unspecified. `type`: what the connector says: human,
service, system or unspecified. `id` is the connector's."""

_USER: Final = Record(
    "User",
    {
        "id": "text",
        "displayName": "text",
        "givenName": "text",
        "familyName": "text",
        "email": "text",
        "emails": "texts",
        "username": "text",
        "usernames": "texts",
        "employeeIds": "texts",
        "department": "text",
        "jobTitle": "text",
        "profile": "facts",
    },
)

_ACCOUNTS: Final = Environment(
    {"account": _ACCOUNT, "appUser": _ACCOUNT}, {name: name for name in _DECISIONS}
)
_USERS: Final = Environment({"user": _USER}, {})


@lru_cache(maxsize=256)
def condition(expression: str) -> Program:
    """Over `account` (or `appUser`). true is CREATE, false is IGNORE."""
    return _ACCOUNTS.compile(expression, "bool", "string", "dyn")


@lru_cache(maxsize=256)
def account_key(expression: str) -> Program:
    """One key or several of an account; also what an attribute is taken from."""
    return _ACCOUNTS.compile(expression, "string", "list<string>", "dyn", "list<dyn>")


@lru_cache(maxsize=256)
def user_key(expression: str) -> Program:
    return _USERS.compile(expression, "string", "list<string>", "dyn", "list<dyn>")


def decide(program: Program, account: Account) -> Decision | None:
    """None when the expression has no value for the account, or one that decides nothing."""
    try:
        verdict = _of_account(program, account)
    except EvaluationError:
        return None
    if isinstance(verdict, bool):
        return "create" if verdict else "ignore"
    return _DECISIONS.get(verdict) if isinstance(verdict, str) else None


def account_texts(program: Program, account: Account) -> tuple[str, ...]:
    """Without a value there is no key."""
    try:
        return _texts(_of_account(program, account))
    except EvaluationError:
        return ()


def user_texts(program: Program, person: Person) -> tuple[str, ...]:
    values = {
        "id": person.id,
        "displayName": person.display_name,
        "givenName": person.given_name,
        "familyName": person.family_name,
        "email": person.email,
        "emails": person.emails,
        "username": person.username,
        "usernames": person.usernames,
        "employeeIds": person.employee_ids,
        "department": person.department,
        "jobTitle": person.job_title,
        "profile": dict(person.profile),
    }
    try:
        return _texts(program.evaluate(user=values))
    except EvaluationError:
        return ()


def _of_account(program: Program, account: Account) -> Any:
    values = {
        "id": account.external_id,
        "displayName": account.display_name,
        "givenName": account.given_name,
        "familyName": account.family_name,
        "email": account.emails[0] if account.emails else "",
        "emails": account.emails,
        "username": account.login,
        "usernames": account.usernames,
        "employeeIds": account.employee_ids,
        "status": account.status,
        "type": account.kind,
        "profile": dict(account.profile),
    }
    name = "appUser" if "appUser" in program.expression else "account"
    return program.evaluate(**{name: values})


def _texts(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(text for each in values if (text := text_of(each)))


def text_of(value: Any) -> str:
    """What JSON holds as a key: whole numbers without a fraction; nothing for structures."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) else ""
