"""Stories about agents and what they sign in with: replaced, running out, shared by replicas."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ostiary.server.connectors.leases import SYNC_FULL, TERMS, retry_after
from ostiary.server.connectors.rules import ROTATION_GRACE, SyncState
from ostiary.server.connectors.store import tasks
from ostiary.tenant.clock import Clock, graph_time
from ostiary.tenant.directory import Kind
from ostiary.tenant.server import SimulatedTenant
from ostiary.tenant.stories import story
from ostiary.tenant.stories.app_builder import secret
from tests.entra.expected import Shown
from tests.entra.watching import watched
from tests.server.gateway.agent import Agent as Signer
from tests.server.gateway.agent import assertion
from tests.stories.asking import Json
from tests.stories.manifest import Replica, manifest_environment, replica
from tests.stories.server import ADMINISTRATOR, PATIENCE, text_of
from tests.stories.truth import BEFORE_EVERYTHING, assert_truth, grant_id, told
from tests.stories.world import Stage, World


def rotate(world: World) -> Json:
    asked = {"appId": world.app_id, "connectorId": world.connector_id}
    credential: Json = world.post("/apps/connectors/credentials", asked)["credential"]
    return credential


def environment_of(credential: Json) -> dict[str, str]:
    return {
        "BATON_CLIENT_ID": credential["clientId"],
        "BATON_CLIENT_SECRET": credential["clientSecret"],
    }


def may_sign_in(world: World, environment: dict[str, str]) -> bool:
    """As an agent asks for its token, by the server's time."""
    server, name = world.server, environment["BATON_CLIENT_ID"]
    signer = Signer(server.port, server.authority, name, environment["BATON_CLIENT_SECRET"])
    signed = assertion(signer.secret, name, server.clock.now())
    status, _ = server.run(signer.ask_for_token(signed))
    return status == 200


@contextmanager
def replica_of(world: World, pod: str, folder: Path) -> Iterator[Replica]:
    """A process of its own with the credential of the world's agent."""
    with replica(manifest_environment(pod, world.agent.environment, folder)) as process:
        yield process


def test_10_when_one_of_two_replicas_dies_in_a_sync_the_other_finishes_after_the_lease(
    stage: Stage, tmp_path: Path
) -> None:
    tenant, released = stage.tenant(story()), threading.Event()
    options = {"BATON_HOST_ID": "replica-1", "BATON_SKIP_UNASSIGNED_APPS": "true"}
    with watched(tenant) as watch, stage.of(tenant, options) as world:
        world.synced()
        before, accounts = told(world), world.accounts()
        tenant.change(lambda d: d.add_member(d.id_of("SG-Admins"), d.id_of("bob")))
        world.post(f"{world.path}/force_sync")
        reached = watch.hold("/groups/delta", released)
        try:
            keep_up_with_the_machine(world)
            with replica_of(world, "replica-0", tmp_path) as first:
                assert reached.wait(PATIENCE), first.log
                first.kill()
        finally:
            released.set()
        assert (attempts(world), world.newest_sync().state) == (1, SyncState.RUNNING)
        world.agent.poll_now()
        world.server.clock.advance(TERMS[SYNC_FULL].silence)
        world.server.tick("connectors.release_lost_tasks")
        assert told(world) == before
        world.server.clock.advance(retry_after(1))
        world.agent.poll_now()
        world.await_upload()
        world.server.work_off()
        sync, first_sync = world.syncs()
        assert (attempts(world), sync.state) == (2, SyncState.DONE), sync.error
        assert first_sync.state is SyncState.DONE
        assert_truth(world, Shown(skip_unassigned_apps=True))
        assert ids(world.accounts()) == ids(accounts)
        shown = [grant_id(each["grant"]) for each in world.differences(BEFORE_EVERYTHING)]
        assert len(shown) == len(set(shown))


def keep_up_with_the_machine(world: World) -> None:
    """By whose clock processes sign in; a minute ahead, so that slow ones are on time too."""
    behind = datetime.now(UTC) + timedelta(minutes=1) - world.server.clock.now()
    assert behind > timedelta(), "stories that wait come later"
    world.server.clock.advance(behind)


def attempts(world: World) -> int:
    """How often the newest sync was begun."""
    with world.server.kernel.read() as connection:
        task = tasks.find_of_sync(connection, world.newest_sync().key)
        assert task is not None
        return task.lease.attempts


def ids(accounts: dict[str, Json]) -> dict[str, str]:
    return {name: account["id"] for name, account in accounts.items()}


