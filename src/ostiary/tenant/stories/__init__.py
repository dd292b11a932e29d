"""Hand-made tenants."""

from collections.abc import Callable

from ostiary.tenant.clock import Clock
from ostiary.tenant.directory import Directory
from ostiary.tenant.stories.small import small

STORIES: dict[str, Callable[[Clock | None], Directory]] = {"small": small}


def story(name: str = "small", clock: Clock | None = None) -> Directory:
    """The story of that name (see STORIES); raises KeyError for one nobody has told."""
    return STORIES[name](clock)
