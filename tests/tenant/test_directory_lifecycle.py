import pytest

from ostiary.tenant.directory import AlreadyExistsError, Directory, Kind, ObjectNotFoundError, Sku
from ostiary.tenant.stories import story

SKU = "06ebc4ee-1bb5-47dd-8120-11324bc54e06"


@pytest.fixture
def directory() -> Directory:
    return story()


def journaled(directory: Directory, after: int) -> list[tuple[str, str]]:
    names = {**directory.index, **directory.deleted}
    return [
        (names[one.object_id].display_name or "", one.what)
        for one in directory.journal.since(after)
    ]


def test_an_id_can_be_taken_only_once_even_by_the_deleted(directory: Directory) -> None:
    bob = directory.id_of("Bob")
    directory.soft_delete(bob)
    with pytest.raises(AlreadyExistsError):
        directory.create(Kind.USER, {"displayName": "Other"}, id=bob)


def test_objects_made_in_the_same_order_get_the_same_ids() -> None:
    first, second = story(), story()
    made = [one.create(Kind.USER, {"displayName": "New"}).id for one in (first, second)]
    assert made[0] == made[1]


def test_a_created_object_does_not_share_values_with_the_request(directory: Directory) -> None:
    phones = ["+41 1"]
    made = directory.create(Kind.USER, {"businessPhones": phones})
    phones.append("+41 2")
    assert made.props["businessPhones"] == ["+41 1"]


def test_a_soft_deleted_user_leaves_every_list_and_each_list_journals_it(
    directory: Directory,
) -> None:
    bob, finance = directory.id_of("Bob"), directory.id_of("SG-Finance")
    directory.soft_delete(bob)
    assert directory.find(bob) is None
    assert directory.deleted[bob].deleted_at == directory.clock.now()
    assert all(bob not in members for members in directory.members.values())
    assert all(
        bob not in (one.principal_id for one in held.values())
        for held in directory.app_role_assignments.values()
    )
    log = journaled(directory, 0)
    assert ("SG-Finance", "members-") in log
    assert ("App-Crowded", "appRole-") in log
    assert log.count(("Bob Smith", "deleted")) == 1
    assert finance in directory.objects[Kind.GROUP]


def test_restoring_brings_back_every_link(directory: Directory) -> None:
    alice = directory.id_of("Alice")

    def ties() -> tuple[object, ...]:
        return (
            {holder for holder, held in directory.members.items() if alice in held},
            {owned for owned, owners in directory.owners.items() if alice in owners},
            {user for user, boss in directory.managers.items() if boss == alice},
            directory.managers[alice],
            {
                one.id
                for held in directory.app_role_assignments.values()
                for one in held.values()
                if one.principal_id == alice
            },
            [one for one in directory.eligibility_instances.values() if one.principal_id == alice],
            directory.find(alice),
        )

    before = ties()
    directory.soft_delete(alice)
    assert directory.find(directory.id_of("Bob")) is not None
    assert directory.id_of("Bob") not in directory.managers
    directory.restore(alice)
    assert ties() == before
    assert "deletedDateTime" not in directory.get(alice).props


def test_links_between_two_deleted_objects_return_with_the_second(directory: Directory) -> None:
    bob, alice = directory.id_of("Bob"), directory.id_of("Alice")
    finance = directory.id_of("SG-Finance")
    for gone in (bob, finance, alice):
        directory.soft_delete(gone)
    directory.restore(bob)
    assert bob not in directory.managers
    directory.restore(alice)
    assert directory.managers[bob] == alice
    assert finance not in directory.members
    directory.restore(finance)
    assert {bob, alice} <= directory.members[finance].keys()
    assert alice in directory.owners[finance]


def test_a_purged_object_does_not_come_back(directory: Directory) -> None:
    bob, alice = directory.id_of("Bob"), directory.id_of("Alice")
    directory.soft_delete(bob)
    directory.purge(bob)
    with pytest.raises(ObjectNotFoundError):
        directory.restore(bob)
    assert directory.journal.since(0)[-1].what == "purged"
    directory.purge(alice)
    assert alice not in directory.deleted
    assert all(alice not in members for members in directory.members.values())


def test_a_deleted_user_frees_a_seat_and_takes_it_again() -> None:
    directory = Directory({"id": "5c1f5a5e-0000-4000-8000-000000000001"})
    directory.skus[SKU] = Sku(SKU, "SPE_E5", 5)
    user = directory.create(Kind.USER, {"usageLocation": "CH"}).id
    directory.assign_license(user, SKU)
    directory.soft_delete(user)
    assert directory.skus[SKU].consumed == 0
    directory.restore(user)
    assert directory.skus[SKU].consumed == 1


def test_a_group_that_goes_takes_the_licences_it_passed_on(directory: Directory) -> None:
    finance, bob = directory.id_of("SG-Finance"), directory.get(directory.id_of("Bob"))
    assert SKU in [one["skuId"] for one in bob.props["assignedLicenses"]]
    directory.soft_delete(finance)
    assert SKU not in [one["skuId"] for one in bob.props["assignedLicenses"]]
    directory.restore(finance)
    assert SKU in [one["skuId"] for one in bob.props["assignedLicenses"]]
