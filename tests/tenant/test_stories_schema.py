from ostiary.tenant.stories import story
from tests.tenant.graph_schema import mismatches


def test_every_object_of_the_small_story_is_one_graph_could_return() -> None:
    tenant = story()
    objects = [*tenant.index.values(), *tenant.deleted.values()]
    wrong = [found for one in objects for found in mismatches(one.kind, one.props, one.kind)]
    assert wrong == []
    assert list(mismatches("organization", tenant.organization, "organization")) == []


def test_the_check_itself_notices_unknown_names_and_wrong_types() -> None:
    props = {"favouriteColour": "red", "accountEnabled": "yes", "businessPhones": "1"}
    assert len(list(mismatches("user", props, "user"))) == 3


def test_sync_jobs_are_ones_graph_could_return() -> None:
    for jobs in story().sync_jobs.values():
        for job in jobs:
            shown = {name: value for name, value in job.items() if name != "schema"}
            assert list(mismatches("synchronizationJob", shown, "job")) == []


def test_licence_states_and_sign_ins_are_ones_graph_could_return() -> None:
    for activity in story().sign_ins.values():
        assert list(mismatches("signInActivity", activity, "signInActivity")) == []
