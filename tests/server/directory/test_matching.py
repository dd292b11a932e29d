from __future__ import annotations

from typing import Any

import pytest

from ostiary.server.directory.rules.matching import Case, Index, Match, Mode, rules_of
from ostiary.server.directory.rules.subjects import Person
from ostiary.server.kernel.errors import AppError, Code
from tests.server.directory.samples import account, person

BOB = person(
    "bob",
    display_name="Bob Smith",
    given_name="Robert",
    family_name="Smith",
    emails=("Bob@corp.example", "bob.smith@corp.example"),
    usernames=("bob@corp.example", "bsmith"),
    employee_ids=("007",),
)
EVE = person("eve", display_name="Eve Jones", emails=("eve@corp.example",), usernames=("eve",))


def match(mode: Mode, people: list[Person], cases: list[Case] | None = None, **said: Any) -> Any:
    index = Index(rules_of(mode, cases or []))
    for each in people:
        index.add(each)
    return index.match(account(1, **said))


@pytest.mark.parametrize(
    "said",
    [
        {"emails": ("bob@CORP.example",)},
        {"emails": ("other@corp.example", "bob.smith@corp.example")},
        {"login": "BSMITH"},
        {"login": "bob@corp.example"},
        {"login": "x", "login_aliases": (" bsmith ",)},
        {"login": "bob.smith@corp.example"},
        {"emails": ("bsmith",)},
    ],
)
@pytest.mark.parametrize("mode", ["narrow", "broad"])
def test_any_address_or_username_that_is_equal_links(mode: Mode, said: dict[str, Any]) -> None:
    assert match(mode, [BOB, EVE], **said).person == "bob"


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"login": "bob"},
        {"emails": ("bob@other.example",)},
        {"emails": ("",), "login": " "},
        {"login": "bsmith2"},
    ],
)
@pytest.mark.parametrize("mode", ["narrow", "broad"])
def test_what_is_similar_does_not_link(mode: Mode, said: dict[str, Any]) -> None:
    blank = person("blank", emails=("", " "), usernames=("",), display_name=" ")
    assert match(mode, [BOB, EVE, blank], **said) is None


@pytest.mark.parametrize(
    "said",
    [
        {"display_name": "bob smith"},
        {"display_name": "BSM", "given_name": "Robert", "family_name": "SMITH"},
        {"given_name": "Bob", "family_name": "Smith"},
    ],
)
def test_only_broad_matching_looks_at_names(said: dict[str, Any]) -> None:
    assert match("narrow", [BOB, EVE], **said) is None
    assert match("broad", [BOB, EVE], **said) == Match("bob", "name")


def test_a_key_of_several_people_decides_nothing() -> None:
    twin = person("twin", display_name="Bob Smith", emails=("twin@corp.example",))
    assert match("broad", [BOB, twin], display_name="Bob Smith") is None
    assert match("narrow", [BOB, EVE], emails=("bob@corp.example", "eve@corp.example")) is None


def test_a_key_of_several_people_leaves_the_decision_to_the_next_rule() -> None:
    shared = person("other", display_name="Other", emails=("bob@corp.example",))
    found = match(
        "broad", [BOB, shared], emails=("bob@corp.example",), given_name="Bob", family_name="Smith"
    )
    assert found == Match("bob", "name")


def test_an_address_outranks_a_username() -> None:
    found = match("narrow", [BOB, EVE], emails=("eve@corp.example",), login="bsmith")
    assert found == Match("eve", "email")


def test_who_is_gone_owns_what_nobody_else_does() -> None:
    gone = person("gone", emails=("bob@corp.example", "old@corp.example"), status="deleted")
    assert match("narrow", [gone, BOB], emails=("bob@corp.example",)).person == "bob"
    assert match("narrow", [gone, BOB], emails=("old@corp.example",)).person == "gone"


def test_custom_matching_tries_its_pairs_in_order_and_nothing_else() -> None:
    cases = [
        Case("account.profile.staff", "user.employeeIds"),
        Case("account.username.split('@')[0]", "user.usernames"),
    ]
    both = match("custom", [BOB, EVE], cases, profile={"staff": "007"}, login="eve@elsewhere.test")
    assert both == Match("bob", "case_1")
    later = match("custom", [BOB, EVE], cases, login="EVE@elsewhere.test")
    assert later == Match("eve", "case_2")
    assert match("custom", [BOB, EVE], cases, emails=("bob@corp.example",)) is None


@pytest.mark.parametrize(
    ("key", "value", "linked"),
    [
        ("account.profile.n", 7, True),
        ("account.profile.n", 7.5, False),
        ("account.profile.n", [1, "7"], True),
        ("account.profile.n", {"7": "7"}, False),
        ("account.profile.missing", "7", False),
        ("[account.profile.n, 'x']", "7", True),
        ("appUser.profile.n", "7", True),
    ],
)
def test_keys_are_texts_numbers_and_lists_of_them(key: str, value: Any, linked: bool) -> None:
    seven = person("seven", employee_ids=("7",))
    found = match("custom", [seven], [Case(key, "user.employeeIds")], profile={"n": value})
    assert (found is not None) is linked


@pytest.mark.parametrize("case", [("account.emial", "user.email"), ("account.email", "user.nope")])
def test_a_misspelt_key_is_refused_when_it_is_written(case: tuple[str, str]) -> None:
    with pytest.raises(AppError) as refusal:
        rules_of("custom", [Case(*case)])
    assert refusal.value.code is Code.INVALID_ARGUMENT
