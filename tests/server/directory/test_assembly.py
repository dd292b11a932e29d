from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ostiary.server.directory.rules.assembly import (
    CREATED,
    Assembly,
    Directory,
    Link,
    Past,
    assemble,
)
from ostiary.server.directory.rules.matching import Case
from ostiary.server.directory.rules.subjects import Account, SignIn
from tests.server.directory.samples import account, identities

ENTRA = Directory("entra")
HR = Directory("hr")


def run(
    accounts: Sequence[Account],
    *,
    directories: Sequence[Directory] = (HR, ENTRA),
    past: Assembly | dict[int, Past] | None = None,
    sign_ins: Sequence[SignIn] = (),
    remerge: bool = False,
    new_id: Any = None,
) -> Assembly:
    known = remembered(past) if isinstance(past, Assembly) else past or {}
    return assemble(directories, accounts, sign_ins, known, new_id or identities(), remerge=remerge)


def remembered(assembly: Assembly) -> dict[int, Past]:
    return {number: Past(link, True) for number, link in assembly.links.items()}


@pytest.mark.parametrize(
    ("condition", "decision"),
    [
        ("", "create"),
        ("true", "create"),
        ("false", "ignore"),
        ("CREATE", "create"),
        ("IGNORE", "ignore"),
        ("MATCH_ONLY", "alone"),
        ("account.profile.userType == 'Member'", "create"),
        ("account.profile.userType == 'Guest' ? IGNORE : MATCH_ONLY", "alone"),
        ("account.profile.absent == 'x'", "ignore"),
        ("'something else'", "ignore"),
    ],
)
def test_the_import_condition_decides_who_becomes_a_person(condition: str, decision: str) -> None:
    one = account(1, profile={"userType": "Member"}, emails=("bob@corp.example",))
    result = run([one], directories=[Directory("entra", condition)])
    expected = {1: Link("P1", CREATED)} if decision == "create" else {}
    assert result.links == expected
    assert [person.id for person in result.people] == [link.person for link in expected.values()]


@pytest.mark.parametrize("kind", ["service", "system"])
def test_without_a_condition_only_human_accounts_become_people(kind: str) -> None:
    assert run([account(1, kind=kind)]).people == []
    everybody = Directory("entra", "true")
    assert len(run([account(1, kind=kind)], directories=[everybody]).people) == 1


def test_an_undecided_account_stays_as_it_was() -> None:
    strict = Directory("entra", "account.profile.absent == 'x'")
    before = run([account(1)], directories=[ENTRA])
    after = run([account(1), account(2)], directories=[strict], past=before)
    assert after.links == before.links
    assert [each.id for each in after.undecided] == [1, 2]
    closed = {1: Past(before.links[1], False)}
    assert run([account(1)], directories=[strict], past=closed).links == {}


def test_accounts_of_several_directories_become_one_person() -> None:
    hr = account(1, "hr", emails=("bob@corp.example",))
    by_address = account(2, "entra", emails=("BOB@corp.example",), employee_ids=("7",))
    by_number = account(3, "entra", employee_ids=("7",), emails=("b.smith@corp.example",))
    result = run([by_number, by_address, hr])
    assert result.links == {
        1: Link("P1", CREATED),
        2: Link("P1", "email"),
        3: Link("P1", "employee_id"),
    }


def test_merge_cases_replace_what_is_usual() -> None:
    cases = (Case("account.username.split('@')[0]", "user.usernames"),)
    hr = account(1, "hr", login="bob", emails=("bob@corp.example",))
    same = account(2, login="BOB@entra.example")
    not_by_address = account(3, login="b2@entra.example", emails=("bob@corp.example",))
    directories = [HR, Directory("entra", merge_cases=cases)]
    result = run([hr, same, not_by_address], directories=directories)
    assert result.links[2] == Link("P1", "case_1")
    assert result.links[3] == Link("P2", CREATED)


def test_match_only_accounts_join_people_and_never_make_them() -> None:
    guests = Directory("entra", "MATCH_ONLY")
    hr = account(1, "hr", emails=("bob@corp.example",))
    joins, stays_out = account(2, emails=("bob@corp.example",)), account(3, emails=("e@x.test",))
    assert set(run([hr, joins, stays_out], directories=[HR, guests]).links) == {1, 2}
    without_hr = run([joins, stays_out], directories=[HR, guests])
    assert without_hr.people == []
    assert without_hr.links == {}


def test_who_only_joined_does_not_keep_a_person_alive() -> None:
    guests = Directory("entra", "MATCH_ONLY")
    hr, joins = (account(1, "hr", emails=("b@x.test",)), account(2, emails=("b@x.test",)))
    before = run([hr, joins], directories=[HR, guests])
    after = run([joins], directories=[HR, guests], past=before)
    assert after.people == []


def test_a_person_survives_every_change_of_address() -> None:
    before = run([account(1, emails=("bob@corp.example",))])
    after = run([account(1, emails=("robert@new.example",))], past=before)
    assert after.links == before.links
    assert after.people[0].email == "robert@new.example"


def test_who_returns_is_who_they_were() -> None:
    before = run([account(1, emails=("bob@corp.example",))])
    gone = {1: Past(before.links[1], False)}
    assert run([account(1)], past=gone).links == before.links


