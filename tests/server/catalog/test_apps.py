from __future__ import annotations

from pathlib import Path

import pytest

from ostiary.baton.annotations import pack
from ostiary.baton.pb import connector_v2 as v2
from ostiary.server.catalog import actions
from ostiary.server.catalog.deletion import delete_app
from ostiary.server.catalog.store import apps, inventory, linked, things
from ostiary.server.catalog.store.apps import App, AppFilter, Cascade
from ostiary.server.catalog.store.asked import Asked
from ostiary.server.connectors.actions.of_apps import delete_connectors
from ostiary.server.ingest.actions import apply_sync
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.errors import AppError, Code
from ostiary.server.kernel.work import Kernel
from tests.server.access.asking import Story
from tests.server.ingest.tenants import CONNECTOR, Held, Key, Tenant


@pytest.fixture
def story(kernel: Kernel, clock: FixedClock, tmp_path: Path) -> Story:
    return Story(kernel, clock, tmp_path)


def listed(story: Story, wanted: AppFilter = AppFilter()) -> dict[str, App]:  # noqa: B008
    with story.kernel.read() as connection:
        return {app.display_name: app for app in apps.page(connection, wanted)}


def some_apps() -> Tenant:
    tenant = Tenant()
    tenant.app("Expenses", tenant.user("bob"))
    tenant.app("Legacy")
    return tenant


def manage(story: Story, *names: str) -> None:
    known = listed(story)
    with story.kernel.work(SYSTEM) as work:
        actions.manage_apps(work, [known[name].id for name in names])


def test_applications_become_unmanaged_apps_of_their_parent(story: Story) -> None:
    story.sync(some_apps())
    found = listed(story)
    assert {name: app.managed for name, app in found.items()} == {
        "Entra": True,
        "Expenses": False,
        "Legacy": False,
    }
    assert found["Expenses"].parent_app_id == story.app
    assert found["Expenses"].discovered_resource_id == story.resource(("app", "Expenses"))
    assert listed(story, AppFilter(managed=True)).keys() == {"Entra"}
    assert listed(story, AppFilter(parent_app_id=story.app)).keys() == {"Expenses", "Legacy"}
    assert listed(story, AppFilter(query="EXP")).keys() == {"Expenses"}


def test_names_follow_the_source_unless_edited_here(story: Story) -> None:
    tenant = some_apps()
    story.sync(tenant)
    with story.kernel.work(SYSTEM) as work:
        actions.edit_app(work, listed(story)["Legacy"].id, name="Ours")
    tenant.resources["app", "Expenses"] = "Travel"
    tenant.resources["app", "Legacy"] = "Renamed"
    story.sync(tenant)
    assert listed(story).keys() == {"Entra", "Travel", "Ours"}
    with story.kernel.work(SYSTEM) as work:
        actions.edit_app(work, listed(story)["Ours"].id, name="")
    assert listed(story).keys() == {"Entra", "Travel", "Renamed"}


def test_an_application_that_returns_is_the_same_app(story: Story) -> None:
    tenant = some_apps()
    story.sync(tenant)
    before = listed(story)
    story.sync(Tenant({("user", "bob"): "bob"}))
    assert listed(story).keys() == {"Entra"}
    story.sync(tenant)
    assert listed(story) == before


def test_a_managed_app_stays_when_its_source_forgets_it(story: Story) -> None:
    story.sync(some_apps())
    manage(story, "Expenses")
    gone = story.sync(Tenant({("user", "bob"): "bob"}))
    left = listed(story)
    assert left.keys() == {"Entra", "Expenses"}
    assert left["Expenses"].gone_at == gone


