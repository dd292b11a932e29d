from __future__ import annotations

import random

import pytest

from ostiary.server.directory import actions
from ostiary.server.directory.rules.matching import Case
from ostiary.server.directory.store import listed_people
from ostiary.server.directory.store.assembling import preview
from ostiary.server.directory.store.directories import every
from ostiary.server.directory.store.people import Changes
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.auth import user_store, users
from ostiary.server.kernel.authz.roles import BASIC_USER
from ostiary.server.kernel.errors import AppError
from tests.server.directory.world import ADA, Said, World

ALICE = Said(["alice@corp.example"], "alice@corp.example", "Alice", profile={"department": "IT"})
BOB = Said(
    ["bob@corp.example"],
    "bob@corp.example",
    "Bob",
    profile={"managerId": "alice-id", "jobTitle": "Clerk", "userType": "Member"},
    trait={"givenName": "Bob", "familyName": "Smith", "employeeIds": ["7"]},
)
EVE = Said(["eve@gmail.com"], "eve#ext#@corp.example", "Eve", profile={"userType": "Guest"})
DAVE = Said(["dave@corp.example"], "dave@corp.example", "Dave", status="disabled")
TENANT = {"alice-id": ALICE, "bob-id": BOB, "eve-id": EVE, "dave-id": DAVE}


def test_accounts_of_a_directory_become_people_with_attributes_and_sources(world: World) -> None:
    entra = world.directory("Entra")
    done = world.sync(entra, TENANT)
    assert done.people == Changes(added=4)
    found = world.people()
    assert found.keys() == {"Alice", "Bob", "Eve", "Dave"}
    bob, account = found["Bob"], world.account(entra, "Bob")
    assert (bob.email, bob.job_title, bob.status) == ("bob@corp.example", "Clerk", "enabled")
    assert (bob.given_name, bob.employee_ids) == ("Bob", ("7",))
    assert bob.manager_ids == (found["Alice"].id,)
    [source] = bob.sources["job_title"]
    assert (source.app_id, source.account_id, source.key, source.value) == (
        entra.public_id,
        account.id,
        "jobTitle",
        "Clerk",
    )
    assert found["Dave"].status == "disabled"
    assert (account.owner_id, account.reason) == (bob.id, "created")


def test_people_may_have_names_and_departments_of_any_length(world: World) -> None:
    entra = world.directory("Entra")
    endless = " 名".join(map(str, random.Random(5).sample(range(99_999), 2_000)))
    long = Said(["long@corp.example"], name=endless, profile={"department": endless})
    world.sync(entra, {"long": long, **TENANT})
    assert world.people()[endless].department == endless
    with world.kernel.read() as connection:
        assert listed_people.departments(connection) == ["IT"]


def test_a_refresh_without_changes_writes_nothing(world: World) -> None:
    entra, mail = world.directory("Entra"), world.app("Mail")
    world.sync(entra, TENANT)
    world.sync(mail, {"1": BOB, "2": Said(["x@corp.example"], name="X")})
    before = world.everything()
    for app in (entra, mail):
        world.report(
            app, TENANT if app is entra else {"1": BOB, "2": Said(["x@corp.example"], name="X")}
        )
        assert not world.refresh(app)
    assert not world.refresh_everything()
    assert world.everything() == before


def test_what_people_were_on_any_day_is_kept(world: World) -> None:
    entra = world.directory("Entra")
    world.sync(entra, {"bob-id": BOB})
    first = world.clock.now()
    moved = Said(BOB.emails, BOB.login, "Bob", profile={"department": "Sales"})
    world.sync(entra, {"bob-id": moved})
    second = world.clock.now()
    world.sync(entra, {})
    with world.kernel.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT valid_from, nullif(valid_to, 'infinity'), department, status "
            "FROM person_versions ORDER BY id"
        ).all()
    assert [tuple(row) for row in rows] == [
        (first, second, "", "enabled"),
        (second, world.clock.now(), "Sales", "enabled"),
        (world.clock.now(), None, "Sales", "deleted"),
    ]


def test_a_disabled_account_disables_the_person_and_the_way_in(world: World) -> None:
    entra = world.directory("Entra")
    world.sync(entra, {"bob-id": BOB})
    bob = world.people()["Bob"]
    with world.kernel.read() as connection:
        user = user_store.find_public(connection, bob.id)
    assert user is not None
    assert (user.email, user.origin, user.status) == ("bob@corp.example", "directory", "enabled")
    assert user.role_ids == (BASIC_USER.id,)
    for status in ("disabled", "enabled"):
        said = Said(BOB.emails, BOB.login, "Bob", status=status)
        assert world.sync(entra, {"bob-id": said}).people == Changes(changed=1)
        with world.kernel.read() as connection:
            found = user_store.find_public(connection, bob.id)
        assert found is not None
        assert found.status == status
        assert world.people()["Bob"].status == status


