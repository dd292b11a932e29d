"""What a delta token carries: the round it belongs to, what is selected, and where it stands."""

import msgspec


class Wanted(msgspec.Struct, array_like=True, frozen=True):
    """Of one kind: `names` of properties, and relations whose links are followed."""

    kind: str
    names: tuple[str, ...]
    relations: tuple[str, ...]


class Cursor(msgspec.Struct, array_like=True, frozen=True):
    """A baseline shows everything, any other round the changes after `since` up to `until`.

    `kind_at` and `after` name the last object shown; while `inside`, its links from `relation_at`
    on that sort after `link_after` are still to come. `issued` is seconds since the epoch.
    """

    feed: str
    wanted: tuple[Wanted, ...]
    ids: tuple[str, ...]
    generation: int
    issued: float
    baseline: bool
    since: int
    until: int
    page: int = 0
    kind_at: int = 0
    after: str = ""
    inside: bool = False
    relation_at: int = 0
    link_after: str = ""
