import json
from itertools import chain

from ostiary.tenant.directory import Directory, Kind
from ostiary.tenant.stories import story
from ostiary.tenant.truth import below, export_truth


def test_the_truth_survives_json() -> None:
    truth = export_truth(story())
    assert json.loads(json.dumps(truth)) == truth


def test_the_truth_names_every_live_object_once() -> None:
    tenant = story()
    truth = export_truth(tenant)
    named = list(chain.from_iterable(truth["objects"].values()))
    assert sorted(named) == sorted(tenant.index)
    assert set(truth["deleted"]) == set(tenant.deleted)
    bob = tenant.id_of("Bob")
    assert truth["objects"]["user"][bob]["displayName"] == "Bob Smith"


def test_the_truth_is_no_window_on_later_changes() -> None:
    tenant = story()
    truth = export_truth(tenant)
    bob = tenant.id_of("Bob")
    tenant.update(bob, {"displayName": "Robert"})
    tenant.remove_member(tenant.id_of("SG-Finance"), bob)
    assert truth["objects"]["user"][bob]["displayName"] == "Bob Smith"
    assert bob in truth["members"][tenant.id_of("SG-Finance")]


def test_members_are_found_through_four_levels_and_two_ways() -> None:
    tenant = story()
    named = {
        name: {tenant.get(one).display_name for one in below(tenant, tenant.id_of(name))}
        for name in ("SG-Level-1", "SG-Diamond", "SG-Nested")
    }
    assert {"Pete Sanders", "Quentin Leroy", "Rosa Jiménez", "Uma Patel"} < named["SG-Level-1"]
    assert {"Wanda Kowalska", "Xavier Dubois"} < named["SG-Diamond"]
    assert {"Bob Smith", "Carol Reyes", "SG-Finance"} < named["SG-Nested"]


def test_circles_end_and_every_group_in_one_reaches_the_same_people() -> None:
    tenant = story()

    def people(group: str) -> set[str]:
        return below(tenant, tenant.id_of(group)) & tenant.objects[Kind.USER].keys()

    assert people("SG-Cycle-A") == people("SG-Cycle-B") == people("SG-Cycle-Door")
    assert people("SG-Cycle-A") == {tenant.id_of("Amir"), tenant.id_of("Béla")}
    assert people("SG-Ring-1") == people("SG-Ring-2") == people("SG-Ring-3")
    ring = tenant.id_of("SG-Ring-1")
    assert ring not in below(tenant, ring)


def test_the_closure_is_the_least_one_that_contains_the_members() -> None:
    truth = export_truth(story())
    for group, reached in truth["transitiveMembers"].items():
        direct = truth["members"].get(group, [])
        nested = [truth["transitiveMembers"].get(one, []) for one in direct]
        expected = set(direct).union(*nested) - {group}
        assert expected <= set(reached)
    assert truth["transitiveMembers"].keys() == truth["objects"]["group"].keys()


def test_what_has_run_out_is_not_true_any_more() -> None:
    tenant = story()
    tenant.clock.advance(7200)
    truth = export_truth(tenant)
    erin = tenant.id_of("Erin")
    assert erin not in {one["principalId"] for one in truth["roleAssignments"]}
    assert erin in {one["principalId"] for one in truth["roleEligibilityScheduleInstances"]}


def test_the_closure_can_be_left_out() -> None:
    tenant = Directory({"id": "5c1f5a5e-0000-4000-8000-000000000001"})
    assert "transitiveMembers" not in export_truth(tenant, closure=False)