def test_who_leaves_is_kept_as_deleted_and_is_the_same_on_return(world: World) -> None:
    entra = world.directory("Entra")
    world.sync(entra, {"alice-id": ALICE, "bob-id": BOB})
    bob = world.people()["Bob"]
    assert world.sync(entra, {"alice-id": ALICE}).people == Changes(removed=1)
    assert world.people(gone=True)["Bob"].status == "deleted"
    assert world.people(gone=True)["Bob"].job_title == "Clerk"
    assert world.sync(entra, {"alice-id": ALICE, "bob-id": BOB}).people == Changes(added=1)
    assert world.people()["Bob"] == bob


def test_accounts_of_other_apps_find_their_owners(world: World) -> None:
    entra, mail = world.directory("Entra"), world.app("Mail")
    world.sync(mail, {"1": Said(["BOB@corp.example"], name="b"), "2": Said(login="x", name="x")})
    assert world.owner(mail, "b") is None
    world.sync(entra, TENANT)
    assert world.owner(mail, "b") == "Bob"
    assert world.owner(mail, "x") is None
    moved = Said(["robert@corp.example"], "robert@corp.example", "Bob")
    world.sync(entra, {**TENANT, "bob-id": moved})
    assert world.owner(mail, "b") is None


def test_scenario_32_correlation(world: World) -> None:
    """Narrow links only the first, Broad both; what is cleared stays cleared."""
    entra, second = world.directory("Entra"), world.app("Second")
    world.sync(entra, {"bob-id": BOB})
    accounts = {
        "1": Said(["bob@corp.example"], "bob@corp.example", "first"),
        "2": Said([], "bob.smith", "second", trait={"givenName": "Bob", "familyName": "Smith"}),
    }
    world.sync(second, accounts)
    assert (world.owner(second, "first"), world.owner(second, "second")) == ("Bob", None)
    with world.kernel.work(ADA) as unit:
        actions.set_matching(unit, second.public_id, "broad")
    assert (world.owner(second, "first"), world.owner(second, "second")) == ("Bob", "Bob")
    world.set_owner(second, "second", None)
    world.sync(second, accounts)
    world.sync(entra, {"bob-id": BOB, "alice-id": ALICE})
    assert (world.owner(second, "first"), world.owner(second, "second")) == ("Bob", None)
    world.reset_owner(second, "second")
    assert world.owner(second, "second") == "Bob"


def test_a_manual_owner_survives_syncs_until_it_is_reset(world: World) -> None:
    entra, mail = world.directory("Entra"), world.app("Mail")
    world.sync(entra, TENANT)
    world.sync(mail, {"1": Said(["bob@corp.example"], name="m")})
    world.set_owner(mail, "m", "Alice")
    world.sync(mail, {"1": Said(["bob@corp.example"], "bob", "m")})
    world.sync(mail, {})
    world.sync(mail, {"1": Said(["bob@corp.example"], "bob", "m")})
    assert world.account(mail, "m").reason == "manual"
    assert world.owner(mail, "m") == "Alice"
    world.reset_owner(mail, "m")
    assert (world.owner(mail, "m"), world.account(mail, "m").reason) == ("Bob", "email")


def test_an_account_given_to_somebody_else_makes_no_person(world: World) -> None:
    entra = world.directory("Entra")
    world.sync(entra, {"bob-id": BOB, "adm-id": Said(["bob-adm@corp.example"], name="Bob admin")})
    world.set_owner(entra, "Bob admin", "Bob")
    assert world.people().keys() == {"Bob"}
    assert world.owner(entra, "Bob admin") == "Bob"
    world.reset_owner(entra, "Bob admin")
    assert world.people().keys() == {"Bob", "Bob admin"}
    assert world.owner(entra, "Bob admin") == "Bob admin"


def test_account_types_are_kept_by_syncs(world: World) -> None:
    mail = world.app("Mail")
    world.sync(mail, {"1": Said(name="backup", trait={"accountType": "service"})})
    account = world.account(mail, "backup")
    assert account.account_type == "user"
    with world.kernel.work(ADA) as unit:
        actions.set_account_type(unit, account, "service")
    world.sync(mail, {"1": Said(name="backup", login="changed")})
    assert world.account(mail, "backup").account_type == "service"


def test_scenario_35_tightening_the_condition(world: World) -> None:
    """The preview tells whom it would remove; saving removes them, and keeps what they were."""
    entra = world.directory("Entra")
    world.sync(entra, TENANT)
    strict = "account.profile.userType != 'Guest'"
    with world.kernel.read() as connection:
        [stored] = every(connection)
        wanted = type(stored.directory)(entra.public_id, strict)
        found = preview(connection, [wanted], remerge=False)
    assert [each.display_name for each in found.removed] == ["Eve"]
    assert found.added == []
    assert {each.display_name for each in found.undecided} == {"Alice", "Dave"}
    before = world.everything()
    assert world.everything() == before
    world.configure(entra, strict)
    assert world.refresh_everything().people == Changes(removed=1)
    assert world.people().keys() == {"Alice", "Bob", "Dave"}
    assert world.people(gone=True)["Eve"].status == "deleted"
    world.configure(entra)
    assert world.refresh_everything().people == Changes(added=1)


