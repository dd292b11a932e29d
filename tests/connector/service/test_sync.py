"""Full syncs for a server, from the first heartbeat to the result."""

from __future__ import annotations

import pytest

from ostiary.baton.pb import connectorapi_v1 as pb
from ostiary.baton.pb.connector_v2 import Resource, ResourceId
from ostiary.connector.connector import Finding
from ostiary.connector.status import ConnectorError, Status
from tests.connector.fake import FakeConnector
from tests.connector.running import altered
from tests.connector.service.fake_server import Code
from tests.connector.service.running import Workbench, sync_task


async def test_a_sync_is_announced_uploaded_whole_and_finished(workbench: Workbench) -> None:
    task = sync_task()
    finished = await workbench.finish(task)
    server = workbench.server
    assert server.calls[:3] == ["Hello", "GetTask", "Heartbeat"]
    assert server.calls[-2:] == ["UploadAsset", "FinishTask"]
    assert finished.WhichOneof("final_state") == "success"
    assert (finished.task_id, finished.host_id) == (task.id, "desk-1")
    (upload,) = server.uploads
    assert (upload.task_id, upload.host_id) == (task.id, "desk-1")
    assert upload.checksum_matches
    assert len(server.tokens) == 1
    content = workbench.uploaded()
    assert content.sync_type == "full"
    assert len(content.resources) == 8
    assert content.grants["group:a:members:user:bob"] == {"group:b:members": True}


async def test_nothing_is_left_in_the_state_directory_after_an_upload(
    workbench: Workbench,
) -> None:
    await workbench.finish(sync_task())
    assert list((workbench.state / "outgoing").iterdir()) == []


async def test_nested_groups_are_left_to_the_server_that_wants_to_follow_them(
    workbench: Workbench,
) -> None:
    await workbench.finish(sync_task(skip_expand_grants=True))
    assert all(not sources for sources in workbench.uploaded().grants.values())


async def test_resources_alone_are_synced_when_asked_for(workbench: Workbench) -> None:
    await workbench.finish(sync_task(skip_entitlements_and_grants=True))
    content = workbench.uploaded()
    assert content.sync_type == "resources_only"
    assert (content.entitlements, content.grants) == ([], {})


async def test_a_sync_without_grants_does_not_pass_for_a_full_one(workbench: Workbench) -> None:
    await workbench.finish(sync_task(skip_grants=True))
    content = workbench.uploaded()
    assert content.sync_type == "partial"
    assert content.entitlements
    assert content.grants == {}


async def test_the_types_a_task_names_beat_those_of_the_flag(workbench: Workbench) -> None:
    task = sync_task(sync_resource_type_ids=["user"])
    await workbench.finish(task, "--sync-resource-types", "group")
    assert workbench.uploaded().types == ["user"]


async def test_a_targeted_sync_brings_the_resource_and_who_has_it(workbench: Workbench) -> None:
    wanted = Resource(id=ResourceId(resource_type="group", resource="c"))
    await workbench.finish(sync_task(targeted_sync_resources=[wanted]))
    content = workbench.uploaded()
    assert content.sync_type == "partial"
    assert sorted(content.resources) == ["group:c", "user:cleo"]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"storage_engine": "pebble"}, "pebble"),
        ({"sync_resource_type_ids": ["planet"]}, "invalid resource type 'planet' in filter"),
        ({"targeted_sync_resources": [Resource()]}, "cannot use"),
    ],
)
async def test_a_task_that_can_never_be_done_is_refused_for_good(
    workbench: Workbench, options: dict[str, object], complaint: str
) -> None:
    finished = await workbench.finish(sync_task(**options))
    assert finished.status.code == Status.INVALID_ARGUMENT
    assert complaint in finished.status.message
    assert finished.error.non_retryable
    assert workbench.server.uploads == []


async def test_the_operator_decides_on_the_storage_engine(workbench: Workbench) -> None:
    task = sync_task(storage_engine="pebble")
    finished = await workbench.finish(task, "--storage-engine", "sqlite")
    assert finished.WhichOneof("final_state") == "success"


async def test_credentials_that_do_not_suffice_fail_the_task_but_may_be_mended(
    workbench: Workbench,
) -> None:
    finding = Finding("error", "Groups", "Groups cannot be read.", "Grant Group.Read.All.")
    make = altered(lambda fake: setattr(fake, "findings", [finding]))
    finished = await workbench.finish(sync_task(), make=make)
    assert finished.status.code == Status.PERMISSION_DENIED
    assert finished.status.message == "Groups cannot be read. Grant Group.Read.All."
    assert not finished.error.non_retryable