def test_9_after_another_rotation_the_old_secret_stops_at_the_time_that_is_stated(
    stage: Stage,
) -> None:
    with stage.world(story()) as world:
        world.synced()
        old = dict(world.agent.environment)
        old_id = credential_ids(world)[0]
        new = environment_of(rotate(world))
        stated = world.get(f"{world.path}/credentials/{old_id}")["credential"]["expiresTime"]
        ends = datetime.fromisoformat(stated)
        assert ends == world.server.clock.now() + ROTATION_GRACE
        assert may_sign_in(world, old)
        assert may_sign_in(world, new)
        world.wait(ends - world.server.clock.now() - timedelta(seconds=1))
        assert may_sign_in(world, old)
        world.server.clock.advance(1)
        assert not may_sign_in(world, old)
        assert may_sign_in(world, new)
        world.agent.set_up_again(new)
        world.synced()
        assert_truth(world)


def credential_ids(world: World) -> list[str]:
    """Newest first: the system log names those that were made."""
    with world.server.kernel.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT k.public_id FROM connector_credentials k JOIN connectors c"
            " ON c.id = k.connector_id WHERE c.public_id = %s ORDER BY k.id DESC",
            (world.connector_id,),
        )
        return [row[0] for row in rows]


def test_12_credentials_that_end_are_warned_of_and_an_end_deletes_nothing(stage: Stage) -> None:
    now = stage.server.clock.now()
    tenant = stage.tenant(story(clock=Clock(now)))
    with tenant, stage.of(tenant, told=True) as world:
        agents_end = ends(world, credential_ids(world)[0])
        let_secret_end(tenant, agents_end + timedelta(days=10))
        world.agent.stop()
        wait(world, agents_end - timedelta(days=10) - now)
        world.agent.start()
        world.synced()
        accounts, then, mails = world.accounts(), world.at(), Mails(world)
        warnings = world.get(f"{world.path}/warnings")["list"]
        assert [(each["kind"], each["daysLeft"], each["expired"]) for each in warnings] == [
            ("agent", 10, False),
            ("source", 20, False),
        ]
        assert mails.new() == [
            "A credential of Entra ends in 10 days",
            "A credential of Entra ends in 20 days",
        ]
        assert mails.new() == []

        wait(world, timedelta(days=11))
        world.server.tick("connectors.note_expired_credentials")
        shown = world.connector()["status"]
        assert shown["status"] == "SYNC_STATUS_ERROR"
        assert "credential expired" in shown["lastError"]
        assert mails.new() == [
            "A credential of Entra ends in 9 days",
            "A credential of Entra has expired",
        ]
        assert (world.accounts(), world.differences(then)) == (accounts, [])

        world.agent.set_up_again(environment_of(rotate(world)))
        world.synced()
        assert world.status() == "SYNC_STATUS_DONE"
        wait(world, timedelta(days=10))
        assert world.sync().state is SyncState.FAILED
        shown = world.connector()["status"]
        assert shown["status"] == "SYNC_STATUS_ERROR"
        assert "expired" in shown["lastError"]
        (warning,) = world.get(f"{world.path}/warnings")["list"]
        assert (warning["kind"], warning["expired"]) == ("source", True)
        assert mails.new() == ["A credential of Entra has expired"]
        assert (world.accounts(), world.differences(then)) == (accounts, [])


@dataclass
class Mails:
    """To the connector's owner, about this connector: those of other stories run out too."""

    world: World
    read: int = 0

    def new(self) -> list[str]:
        """Their subjects sorted, once the daily look at credentials is over: jobs that send run
        side by side.
        """
        self.world.server.tick("connectors.warn_of_endings")
        subjects = [
            mail["Subject"]
            for mail in self.world.server.mails_to(ADMINISTRATOR)
            if self.world.path in text_of(mail)
        ]
        self.read, fresh = len(subjects), subjects[self.read :]
        return sorted(fresh)


def ends(world: World, credential_id: str) -> datetime:
    shown = world.get(f"{world.path}/credentials/{credential_id}")["credential"]
    return datetime.fromisoformat(shown["expiresTime"])


def let_secret_end(tenant: SimulatedTenant, end: datetime) -> None:
    """The client secret that the connector signs in with."""
    registration = tenant.registration
    registration.secrets[0].expires = end
    shown = secret("ostiary", -1, 1) | {
        "endDateTime": graph_time(end),
        "hint": registration.secrets[0].value[:3],
    }
    application = tenant.directory.id_of(registration.display_name, Kind.APPLICATION)
    tenant.change(lambda d: d.update(application, {"passwordCredentials": [shown]}))


def wait(world: World, by: timedelta) -> None:
    """On the server and in the tenant."""
    world.wait(by)
    world.tenant.change(lambda d: d.clock.advance(by.total_seconds()))