def test_two_directories_make_one_person_and_the_first_counts_most(world: World) -> None:
    hr, entra = world.directory("HR"), world.directory("Entra")
    world.sync(
        hr, {"7": Said(name="Robert Smith", status="disabled", trait={"employeeIds": ["7"]})}
    )
    world.sync(entra, {"bob-id": BOB})
    [bob] = world.people().values()
    assert (bob.display_name, bob.status, bob.email) == (
        "Robert Smith",
        "disabled",
        "bob@corp.example",
    )
    world.configure(entra, merge_cases=[Case("account.email", "user.email")])
    assert world.refresh_everything().people == Changes(added=1, changed=1)
    assert world.people().keys() == {"Robert Smith", "Bob"}


def test_removing_a_directory_leaves_people_to_the_others(world: World) -> None:
    hr, entra = world.directory("HR"), world.directory("Entra")
    world.sync(hr, {"7": Said(name="Robert", trait={"employeeIds": ["7"]})})
    world.sync(entra, {"bob-id": BOB})
    [before] = world.people().values()
    with world.kernel.work(ADA) as unit:
        actions.remove_directory(unit, hr.public_id)
    world.refresh_everything()
    [after] = world.people().values()
    assert (after.id, after.display_name) == (before.id, "Bob")


def test_who_signed_in_first_becomes_the_person_of_their_account(world: World) -> None:
    ada = world.sign_up("bob@corp.example")
    entra = world.directory("Entra")
    world.sync(entra, {"bob-id": BOB})
    assert world.people()["Bob"].id == ada
    world.sync(entra, {})
    assert world.people(gone=True)["bob"].id == ada
    with world.kernel.read() as connection:
        user = user_store.find_public(connection, ada)
    assert user is not None
    assert user.status == "enabled"


def test_without_any_directory_who_signs_in_owns_accounts(world: World) -> None:
    mail = world.app("Mail")
    world.sign_up("ada@corp.example")
    world.sync(mail, {"1": Said(["ada@corp.example"], name="m")})
    assert world.owner(mail, "m") == "ada"
    eve = world.sign_up("eve@corp.example")
    with world.kernel.work(ADA) as unit:
        actions.set_owner(unit, world.account(mail, "m"), eve)
    assert world.account(mail, "m").owner_id == eve


def test_the_last_administrator_is_not_locked_out_by_a_directory(world: World) -> None:
    entra = world.directory("Entra")
    world.sync(entra, {"bob-id": BOB})
    bob = world.people()["Bob"].id
    with world.kernel.work(SYSTEM) as unit:
        users.promote_first(unit, users.find(unit.connection, bob))
    world.sync(entra, {"bob-id": Said(BOB.emails, BOB.login, "Bob", status="disabled")})
    with world.kernel.read() as connection:
        user = user_store.find_public(connection, bob)
    assert user is not None
    assert user.status == "enabled"


def test_a_changed_address_is_what_one_signs_in_with(world: World) -> None:
    entra = world.directory("Entra")
    world.sync(entra, {"bob-id": BOB, "alice-id": ALICE})
    swapped = {
        "bob-id": Said(["robert@corp.example"], name="Robert"),
        "alice-id": Said(["bob@corp.example"], name="Alice"),
    }
    world.sync(entra, swapped)
    world.sync(entra, swapped)
    with world.kernel.read() as connection:
        robert = user_store.find_by_email(connection, "robert@corp.example")
    assert robert is not None
    assert (robert.public_id, robert.display_name) == (world.people()["Robert"].id, "Robert")


def test_an_app_cannot_be_a_directory_before_it_reported_anything(world: World) -> None:
    app = world.app("Empty")
    with pytest.raises(AppError, match="once it has been synced"):
        world.configure(app)


def test_everything_is_told_to_the_audit_log(world: World) -> None:
    entra = world.directory("Entra")
    world.sync(entra, {"bob-id": BOB, "alice-id": ALICE})
    world.set_owner(entra, "Bob", "Alice")
    with world.kernel.read() as connection:
        told = connection.exec_driver_sql("SELECT action FROM audit_entries ORDER BY sequence")
        actions_told = [action for action in told.scalars() if action.startswith("directory.")]
    assert actions_told == [
        "directory.directory.create",
        "directory.people.refresh",
        "directory.account.set_owner",
        "directory.people.refresh",
    ]
