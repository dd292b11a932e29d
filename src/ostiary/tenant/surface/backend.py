"""What the handlers of one simulated tenant share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from ostiary.tenant.clock import Clock
from ostiary.tenant.directory import Directory, Kind
from ostiary.tenant.surface.caller import Caller
from ostiary.tenant.surface.delta.rounds import Quirks, Rounds
from ostiary.tenant.surface.message import GraphRequest
from ostiary.tenant.surface.reads.snapshots import Snapshots
from ostiary.tenant.surface.replica import Replica
from ostiary.tenant.surface.seal import Sealer
from ostiary.tenant.surface.tail import NameIndex
from ostiary.tenant.surface.writes.pim_policy import RolePolicy


class Backend:
    """`initiators` says which app made a change, by journal version; the rest came from outside.

    `role_policies`, by role definition id, are what PIM checks requests against.
    """

    def __init__(
        self,
        directory: Directory,
        *,
        lag: float = 0.0,
        seed: int = 1,
        page_token_life: float = 600.0,
        quirks: Quirks | None = None,
    ) -> None:
        self.directory = directory
        self.clock: Clock = directory.clock
        self.replica = Replica(directory, lag)
        self.sealer = Sealer(f"{directory.tenant_id}/{seed}")
        self.snapshots = Snapshots(self.clock, self.sealer, page_token_life)
        self.rounds = Rounds(self.replica, quirks or Quirks(seed=seed))
        self.role_policies: dict[str, RolePolicy] = {}
        self._pending: list[tuple[datetime, Callable[[], None]]] = []
        self._delta_generations: dict[str, int] = {}
        self.initiators: dict[int, str] = {}
        self.principal_names = NameIndex(directory, Kind.USER, "userPrincipalName")

    def later(self, due: datetime, work: Callable[[], None]) -> None:
        """Work the tenant does on its own once its clock has reached `due`."""
        self._pending.append((due, work))

    def catch_up(self) -> None:
        if not self._pending:
            return
        now = self.clock.now()
        ready = [work for due, work in self._pending if due <= now]
        self._pending = [entry for entry in self._pending if entry[0] > now]
        for work in ready:
            work()

    def delta_generation(self, feed: str) -> int:
        return self._delta_generations.get(feed, 0)

    def force_resync(self, feed: str) -> None:
        """Every delta token of `users`, `groups`, ... given so far answers 410 from now on."""
        self._delta_generations[feed] = self.delta_generation(feed) + 1


@dataclass(slots=True)
class Call:
    """One request on its way: `args` are what the wildcards of the route's path matched."""

    backend: Backend
    request: GraphRequest
    args: tuple[str, ...]
    caller: Caller
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def directory(self) -> Directory:
        return self.backend.directory
