"""Forms that decide by hand about accounts: owner, type, back to the rules; trusted domains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ostiary.server.access.views import states
from ostiary.server.directory.store.person_search import Found as FoundPerson
from ostiary.server.directory.store.reading import Found
from ostiary.server.web.components.forms import Field, Form
from ostiary.server.web.moments import counted

NOBODY: Final = "nobody"
SHOWN: Final = 10

Hidden = Sequence[tuple[str, str]]


def counted_accounts(accounts: Sequence[Found]) -> str:
    return counted(len(accounts), "account")


def name_of(account: Found) -> str:
    return account.display_name or account.login or account.id


def described(person: FoundPerson) -> str:
    """What tells people of the same name apart."""
    said = (person.person.email, person.person.job_title, person.person.department)
    return " · ".join(each for each in said if each)


def type_form(accounts: Sequence[Found], hidden: Hidden, back: str) -> Form:
    kinds = {account.account_type for account in accounts}
    return Form(
        action="/people/accounts/type",
        verb=f"Set type of {counted_accounts(accounts)}",
        cancel=back,
        hidden=hidden,
        fields=(
            Field(
                "account_type",
                "Type",
                "select",
                kinds.pop() if len(kinds) == 1 else "service",
                help="Never guessed: an account is a user's until somebody says otherwise here.",
                required=True,
                options=states.TYPES,
            ),
        ),
    )


def reset_form(accounts: Sequence[Found], hidden: Hidden, back: str) -> Form:
    return Form(
        action="/people/accounts/reset",
        verb=f"Let rules decide for {counted_accounts(accounts)}",
        cancel=back,
        hidden=hidden,
        fields=(),
    )


def domains_form(domains: Sequence[str]) -> Form:
    return Form(
        action="/people/domains",
        verb="Save domains",
        cancel="/people/orphans",
        fields=(
            Field(
                "domains",
                "Domains",
                "textarea",
                "\n".join(domains),
                help="One in each line, such as corp.example. Subdomains are covered. Without any, "
                "no account counts as external.",
                placeholder="corp.example",
            ),
        ),
    )
