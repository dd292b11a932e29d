"""Who is told what about a connector: new owners, alerts, credentials that end."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from ostiary.baton.c1z import C1zWriter
from ostiary.baton.pb import connector_v2 as v2
from ostiary.server.app import create_app
from ostiary.server.catalog import ownership
from ostiary.server.connectors.actions.credentials import revoke_credential, rotate_credential
from ostiary.server.connectors.actions.registry import (
    NewConnector,
    create_connector,
    delete_connector,
    set_owners,
)
from ostiary.server.connectors.actions.syncs import request_sync
from ostiary.server.connectors.expiring import EXPIRED, days_left, threshold
from ostiary.server.connectors.rules import Status
from ostiary.server.connectors.sealing import seal
from ostiary.server.connectors.store import journal, registry
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.connectors.warning_jobs import (
    note_expired_credentials,
    tell_alerts,
    warn_of_endings,
)
from ostiary.server.ingest.actions import apply_sync
from ostiary.server.kernel.actor import SYSTEM, Actor
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.authz.roles import CONNECTOR_ADMINISTRATOR
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.auth.people import People
from tests.server.conftest import START
from tests.server.connectors import world
from tests.server.notify.world import administrator, outbox, person

DAY = timedelta(days=1)
AUTHORITY = "ostiary.corp.test:8443"


def own(kernel: Kernel, connector: Connector, *owners: User, by: Actor = world.ADA) -> None:
    with kernel.work(by) as work:
        set_owners(work, connector.id, [owner.public_id for owner in owners])


def own_app(kernel: Kernel, connector: Connector, *owners: User) -> None:
    with kernel.work(world.ADA) as work:
        ownership.set_owners(work, connector.app_id, [owner.public_id for owner in owners])


def rotate(kernel: Kernel, connector: Connector, expires_at: datetime | None = None) -> str:
    with kernel.work(world.ADA) as work:
        rotated = rotate_credential(work, connector.id, AUTHORITY, expires_at=expires_at)
    return rotated.credential.id


def mailed(kernel: Kernel) -> list[tuple[str, str]]:
    """Kinds and recipients, oldest first."""
    return [(mail.kind, mail.address.partition("@")[0]) for mail in outbox(kernel)]


def test_scenario_7_new_owners_get_one_mail_each_with_a_link(
    kernel: Kernel, connector: Connector
) -> None:
    dana, erin = person(kernel, "Dana"), person(kernel, "Erin")
    own(kernel, connector, dana, erin)
    assert mailed(kernel) == [("connector_owner", "dana"), ("connector_owner", "erin")]
    [mail, _] = outbox(kernel)
    assert mail.context == {
        "connector": "Demo",
        "connector_id": connector.id,
        "app_id": connector.app_id,
        "by": "Ada",
    }


def test_who_owned_it_before_is_not_told_again(kernel: Kernel, connector: Connector) -> None:
    dana, erin = person(kernel, "Dana"), person(kernel, "Erin")
    own(kernel, connector, dana)
    own(kernel, connector, dana, erin)
    own(kernel, connector, erin, dana)
    assert mailed(kernel) == [("connector_owner", "dana"), ("connector_owner", "erin")]


def test_who_owns_it_again_is_told_again(kernel: Kernel, connector: Connector) -> None:
    dana = person(kernel, "Dana")
    own(kernel, connector, dana)
    own(kernel, connector)
    own(kernel, connector, dana)
    assert mailed(kernel) == [("connector_owner", "dana")] * 2


def test_who_makes_a_connector_tells_the_others_and_not_themselves(
    kernel: Kernel, connector: Connector
) -> None:
    carol, dana = person(kernel, "Carol"), person(kernel, "Dana")
    with kernel.work(Actor("user", carol.public_id, "Carol")) as work:
        owners = [carol.public_id, dana.public_id, dana.public_id]
        create_connector(work, NewConnector(connector.app_id, "baton", "Next", owner_ids=owners))
    assert mailed(kernel) == [("connector_owner", "dana")]


def test_scenario_11_three_failures_mail_the_owners_once(
    kernel: Kernel, connector: Connector
) -> None:
    dana = person(kernel, "Dana")
    own(kernel, connector, dana)
    for number in range(5):
        world.fail_sync(kernel, connector, f"failure {number}")
        tell_alerts(kernel)
        tell_alerts(kernel)
    assert mailed(kernel) == [("connector_owner", "dana"), ("syncs_failing", "dana")]
    mail = outbox(kernel)[-1]
    assert (mail.context["failures"], mail.context["error"]) == ("3", "failure 2")
    assert world.alerts(kernel, connector) == []


def test_scenario_11_failures_after_a_success_are_told_anew(
    kernel: Kernel, connector: Connector
) -> None:
    own(kernel, connector, person(kernel, "Dana"))
    for _ in range(2):
        for _ in range(3):
            world.fail_sync(kernel, connector)
        tell_alerts(kernel)
        with kernel.work(world.ADA) as work:
            request_sync(work, connector.id)
        world.complete_sync(kernel, connector)
    assert mailed(kernel)[1:] == [("syncs_failing", "dana")] * 2


def test_scenario_11_without_owners_the_owners_of_the_app_are_told(
    kernel: Kernel, connector: Connector
) -> None:
    administrator(kernel)
    own_app(kernel, connector, person(kernel, "Olga"))
    _alert(kernel, connector, "sync_held")
    assert mailed(kernel) == [("sync_held", "olga")]


def test_scenario_11_without_anybody_super_administrators_are_told(
    kernel: Kernel, connector: Connector
) -> None:
    administrator(kernel)
    _alert(kernel, connector, "sync_held")
    assert mailed(kernel) == [("sync_held", "admin")]


def test_owners_whom_no_mail_reaches_count_as_none(kernel: Kernel, connector: Connector) -> None:
    administrator(kernel)
    own(kernel, connector, person(kernel, "Gone", enabled=False))
    own_app(kernel, connector, person(kernel, "Lost", enabled=False))
    _alert(kernel, connector, "sync_held")
    assert mailed(kernel) == [("sync_held", "admin")]


def test_an_alert_of_a_new_kind_is_told_in_general_words(
    kernel: Kernel, connector: Connector
) -> None:
    own(kernel, connector, person(kernel, "Dana"))
    _alert(kernel, connector, "program_crashing")
    assert mailed(kernel)[-1] == ("connector_alert", "dana")


def test_nobody_hears_of_a_deleted_connector(kernel: Kernel, connector: Connector) -> None:
    own(kernel, connector, person(kernel, "Dana"))
    rotate(kernel, connector, START + DAY)
    with kernel.work(world.ADA) as work:
        journal.raise_alert(work.connection, connector.key, work.now, "sync_held", reason="much")
        delete_connector(work, connector.id)
    for job in (tell_alerts, warn_of_endings, note_expired_credentials):
        job(kernel)
    assert mailed(kernel) == [("connector_owner", "dana")]
    assert world.alerts(kernel, connector) == []


def _alert(kernel: Kernel, connector: Connector, kind: str) -> None:
    with kernel.work(SYSTEM) as work:
        journal.raise_alert(work.connection, connector.key, work.now, kind, reason="much")
    tell_alerts(kernel)


@pytest.mark.parametrize(
    ("left", "reached"),
    [
        (31 * DAY, None),
        (30 * DAY + timedelta(seconds=1), None),
        (30 * DAY, 30),
        (14 * DAY, 14),
        (7 * DAY, 7),
        (DAY, 1),
        (timedelta(seconds=1), 1),
        (timedelta(0), 0),
        (-9 * DAY, 0),
    ],
)
def test_thresholds_include_their_day(left: timedelta, reached: int | None) -> None:
    assert threshold(START + left, START) == reached


def test_days_left_are_begun_days() -> None:
    ends = [10 * DAY, 9.5 * DAY, timedelta(seconds=1), timedelta(0), -DAY]
    assert [days_left(START + left, START) for left in ends] == [10, 10, 1, 0, 0]


def test_scenario_12_an_agents_credential_is_warned_of_four_times_and_when_it_has_expired(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    own(kernel, connector, person(kernel, "Dana"))
    rotate(kernel, connector, START + 40 * DAY)
    days = []
    for day in range(60):
        before = len(outbox(kernel))
        warn_of_endings(kernel)
        note_expired_credentials(kernel)
        days += [(day, mail.kind) for mail in outbox(kernel)[before:]]
        clock.advance(DAY)
    ending, expired = "credential_expiring", "credential_expired"
    assert days == [(10, ending), (26, ending), (33, ending), (39, ending), (40, expired)]
    assert [mail.context["when"] for mail in outbox(kernel)[1:5]] == [
        "in 30 days",
        "in 14 days",
        "in 7 days",
        "within a day",
    ]


def test_missed_days_are_told_once_with_what_is_left(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    own(kernel, connector, person(kernel, "Dana"))
    rotate(kernel, connector, START + 40 * DAY)
    clock.advance(35 * DAY)
    warn_of_endings(kernel)
    warn_of_endings(kernel)
    assert [mail.context["when"] for mail in outbox(kernel)[1:]] == ["in 5 days"]


def test_scenario_12_an_expired_credential_is_an_error_until_a_sync_works(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    own(kernel, connector, person(kernel, "Dana"))
    rotate(kernel, connector, START + DAY)
    world.complete_sync(kernel, connector)
    clock.advance(DAY - timedelta(seconds=1))
    note_expired_credentials(kernel)
    assert world.seen(kernel, connector).status is Status.CONNECTED
    clock.advance(1)
    note_expired_credentials(kernel)
    note_expired_credentials(kernel)
    after = world.seen(kernel, connector)
    assert after.status is Status.ERROR
    assert after.last_error == f"{EXPIRED} on 3 March 2026, 09:00 UTC. Rotate it."
    assert mailed(kernel)[1:] == [("credential_expired", "dana")]
    rotate(kernel, connector)
    note_expired_credentials(kernel)
    with kernel.work(world.ADA) as work:
        request_sync(work, connector.id)
    world.complete_sync(kernel, connector)
    assert world.seen(kernel, connector).status is Status.CONNECTED


def test_a_credential_that_was_replaced_or_revoked_warns_of_nothing(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    own(kernel, connector, person(kernel, "Dana"))
    rotate(kernel, connector, START + DAY)
    rotate(kernel, connector)
    revoked = rotate(kernel, connector, START + 2 * DAY)
    with kernel.work(world.ADA) as work:
        revoke_credential(work, connector.id, revoked)
    clock.advance(5 * DAY)
    warn_of_endings(kernel)
    note_expired_credentials(kernel)
    assert mailed(kernel) == [("connector_owner", "dana")]
    assert world.seen(kernel, connector).status is Status.NOT_CONNECTED


def test_an_expired_credential_is_no_matter_while_another_works(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    own(kernel, connector, person(kernel, "Dana"))
    rotate(kernel, connector, START + DAY)
    clock.advance(2 * DAY)
    rotate(kernel, connector)
    warn_of_endings(kernel)
    note_expired_credentials(kernel)
    assert mailed(kernel) == [("connector_owner", "dana")]


APPLICATION = "6f5b0a3e-0001-4000-8000-000000000001"


def sync_secrets(kernel: Kernel, connector: Connector, *secrets: v2.Resource) -> None:
    path = kernel.settings.data_dir / "secrets.c1z"
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = v2.ResourceType(
        id="secret", display_name="Secret", traits=[v2.ResourceType.TRAIT_SECRET]
    )
    with C1zWriter(path) as writer:
        writer.put_resource_types([kind])
        writer.put_resources(secrets)
        writer.seal()
    assert apply_sync(kernel, connector.id, path).state == "applied"


def secret(name: str, ends_at: datetime, hint: str, application: str = APPLICATION) -> v2.Resource:
    trait = v2.SecretTrait()
    trait.expires_at.FromDatetime(ends_at)
    trait.profile.update({"app_id": application, "hint": hint})
    resource = v2.Resource(
        id=v2.ResourceId(resource_type="secret", resource=name), display_name=name
    )
    resource.annotations.add().Pack(trait)
    return resource


def configure(kernel: Kernel, connector: Connector, **config: str) -> None:
    with kernel.work(world.ADA) as work:
        registry.update(work.connection, connector.key, config=seal(config, kernel.secrets))


def warned(kernel: Kernel) -> list[tuple[str, str]]:
    warn_of_endings(kernel)
    return [(mail.context["credential"], mail.context["when"]) for mail in outbox(kernel)[1:]]


def test_scenario_12_the_secret_that_the_connector_signs_in_with_is_warned_of(
    kernel: Kernel, connector: Connector
) -> None:
    own(kernel, connector, person(kernel, "Dana"))
    configure(kernel, connector, client_id=APPLICATION.upper(), client_secret="abcdefgh")
    sync_secrets(
        kernel,
        connector,
        secret("in use", START + 20 * DAY, "abc"),
        secret("newer", START + 90 * DAY, "xyz"),
        secret("of another", START + 3 * DAY, "abc", application="another"),
    )
    assert warned(kernel) == [("in use", "in 20 days")]
    assert warned(kernel) == [("in use", "in 20 days")]


def test_of_secrets_that_cannot_be_told_apart_the_last_one_counts(
    kernel: Kernel, connector: Connector
) -> None:
    own(kernel, connector, person(kernel, "Dana"))
    configure(kernel, connector, client_id=APPLICATION)
    old, new = START - 20 * DAY, START + 5 * DAY
    sync_secrets(kernel, connector, secret("old", old, ""), secret("new", new, ""))
    assert warned(kernel) == [("new", "in 5 days")]


def test_secrets_of_a_connector_without_settings_here_are_none_of_its_own(
    kernel: Kernel, connector: Connector
) -> None:
    own(kernel, connector, person(kernel, "Dana"))
    sync_secrets(kernel, connector, secret("whose", START + DAY, ""))
    assert warned(kernel) == []


def test_pages_can_show_what_ends_soon(kernel: Kernel, connector: Connector) -> None:
    people = People(kernel, create_app(kernel))
    client = people.session_of(people.add("carol@corp.test", CONNECTOR_ADMINISTRATOR))
    configure(kernel, connector, client_id=APPLICATION)
    sync_secrets(kernel, connector, secret("source", START + 20 * DAY, ""))
    credential = rotate(kernel, connector, START + 10 * DAY)
    url = f"/api/v1/apps/{connector.app_id}/connectors/{connector.id}/warnings"
    agents, source = client.get(url).json()["list"]
    assert (agents["kind"], agents["credentialId"]) == ("agent", credential)
    assert (agents["daysLeft"], agents["expired"]) == (10, False)
    assert agents["endsAt"] == "2026-03-12T09:00:00Z"
    assert (source["kind"], source["displayName"], source["daysLeft"]) == ("source", "source", 20)
