"""Stories about what syncs change in the catalogue: only what changed in the tenant."""

from __future__ import annotations

from ostiary.server.connectors.rules import SyncState
from ostiary.tenant.directory import Directory, Kind
from ostiary.tenant.stories import story
from tests.stories.server import ADMINISTRATOR
from tests.stories.truth import assert_truth, told
from tests.stories.world import Stage


def test_13_a_repeated_sync_changes_nothing(stage: Stage) -> None:
    with stage.world(story()) as world:
        first = world.synced()
        before, since = told(world), world.at()
        stamps = {name: each["updatedAt"] for name, each in world.accounts().items()}
        second = world.synced()
        assert second.id != first.id
        assert second.counts == first.counts
        assert second.deltas == {kind: {} for kind in first.deltas or ()}
        assert world.differences(since) == []
        assert told(world) == before
        assert {name: each["updatedAt"] for name, each in world.accounts().items()} == stamps


def test_16_who_is_restored_is_the_same_account_with_its_history(stage: Stage) -> None:
    with stage.world(story()) as world:
        world.synced()
        dave, finance = world.id_of("dave"), f"group:{world.id_of('SG-Finance')}:members"
        before = world.accounts()[dave]
        then = world.at()
        world.tenant.change(lambda d: d.soft_delete(dave))
        world.synced()
        assert dave not in world.accounts()
        assert dave not in world.holders(finance)
        assert dave in world.holders(finance, as_of=then)
        gone = world.at()
        world.tenant.change(lambda d: d.clock.advance(29 * 86_400))
        world.tenant.change(lambda d: d.restore(dave))
        world.synced()
        after = world.accounts()[dave]
        assert (after["id"], after["createdAt"]) == (before["id"], before["createdAt"])
        assert after["profile"] == before["profile"]
        assert len(world.find_accounts(query="Dave Quinn")) == 1
        stretches = world.history(finance, before["id"])
        assert [stretch["endedAt"] is None for stretch in stretches] == [False, True]
        assert dave not in world.accounts(as_of=gone)
        assert_truth(world)


def most_groups(directory: Directory, share: float = 0.55) -> list[str]:
    groups = list(directory.objects[Kind.GROUP])
    return groups[: round(len(groups) * share) + 1]


def test_17_when_half_the_groups_vanish_nothing_happens_until_somebody_confirms(
    stage: Stage,
) -> None:
    with stage.world(story()) as world:
        world.synced()
        before, then = told(world), world.at()
        lost = most_groups(world.tenant.directory)
        world.tenant.change(lambda d: [d.soft_delete(group) for group in lost])
        held = world.sync()
        assert held.state is SyncState.HELD
        assert f"{len(lost)} of {len(world.resources('Group'))} resources of type group" in (
            held.error
        )
        assert told(world) == before
        assert world.differences(then) == []
        world.server.tick("connectors.tell_alerts")
        world.server.tick("connectors.tell_alerts")
        (mail,) = world.server.mails_to(ADMINISTRATOR)
        assert mail["Subject"] == "Entra waits for your confirmation"
        connector = world.connector()
        assert connector["status"]["status"] == "SYNC_STATUS_DISABLED"
        assert connector["syncDisabledReason"] == held.error
        assert world.client.post(f"/api/v1{world.path}/force_sync").json()["code"] == 9
        world.confirm()
        assert world.newest_sync().state is SyncState.DONE
        assert world.status() == "SYNC_STATUS_DONE"
        assert_truth(world)
        assert len(world.resources("Group", as_of=then)) == len(world.resources("Group")) + len(
            lost
        )
        world.synced()
