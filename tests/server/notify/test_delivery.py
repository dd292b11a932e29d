"""From the outbox to the post office."""

from __future__ import annotations

import logging
import ssl
import threading
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.auth import users
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from ostiary.server.kernel.worker import Worker
from ostiary.server.notify import store
from ostiary.server.notify.actions import switch_mail, tell
from ostiary.server.notify.delivery import Ended, deliver
from ostiary.server.notify.jobs import deliver_due, jobs
from ostiary.server.notify.rules import GIVE_UP_AFTER
from ostiary.server.notify.service import MailService
from ostiary.server.notify.templates import Kind
from tests.server.notify.certificate import certificate
from tests.server.notify.post import PostOffice, standing, working
from tests.server.notify.world import (
    OWNED,
    deferred,
    deliver_all,
    outbox,
    person,
    rename_address,
    sending,
    states,
    told,
)


async def test_a_mail_is_sent_once_to_its_recipient_with_a_link(
    mailing: Kernel, office: PostOffice
) -> None:
    told(mailing, person(mailing, "Dana"))
    await Worker(mailing, [jobs]).drain()
    deliver_due(mailing)
    [(recipients, message)] = office.received
    assert recipients == ["dana@corp.test"]
    assert message["To"] == "dana@corp.test"
    assert message["From"] == "Ostiary <ostiary@corp.test>"
    assert message["Subject"] == "You own the connector Entra"
    assert parsedate_to_datetime(message["Date"]) == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    [mail] = outbox(mailing)
    assert message["Message-ID"] == f"<{mail.id}@corp.test>"
    assert (mail.state, mail.attempts, mail.sent_at) == ("sent", 1, mailing.clock.now())
    link = "https://ostiary.corp.test/apps/app1/connectors/connector1"
    plain, html = (message.get_body([kind]) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert link in plain.get_content().split()
    assert f'href="{link}"' in html.get_content()


def test_a_unit_of_work_that_fails_leaves_no_mail(mailing: Kernel, office: PostOffice) -> None:
    dana = person(mailing, "Dana")
    with pytest.raises(RuntimeError):
        _tell_and_fail(mailing, dana)
    assert (outbox(mailing), deferred(mailing)) == ([], [])


def _tell_and_fail(kernel: Kernel, user: User) -> None:
    with kernel.work(SYSTEM) as work:
        assert tell(work, [user.public_id], Kind.CONNECTOR_OWNER, OWNED) == 1
        raise RuntimeError


def test_a_server_that_is_down_gets_the_mail_once_it_is_up(
    kernel: Kernel, clock: FixedClock
) -> None:
    office = PostOffice()
    with standing(office) as building:
        mailing = sending(kernel, office)
        told(mailing, person(mailing, "Dana"))
        deliver_all(mailing)
        [mail] = outbox(mailing)
        assert (mail.state, mail.attempts) == ("queued", 1)
        assert "refused" in mail.last_error
        building.open()
        deliver_all(mailing)
        assert office.received == []
        clock.advance(timedelta(minutes=1))
        deliver_all(mailing)
        deliver_all(mailing)
    assert len(office.received) == 1
    [mail] = outbox(mailing)
    assert (mail.state, mail.attempts, mail.last_error) == ("sent", 2, "")
    assert office.messages[0]["Message-ID"] == f"<{mail.id}@corp.test>"


def test_nobody_else_is_tried_while_the_server_is_down(kernel: Kernel) -> None:
    office = PostOffice()
    with standing(office):
        mailing = sending(kernel, office)
        told(mailing, person(mailing, "Dana"), person(mailing, "Erin"))
        deliver_due(mailing)
    assert [mail.attempts for mail in outbox(mailing)] == [1, 0]


def test_what_a_server_puts_off_for_days_is_given_up(
    mailing: Kernel, office: PostOffice, clock: FixedClock
) -> None:
    office.refusals["dana@corp.test"] = "451 try later"
    told(mailing, person(mailing, "Dana"))
    for _ in range(200):
        deliver_all(mailing)
        [mail] = outbox(mailing)
        if mail.next_attempt_at is None:
            break
        clock.advance(mail.next_attempt_at - clock.now())
    assert (mail.state, mail.last_error) == ("failed", "451 try later")
    assert clock.now() - mail.created_at >= GIVE_UP_AFTER
    assert mail.attempts > 70


@pytest.mark.parametrize("step", ["dana@corp.test", "DATA"])
def test_a_refusal_is_final_and_says_why(
    mailing: Kernel, office: PostOffice, clock: FixedClock, step: str
) -> None:
    office.refusals[step] = "550 no such mailbox"
    told(mailing, person(mailing, "Dana"))
    deliver_all(mailing)
    office.refusals.clear()
    clock.advance(timedelta(days=1))
    deliver_all(mailing)
    [mail] = outbox(mailing)
    assert (mail.state, mail.last_error) == ("failed", "550 no such mailbox")
    assert office.received == []


def test_a_refused_recipient_keeps_no_other_from_their_mail(
    mailing: Kernel, office: PostOffice
) -> None:
    office.refusals["dana@corp.test"] = "550 no such mailbox"
    told(mailing, person(mailing, "Dana"), person(mailing, "Erin"))
    deliver_all(mailing)
    assert states(mailing) == ["failed", "sent"]


def test_two_workers_send_a_mail_once(mailing: Kernel, office: PostOffice) -> None:
    told(mailing, person(mailing, "Dana"))
    [mail_id] = deferred(mailing)
    office.gate.clear()
    first = threading.Thread(target=deliver, args=(mailing, mail_id))
    first.start()
    assert office.entered.wait(60)
    assert deliver(mailing, mail_id) is Ended.SETTLED
    deliver_due(mailing)
    office.gate.set()
    first.join()
    deliver_all(mailing)
    assert len(office.received) == 1


def test_a_worker_that_dies_after_handing_over_sends_the_same_message_again(
    mailing: Kernel, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(mailing, person(mailing, "Dana"))
    with monkeypatch.context() as patched:
        patched.setattr("ostiary.server.notify.delivery._settle", _die)
        with pytest.raises(SystemExit):
            deliver_due(mailing)
    deliver_due(mailing)
    deliver_due(mailing)
    first, second = office.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


def _die(*_arguments: object, **_values: object) -> None:
    raise SystemExit


def test_what_is_told_while_an_operator_has_mail_off_is_never_sent(
    mailing: Kernel, office: PostOffice, clock: FixedClock
) -> None:
    dana = person(mailing, "Dana")
    told(mailing, dana, once="before")
    _switch(mailing, on=False)
    told(mailing, dana, once="meanwhile")
    assert len(deferred(mailing)) == 1
    deliver_all(mailing)
    clock.advance(1)
    _switch(mailing, on=True)
    deliver_all(mailing)
    told(mailing, dana, once="afterwards")
    deliver_all(mailing)
    assert states(mailing) == ["suppressed", "suppressed", "sent"]
    assert outbox(mailing)[1].last_error == "mail was switched off by an operator"
    assert len(office.received) == 1


def test_what_waited_when_mail_went_off_is_not_sent_after_it_is_on_again(
    mailing: Kernel, office: PostOffice, clock: FixedClock
) -> None:
    told(mailing, person(mailing, "Dana"))
    clock.advance(1)
    _switch(mailing, on=False)
    _switch(mailing, on=True)
    deliver_all(mailing)
    assert (states(mailing), office.received) == (["suppressed"], [])


def _switch(kernel: Kernel, *, on: bool) -> None:
    with kernel.work(SYSTEM) as work:
        switch_mail(work, on=on)


async def test_what_is_told_without_a_server_is_not_sent_once_there_is_one(
    kernel: Kernel, office: PostOffice, clock: FixedClock
) -> None:
    dana = person(kernel, "Dana")
    told(kernel, dana)
    await MailService(kernel).start()
    told(kernel, dana)
    clock.advance(1)
    mailing = sending(kernel, office)
    await MailService(mailing).start()
    told(mailing, dana)
    deliver_all(mailing)
    assert states(mailing) == ["suppressed", "suppressed", "sent"]
    assert outbox(mailing)[1].last_error == "no SMTP server is set"


async def test_a_restart_with_the_same_server_sends_what_waited(
    mailing: Kernel, office: PostOffice, clock: FixedClock
) -> None:
    told(mailing, person(mailing, "Dana"))
    clock.advance(60)
    await MailService(mailing).start()
    deliver_all(mailing)
    assert states(mailing) == ["sent"]


def test_a_worker_without_a_server_suppresses(kernel: Kernel) -> None:
    told(kernel, person(kernel, "Dana"))
    deliver_all(kernel)
    assert [(mail.state, mail.last_error) for mail in outbox(kernel)] == [
        ("suppressed", "no SMTP server is set")
    ]


def test_who_was_disabled_since_gets_no_mail(mailing: Kernel, office: PostOffice) -> None:
    dana = person(mailing, "Dana")
    told(mailing, dana)
    with mailing.work(SYSTEM) as work:
        users.set_status(work, dana, enabled=False)
    deliver_all(mailing)
    assert (states(mailing), office.received) == (["suppressed"], [])


def test_a_mail_follows_its_recipient_to_a_new_address(mailing: Kernel, office: PostOffice) -> None:
    dana = person(mailing, "Dana")
    told(mailing, dana)
    rename_address(mailing, dana, "dana@new.test")
    deliver_all(mailing)
    assert [recipients for recipients, _ in office.received] == [["dana@new.test"]]
    assert outbox(mailing)[0].address == "dana@new.test"


@pytest.mark.parametrize(
    "address",
    [
        "dana@corp.test\r\nBcc: eve@evil.test",
        "dana@corp.test, eve@evil.test",
        "<dana@corp.test>",
        "dana",
        "@",
        '"',
    ],
)
def test_what_is_no_address_fails_and_reaches_nobody(
    mailing: Kernel, office: PostOffice, address: str
) -> None:
    dana = person(mailing, "Dana")
    rename_address(mailing, dana, address)
    told(mailing, dana, person(mailing, "Erin"))
    deliver_all(mailing)
    assert states(mailing) == ["failed", "sent"]
    assert [recipients for recipients, _ in office.received] == [["erin@corp.test"]]


def test_a_mail_of_another_version_fails_and_holds_up_no_other(
    mailing: Kernel, office: PostOffice
) -> None:
    told(mailing, person(mailing, "Dana"), person(mailing, "Erin"))
    with mailing.work(SYSTEM) as work:
        store.update(work.connection, outbox(mailing)[0].key, kind="carrier_pigeon")
    deliver_due(mailing)
    assert states(mailing) == ["failed", "sent"]


def test_a_server_with_starttls_and_a_password_takes_mail(
    kernel: Kernel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    office = PostOffice(password="pa55-w0rd")
    with working(office, _trusted(tmp_path, monkeypatch)):
        secured = {"smtp_security": "starttls", "smtp_user": "ostiary"}
        right = sending(kernel, office, **secured, smtp_password=SecretStr("pa55-w0rd"))
        wrong = sending(kernel, office, **secured, smtp_password=SecretStr("wr0ng-0ne"))
        told(kernel, person(kernel, "Dana"))
        with caplog.at_level(logging.DEBUG):
            deliver_all(wrong)
            [mail] = outbox(kernel)
            assert (mail.state, mail.last_error[:3]) == ("queued", "535")
            kernel.clock.advance(60)  # type: ignore[attr-defined]
            deliver_all(right)
    assert states(kernel) == ["sent"]
    assert len(office.received) == 1
    assert "wr0ng-0ne" not in caplog.text + mail.last_error + repr(wrong.settings)


def test_a_server_that_cannot_prove_its_name_gets_neither_password_nor_mail(
    kernel: Kernel, tmp_path: Path
) -> None:
    office = PostOffice(password="pa55-w0rd")
    context = certificate(tmp_path)
    with working(office, context):
        secured = {"smtp_security": "starttls", "smtp_user": "ostiary"}
        mailing = sending(kernel, office, **secured, smtp_password=SecretStr("pa55-w0rd"))
        told(mailing, person(mailing, "Dana"))
        deliver_all(mailing)
    [mail] = outbox(mailing)
    assert (mail.state, office.received) == ("queued", [])
    assert "certificate verify failed" in mail.last_error


def _trusted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    context = certificate(folder)
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "certificate.pem"))
    return context