async def test_a_connector_that_lists_nonsense_is_not_asked_again(workbench: Workbench) -> None:
    make = altered(lambda fake: setattr(fake, "order", ("user", "user")))
    finished = await workbench.finish(sync_task(), make=make)
    assert finished.status.code == Status.INTERNAL
    assert finished.error.non_retryable


async def test_what_nobody_foresaw_is_reported_as_unknown(workbench: Workbench) -> None:
    def explode(fake: FakeConnector) -> None:
        async def pause() -> None:
            raise ZeroDivisionError("by zero")

        fake.pause = pause  # type: ignore[method-assign]

    finished = await workbench.finish(sync_task(), make=altered(explode))
    assert finished.status.code == Status.UNKNOWN
    assert "by zero" in finished.status.message
    assert not finished.error.non_retryable


async def test_secrets_do_not_reach_the_server_inside_a_failure(workbench: Workbench) -> None:
    def leak(fake: FakeConnector) -> None:
        async def pause() -> None:
            fake.context.conceal("learned-secret")
            raise ConnectorError(Status.UNAVAILABLE, "no answer to learned-secret")

        fake.pause = pause  # type: ignore[method-assign]

    finished = await workbench.finish(sync_task(), make=altered(leak))
    assert finished.status.message == "no answer to ***"


async def test_an_upload_is_tried_three_times_from_the_start(workbench: Workbench) -> None:
    workbench.server.upload_failures.extend([Code.UNAVAILABLE, Code.DATA_LOSS])
    workbench.server.polls.append(pb.BatonServiceGetTaskResponse(task=sync_task()))
    workbench.start()
    await workbench.clock.wake(0)
    await workbench.clock.wake(0)
    await workbench.clock.wake(1)
    finished = await workbench.server.finished.get()
    assert finished.WhichOneof("final_state") == "success"
    assert workbench.server.calls.count("UploadAsset") == 3
    assert workbench.server.uploads[0].checksum_matches


async def test_an_upload_that_fails_three_times_fails_the_task(workbench: Workbench) -> None:
    workbench.server.upload_failures.extend([Code.RESOURCE_EXHAUSTED] * 3)
    workbench.server.polls.append(pb.BatonServiceGetTaskResponse(task=sync_task()))
    workbench.start()
    await workbench.clock.wake(0)
    await workbench.clock.wake(0)
    await workbench.clock.wake(1)
    finished = await workbench.server.finished.get()
    assert finished.status.code == Status.RESOURCE_EXHAUSTED
    assert not finished.error.non_retryable


async def test_a_result_is_sent_again_when_the_server_was_out_of_reach(
    workbench: Workbench,
) -> None:
    workbench.server.finish_failures.append(Code.UNAVAILABLE)
    workbench.server.polls.append(pb.BatonServiceGetTaskResponse(task=sync_task()))
    workbench.start()
    await workbench.clock.wake(1)
    finished = await workbench.server.finished.get()
    assert finished.WhichOneof("final_state") == "success"


async def test_skipping_the_full_sync_checks_the_credentials_and_uploads_an_empty_one(
    workbench: Workbench,
) -> None:
    checked: list[FakeConnector] = []

    def watch(fake: FakeConnector) -> None:
        checked.append(fake)
        fake.order = ()

    finished = await workbench.finish(sync_task(), "--skip-full-sync", make=altered(watch))
    assert finished.WhichOneof("final_state") == "success"
    assert len(checked) == 1
    content = workbench.uploaded()
    assert (content.sync_type, content.resources) == ("full", [])


async def test_the_image_of_the_source_lives_on_between_tasks(workbench: Workbench) -> None:
    seen: list[bool] = []

    def remember(fake: FakeConnector) -> None:
        image = fake.context.state_dir / "image"
        seen.append(image.exists())
        image.touch()

    make = altered(remember)
    await workbench.finish(sync_task(), make=make)
    await workbench.finish(sync_task())
    assert seen == [False, True]


async def test_two_syncs_at_once_take_turns_on_the_image(workbench: Workbench) -> None:
    inside: list[str] = []

    def watch(fake: FakeConnector) -> None:
        assert not inside
        inside.append("open")

    def make(settings: object, context: object) -> FakeConnector:
        fake = altered(watch)(settings, context)  # type: ignore[arg-type]
        assert isinstance(fake, FakeConnector)

        async def commit() -> None:
            inside.clear()

        fake.commit = commit  # type: ignore[method-assign]
        return fake

    for _ in range(2):
        workbench.server.polls.append(pb.BatonServiceGetTaskResponse(task=sync_task()))
    workbench.start(make=make)
    await workbench.clock.wake(0)
    ends = [await workbench.server.finished.get() for _ in range(2)]
    assert [end.WhichOneof("final_state") for end in ends] == ["success", "success"]
