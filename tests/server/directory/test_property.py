"""Whatever happens in whatever order: refreshing twice is refreshing once, and hands stay."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ostiary.server.directory import actions
from ostiary.server.directory.rules.matching import Mode
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.directory.world import ADA, App, Said, World
from tests.server.postgres import reset

ADDRESSES = st.sampled_from(["a@x.test", "b@x.test", "c@x.test", "d@y.test"])
ACCOUNTS = st.dictionaries(
    st.sampled_from(["1", "2", "3", "4"]),
    st.builds(
        lambda emails, login, status, manager, numbers: Said(
            emails, login, "", status, {"managerId": manager}, {"employeeIds": numbers}
        ),
        st.lists(ADDRESSES, max_size=2, unique=True),
        st.sampled_from(["", "a", "b@x.test"]),
        st.sampled_from(["enabled", "disabled", "unspecified"]),
        st.sampled_from(["1", "2", ""]),
        st.lists(st.sampled_from(["7", "8"]), max_size=1),
    ),
    max_size=4,
)
CONDITIONS = st.sampled_from(
    [
        "",
        "account.status != 'disabled'",
        "account.emails.exists(e, e.endsWith('@y.test')) ? MATCH_ONLY : CREATE",
    ]
)
MODES: st.SearchStrategy[Mode] = st.sampled_from(["narrow", "broad"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("entra"), ACCOUNTS),
        st.tuples(st.just("hr"), ACCOUNTS),
        st.tuples(st.just("mail"), ACCOUNTS),
        st.tuples(st.just("condition"), CONDITIONS),
        st.tuples(st.just("matching"), MODES),
    ),
    min_size=1,
    max_size=4,
)
ONE_DATABASE = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Scene:
    """Two directories and an app, from nothing."""

    def __init__(self, kernel: Kernel, clock: FixedClock) -> None:
        reset(kernel.database)
        self.world = World(kernel, clock)
        self.apps: Mapping[str, App] = {
            "hr": self.world.directory("HR"),
            "entra": self.world.directory("Entra"),
            "mail": self.world.app("Mail"),
        }

    def take(self, step: tuple[str, object]) -> None:
        what, value = step
        if what == "condition":
            self.world.configure(self.apps["entra"], str(value))
            self.world.refresh_everything()
        elif what == "matching":
            with self.world.kernel.work(ADA) as unit:
                actions.set_matching(unit, self.apps["mail"].public_id, value)  # type: ignore[arg-type]
        else:
            self.world.sync(self.apps[what], value)  # type: ignore[arg-type]

    def current_owner(self, app: App, external_id: str) -> tuple[str, str] | None:
        with self.world.kernel.read() as connection:
            row = connection.exec_driver_sql(
                "SELECT p.public_id, o.reason FROM account_owners o "
                "JOIN people p ON p.id = o.person_id JOIN resources r ON r.id = o.resource_id "
                "WHERE o.valid_to = 'infinity' AND r.resource_type_id = %s AND r.external_id = %s",
                (app.type, external_id),
            ).one_or_none()
        return (row[0], row[1]) if row else None


@ONE_DATABASE
@given(STEPS)
def test_refreshing_again_writes_nothing(
    kernel: Kernel, clock: FixedClock, steps: list[tuple[str, object]]
) -> None:
    scene = Scene(kernel, clock)
    for step in steps:
        scene.take(step)
        before = scene.world.everything()
        for app in scene.apps.values():
            scene.world.refresh(app)
        scene.world.refresh_everything()
        assert scene.world.everything() == before


@ONE_DATABASE
@given(st.sampled_from(["mail", "entra"]), st.booleans(), STEPS)
def test_what_a_hand_decided_no_sync_changes(
    kernel: Kernel, clock: FixedClock, where: str, somebody: bool, steps: list[tuple[str, object]]
) -> None:
    scene = Scene(kernel, clock)
    world, app = scene.world, scene.apps[where]
    world.sync(scene.apps["hr"], {"boss": Said(["boss@x.test"], name="Boss")})
    world.sync(app, {"1": Said(["a@x.test"], name="account")})
    world.set_owner(app, "account", "Boss" if somebody else None)
    decided = scene.current_owner(app, "1")
    assert (decided is not None) is somebody
    for step in steps:
        scene.take(step)
        assert scene.current_owner(app, "1") == decided


@ONE_DATABASE
@given(STEPS)
def test_everybody_has_one_version_now_and_none_overlap(
    kernel: Kernel, clock: FixedClock, steps: list[tuple[str, object]]
) -> None:
    scene = Scene(kernel, clock)
    for step in steps:
        scene.take(step)
    with kernel.read() as connection:
        lonely, overlapping, backwards = connection.exec_driver_sql(
            """
            SELECT (SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM person_versions v
                    WHERE v.person_id = p.id AND v.valid_to = 'infinity')),
                (SELECT count(*) FROM person_versions a JOIN person_versions b
                    ON a.person_id = b.person_id AND a.id < b.id
                    AND a.valid_from < b.valid_to AND b.valid_from < a.valid_to),
                (SELECT count(*) FROM person_versions WHERE valid_from >= valid_to)
            """
        ).one()
    assert (lonely, overlapping, backwards) == (0, 0, 0)