def test_hidden_applications_become_no_apps(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Tenant._resource_message

    def hidden(tenant: Tenant, key: Key) -> v2.Resource:
        resource = plain(tenant, key)
        if key == ("app", "Legacy"):
            resource.annotations.append(pack(v2.AppTrait(flags=[v2.AppTrait.APP_FLAG_HIDDEN])))
        return resource

    monkeypatch.setattr(Tenant, "_resource_message", hidden)
    story.sync(some_apps())
    assert listed(story).keys() == {"Entra", "Expenses"}


def test_managing_is_all_or_none_and_only_once(story: Story) -> None:
    story.sync(some_apps())
    manage(story, "Expenses")
    with pytest.raises(AppError) as refusal:
        manage(story, "Legacy", "Expenses")
    assert refusal.value.code == Code.FAILED_PRECONDITION
    assert not listed(story)["Legacy"].managed


def test_a_connector_makes_an_unmanaged_app_managed_under_its_id(story: Story) -> None:
    tenant = some_apps()
    story.sync(tenant)
    app = listed(story)["Expenses"].id
    with story.kernel.work(SYSTEM) as work:
        actions.attach_connector(work, app, "2connector2connector2connec")
    told = listed(story)["Expenses"]
    assert (told.id, told.managed) == (app, True)


def test_deleting_counts_first_and_takes_every_discovered_app(story: Story) -> None:
    story.sync(some_apps())
    manage(story, "Expenses")
    entra = listed(story)["Entra"]
    with story.kernel.read() as connection:
        going = apps.cascade(connection, entra.key)
    assert going == Cascade(unmanaged=1, managed=1, with_connectors=0)
    with story.kernel.work(SYSTEM) as work, pytest.raises(AppError, match="look again"):
        delete_app(work, entra.id, Cascade(2, 0, 0), delete_connectors)
    assert len(listed(story)) == 3
    with story.kernel.work(SYSTEM) as work:
        gone = delete_app(work, entra.id, going, delete_connectors)
    assert len(gone) == 3
    assert listed(story) == {}
    file = some_apps().write(story.kernel.settings.data_dir / "late.c1z")
    with pytest.raises(AppError) as refusal:
        apply_sync(story.kernel, CONNECTOR, file)
    assert refusal.value.code == Code.NOT_FOUND


def test_groups_that_an_app_is_assigned_to_are_found(story: Story) -> None:
    tenant = some_apps()
    finance = tenant.group("SG-Finance", ("user", "bob"))
    assigned = "app:Expenses:assigned"
    tenant.hold(assigned, ("group", "SG-Finance"), Held(through=(finance,)))
    tenant.inherit(assigned, ("user", "bob"), finance)
    tenant.group("SG-Other", ("user", "bob"))
    story.sync(tenant)
    with story.kernel.read() as connection:
        (group,) = linked.assignments(connection, listed(story)["Expenses"].key)
        assert linked.assignments(connection, listed(story)["Legacy"].key) == []
    assert group.group_name == "SG-Finance"
    assert group.entitlement_id == story.entitlement(assigned)
    assert group.members_id == story.entitlement(finance)


def test_owners_are_people_and_holders_and_at_most_32_of_each(story: Story) -> None:
    story.sync(some_apps())
    people = [f"{number:027}" for number in range(33)]
    holders = [story.entitlement("app:Legacy:assigned")]
    app = listed(story)["Expenses"]
    with story.kernel.work(SYSTEM) as work:
        actions.set_app_owners(work, app.id, people[:32], holders)
    with story.kernel.work(SYSTEM) as work, pytest.raises(AppError, match="At most 32"):
        actions.set_app_owners(work, app.id, people)
    story.sync(Tenant({("user", "bob"): "bob", ("app", "Expenses"): "Expenses"}))
    with story.kernel.read() as connection:
        assert apps.owners_of(connection, app.key) == (people[:32], holders)


def test_edits_survive_syncs_and_can_be_taken_back(story: Story) -> None:
    tenant = some_apps()
    story.sync(tenant)
    entitlement = story.entitlement("app:Expenses:assigned")
    resource = story.resource(("app", "Expenses"))

    def names() -> tuple[str, str, str]:
        with story.kernel.read() as connection:
            of_it = Asked().among("r.public_id", "resources", [resource])
            (told,) = inventory.entitlements(connection, of_it)
            of_type = Asked().where("t.external_id = 'app'")
            named = of_type.containing("e", inventory.RESOURCE_NAME)
            found = inventory.resources(connection, named)
        return found[0].display_name, told.display_name, told.alias

    with story.kernel.work(SYSTEM) as work:
        actions.edit_resource(work, resource, name="Expense reports")
        actions.edit_entitlement(work, entitlement, name="May spend", alias="spend")
    tenant.resources["app", "Expenses"] = "Travel"
    tenant.entitlements["app:Expenses:assigned"] = (("app", "Expenses"), "New name")
    story.sync(tenant)
    assert names() == ("Expense reports", "May spend", "spend")
    with story.kernel.work(SYSTEM) as work:
        actions.edit_resource(work, resource, name="")
        actions.edit_entitlement(work, entitlement, name="")
    assert names() == ("Travel", "New name", "spend")
    with story.kernel.work(SYSTEM) as work, pytest.raises(AppError) as refusal:
        actions.edit_entitlement(work, story.entitlement("app:Legacy:assigned"), alias="spend")
    assert refusal.value.code == Code.ALREADY_EXISTS


def test_history_shows_every_version_and_every_absence(story: Story) -> None:
    tenant = some_apps()
    first = story.sync(tenant)
    tenant.resources["user", "bob"] = "Robert"
    renamed = story.sync(tenant)
    bob = story.resource(("user", "bob"))
    tenant.remove(("user", "bob"))
    gone = story.sync(tenant)
    tenant.user("bob")
    back = story.sync(tenant)
    with story.kernel.read() as connection:
        told = things.resource_history(connection, bob)
        then = inventory.resources(connection, Asked(renamed).where("t.external_id = 'user'"))
        away = inventory.resources(connection, Asked(gone).where("t.external_id = 'user'"))
    assert [(version.display_name, version.since, version.ended_at) for version in told] == [
        ("bob", first, renamed),
        ("Robert", renamed, gone),
        ("bob", back, None),
    ]
    assert [resource.display_name for resource in then] == ["Robert"]
    assert away == []