def test_merging_anew_splits_what_the_new_cases_do_not_join() -> None:
    hr, entra = (account(1, "hr", emails=("b@x.test",)), account(2, emails=("b@x.test",)))
    new_id = identities()
    before = run([hr, entra], new_id=new_id)
    assert before.links == {1: Link("P1", CREATED), 2: Link("P1", "email")}
    by_name = Directory("entra", merge_cases=(Case("account.username", "user.username"),))
    directories = [HR, by_name]
    kept = run([hr, entra], directories=directories, past=before, new_id=new_id)
    assert kept.links == before.links
    split = run([hr, entra], directories=directories, past=before, remerge=True, new_id=new_id)
    assert split.links == {1: Link("P1", CREATED), 2: Link("P2", CREATED)}


def test_merging_anew_joins_what_was_apart_into_who_was_first() -> None:
    hr, entra = (account(1, "hr", login="b"), account(2, login="b"))
    apart = run([hr, entra])
    assert apart.links[1].person != apart.links[2].person
    by_name = Directory("entra", merge_cases=(Case("account.username", "user.username"),))
    joined = run([hr, entra], directories=[HR, by_name], past=apart, remerge=True)
    assert joined.links == {1: apart.links[1], 2: Link(apart.links[1].person, "case_1")}
    assert joined.created == frozenset()


def test_merging_anew_without_the_account_that_made_a_person_keeps_the_person() -> None:
    hr, entra = (account(1, "hr", emails=("b@x.test",)), account(2, emails=("b@x.test",)))
    before = run([hr, entra])
    alone = run([entra], directories=[ENTRA], past=before, remerge=True)
    assert alone.links == {2: Link(before.links[1].person, CREATED)}


def test_who_signed_in_first_is_the_person_of_their_account() -> None:
    ada = SignIn("ADA", "ada@corp.example", "Ada")
    result = run([account(1, emails=("Ada@corp.example",), status="enabled")], sign_ins=[ada])
    assert result.links == {1: Link("ADA", "email")}
    assert [(each.id, each.status) for each in result.people] == [("ADA", "enabled")]
    assert result.people[0].emails == ("Ada@corp.example",)


def test_who_signs_in_and_is_in_no_directory_is_a_person_too() -> None:
    [ada] = run([], sign_ins=[SignIn("ADA", "ada@corp.example", "Ada")]).people
    assert (ada.id, ada.display_name, ada.email, ada.status) == (
        "ADA",
        "Ada",
        "ada@corp.example",
        "unknown",
    )


def test_managers_are_resolved_to_people() -> None:
    alice = account(1, external_id="alice-id")
    bob = account(2, profile={"managerId": "alice-id"})
    carol = account(3)
    people = {each.id: each for each in run([bob, carol, alice]).people}
    assert people["P2"].manager_ids == ("P1",)
    assert people["P3"].manager_ids == ()


ADDRESSES = st.sampled_from(["a@x.test", "b@x.test", "c@x.test", "d@x.test"])
ACCOUNTS = st.lists(
    st.builds(
        lambda number, app, emails, numbers, kind: account(
            number, app, emails=tuple(emails), employee_ids=tuple(numbers), profile={"kind": kind}
        ),
        st.integers(1, 12),
        st.sampled_from(["hr", "entra"]),
        st.lists(ADDRESSES, max_size=2, unique=True),
        st.lists(st.sampled_from(["1", "2", "3"]), max_size=1),
        st.sampled_from(["CREATE", "MATCH_ONLY", "IGNORE"]),
    ),
    max_size=12,
    unique_by=lambda each: each.id,
)
MIXED = tuple(
    Directory(name, "account.profile.kind == 'CREATE' ? CREATE : account.profile.kind")
    for name in ("hr", "entra")
)


@given(ACCOUNTS, st.lists(ADDRESSES, max_size=2, unique=True), st.booleans())
def test_assembling_what_was_assembled_changes_nothing(
    accounts: list[Account], addresses: list[str], remerge: bool
) -> None:
    sign_ins = [SignIn(f"S{n}", address, "") for n, address in enumerate(addresses)]
    new_id = identities()
    first = run(accounts, directories=MIXED, sign_ins=sign_ins, remerge=remerge, new_id=new_id)
    again = run(accounts, directories=MIXED, sign_ins=sign_ins, past=first, new_id=new_id)
    assert again.links == first.links
    assert sorted(again.people, key=lambda each: each.id) == sorted(
        first.people, key=lambda each: each.id
    )
    assert again.created == frozenset()


@given(ACCOUNTS, st.integers())
def test_the_order_in_which_accounts_are_read_does_not_matter(
    accounts: list[Account], seed: int
) -> None:
    shuffled = random.Random(seed).sample(accounts, len(accounts))
    assert run(accounts, directories=MIXED).links == run(shuffled, directories=MIXED).links


@given(ACCOUNTS)
def test_everybody_has_a_creating_account_and_nobody_shares_one(accounts: list[Account]) -> None:
    result = run(accounts, directories=MIXED)
    makers = {
        link.person
        for each in accounts
        if each.profile["kind"] == "CREATE"
        for link in [result.links[each.id]]
    }
    assert {person.id for person in result.people} == makers
    ignored = {each.id for each in accounts if each.profile["kind"] == "IGNORE"}
    assert not ignored & result.links.keys()
