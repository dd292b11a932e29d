"""The places a run writes to: missing, foreign, full, in use, damaged; and what it leaves there."""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ostiary.connector.status import Status
from ostiary.entra.image import image
from ostiary.entra.image.damage import unusable
from ostiary.tenant.generate import generate
from ostiary.tenant.server import SimulatedTenant
from ostiary.tenant.stories import story

from .expected import differences, expected
from .running import Outcome, read, sync

NOBODY_CAN_WRITE_HERE = Path("/proc/self")


@pytest.fixture
def tenant() -> Iterator[SimulatedTenant]:
    with SimulatedTenant(story("small")) as tenant:
        yield tenant


def assert_true(tenant: SimulatedTenant, file: Path, outcome: Outcome) -> None:
    assert outcome.code == 0, outcome.stderr
    assert differences(read(file), expected(tenant.directory)) == ""


def assert_refused(outcome: Outcome, status: Status, said: str, advice: str) -> None:
    assert outcome.code == status, outcome.stderr
    assert "stacktrace" not in outcome.error
    assert said in outcome.error["msg"]
    assert advice in f"{outcome.error['msg']} {outcome.error['remedy']}"


def notices(outcome: Outcome) -> list[str]:
    return [line["msg"] for line in outcome.lines if line["level"] == "warn"]


# The file


def test_a_missing_folder_is_named(tenant: SimulatedTenant, tmp_path: Path) -> None:
    outcome = sync(tenant, tmp_path / "no" / "sync.c1z")
    assert_refused(outcome, Status.FAILED_PRECONDITION, "does not exist", "Create the folder")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not NOBODY_CAN_WRITE_HERE.exists(), reason="needs a folder nobody writes to")
def test_a_folder_that_cannot_be_written_is_named(tenant: SimulatedTenant, tmp_path: Path) -> None:
    file = NOBODY_CAN_WRITE_HERE / "sync.c1z"
    outcome = sync(tenant, file, "--state-dir", str(tmp_path / "state"))
    assert_refused(outcome, Status.FAILED_PRECONDITION, str(NOBODY_CAN_WRITE_HERE), "")
    beside = sync(tenant, file)
    assert_refused(beside, Status.FAILED_PRECONDITION, "state directory", "--state-dir")
    assert tenant.ledger.http_requests == 0


@pytest.mark.parametrize("content", [b"chapter one", b"C1ZF1\0 and then nothing"])
def test_what_is_no_sync_file_is_left_as_it_is(
    content: bytes, tenant: SimulatedTenant, tmp_path: Path
) -> None:
    file = tmp_path / "sync.c1z"
    file.write_bytes(content)
    outcome = sync(tenant, file)
    assert_refused(outcome, Status.FAILED_PRECONDITION, str(file), "Name another with --file")
    assert file.read_bytes() == content


# A full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of half a megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)]
    if subprocess.run(mounting, check=False, capture_output=True).returncode:
        pytest.skip("mounting a file system needs privileges that are not given here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_too_small_for_the_image_is_named(small_disk: Path, tmp_path: Path) -> None:
    file = tmp_path / "sync.c1z"
    with large_tenant() as tenant:
        outcome = sync(tenant, file, "--state-dir", str(small_disk))
        assert_refused(outcome, Status.RESOURCE_EXHAUSTED, str(small_disk), "--state-dir")
        assert not file.exists()
        assert_true(tenant, file, sync(tenant, file))


def test_a_disk_too_small_for_the_file_is_named_and_the_last_file_stays(
    small_disk: Path, tmp_path: Path
) -> None:
    file, state = small_disk / "sync.c1z", tmp_path / "state"
    with SimulatedTenant(story("small")) as tenant:
        small = sync(tenant, file, "--state-dir", str(state), "--c1z-temp-dir", str(tmp_path))
        assert_true(tenant, file, small)
    before = file.read_bytes()
    with large_tenant() as tenant:
        outcome = sync(tenant, file, "--state-dir", str(state))
        assert_refused(outcome, Status.RESOURCE_EXHAUSTED, str(small_disk), "--c1z-temp-dir")
        assert file.read_bytes() == before
        assert [path.name for path in small_disk.iterdir()] == [file.name]


def large_tenant() -> SimulatedTenant:
    return SimulatedTenant(generate(users=700, groups=100, memberships=3000, seed=2))


def test_a_disk_that_fills_up_while_the_image_grows_is_named(
    tenant: SimulatedTenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where no file system can be mounted: SQLite's own limit on pages stands in."""
    connect: Callable[[Path], sqlite3.Connection] = image._connect

    def cramped(path: Path) -> sqlite3.Connection:
        connection = connect(path)
        connection.execute("PRAGMA max_page_count = 16")
        return connection

    file = tmp_path / "sync.c1z"
    with monkeypatch.context() as patched:
        patched.setattr(image, "_connect", cramped)
        outcome = sync(tenant, file)
    assert_refused(outcome, Status.RESOURCE_EXHAUSTED, "no space is left", "--state-dir")
    assert not file.exists()
    assert_true(tenant, file, sync(tenant, file))


# State


def test_a_state_folder_in_use_is_named(tenant: SimulatedTenant, tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    with (state / "lock").open("w") as lock:
        lock.write("4711\n")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        outcome = sync(tenant, tmp_path / "sync.c1z", "--state-dir", str(state))
    said = f"(process 4711) is using the state directory {state}"
    assert_refused(outcome, Status.FAILED_PRECONDITION, said, "its own --state-dir")


def test_a_state_folder_that_is_a_file_is_named(tenant: SimulatedTenant, tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.write_text("mine")
    outcome = sync(tenant, tmp_path / "sync.c1z", "--state-dir", str(state))
    assert_refused(outcome, Status.FAILED_PRECONDITION, str(state), "--state-dir")
    assert state.read_text() == "mine"


def test_an_image_that_is_a_folder_is_named(tenant: SimulatedTenant, tmp_path: Path) -> None:
    kept = tmp_path / ".sync.c1z.state" / "tenant.sqlite"
    kept.mkdir(parents=True)
    outcome = sync(tenant, tmp_path / "sync.c1z")
    assert_refused(outcome, Status.FAILED_PRECONDITION, str(kept), "--state-dir")


def overwritten_from(at: float) -> Callable[[Path], None]:
    """Damage: rubbish from somewhere in the file to its end."""

    def damage(kept: Path) -> None:
        size = kept.stat().st_size
        with kept.open("r+b") as file:
            file.seek(int(size * at))
            file.write(b"\xa5" * (size - int(size * at)))

    return damage


def cut_in_half(kept: Path) -> None:
    os.truncate(kept, kept.stat().st_size // 2)


def another_database(kept: Path) -> None:
    kept.unlink()
    connection = sqlite3.connect(kept)
    connection.execute("CREATE TABLE album (title TEXT)")
    connection.commit()
    connection.close()


def of_an_earlier_version(kept: Path) -> None:
    connection = sqlite3.connect(kept)
    connection.execute("UPDATE meta SET value = '0' || value WHERE key = 'identity'")
    connection.commit()
    connection.close()


DAMAGE = {
    "rubbish": overwritten_from(0.0),
    "rubbish at the end": overwritten_from(0.4),
    "cut in half": cut_in_half,
    "another database": another_database,
    "an earlier version": of_an_earlier_version,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_an_image_that_cannot_be_used_costs_a_full_sync_with_a_notice(
    damage: str, tenant: SimulatedTenant, tmp_path: Path
) -> None:
    file = tmp_path / "sync.c1z"
    full = sync(tenant, file)
    assert_true(tenant, file, full)
    DAMAGE[damage](tmp_path / ".sync.c1z.state" / "tenant.sqlite")
    again = sync(tenant, file)
    assert_true(tenant, file, again)
    assert any("image of the last sync is not used" in notice for notice in notices(again))
    assert again.summary["requests"] == full.summary["requests"]


def test_an_image_that_a_killed_run_had_not_begun_to_fill_is_nothing_to_tell_of(
    tenant: SimulatedTenant, tmp_path: Path
) -> None:
    kept = tmp_path / ".sync.c1z.state" / "tenant.sqlite"
    kept.parent.mkdir()
    kept.touch()
    outcome = sync(tenant, tmp_path / "sync.c1z")
    assert_true(tenant, tmp_path / "sync.c1z", outcome)
    assert notices(outcome) == []


def test_the_image_of_another_tenant_is_never_used(tmp_path: Path) -> None:
    file, state = tmp_path / "sync.c1z", tmp_path / "state"
    for directory in (story("small"), generate(users=20, groups=4, memberships=30)):
        with SimulatedTenant(directory) as tenant:
            outcome = sync(tenant, file, "--state-dir", str(state))
            assert_true(tenant, file, outcome)
    assert any("belongs to another tenant" in notice for notice in notices(outcome))


def test_only_this_user_may_read_the_state(tenant: SimulatedTenant, tmp_path: Path) -> None:
    assert sync(tenant, tmp_path / "sync.c1z").code == 0
    state = tmp_path / ".sync.c1z.state"
    for path in (state, *state.iterdir()):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_finished_run_leaves_the_file_and_its_state_and_nothing_else(
    tenant: SimulatedTenant, tmp_path: Path
) -> None:
    assert sync(tenant, tmp_path / "sync.c1z").code == 0
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")}
    state = ".sync.c1z.state"
    assert left == {"sync.c1z", state, f"{state}/lock", f"{state}/tenant.sqlite"}


def test_disk_errors_of_the_operating_system_have_names() -> None:
    full = unusable(Path("tenant.sqlite"), OSError(errno.ENOSPC, "No space left on device"))
    assert full.status is Status.RESOURCE_EXHAUSTED
