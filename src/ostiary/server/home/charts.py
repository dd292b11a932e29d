"""What the days of the window say of how much there is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from ostiary.server.web.components.pictures import Chart, Series
from ostiary.server.web.moments import counted, relative


def grants_chart(
    numbers: Sequence[tuple[date, int]], begun: datetime | None, at: datetime
) -> Chart:
    """`numbers`: at the end of each day of the window. `begun`: the first sync of all, by which
    nothing is known of the days before."""
    first = begun.date() if begun else date.min
    known = [number for day, number in numbers if day >= first]
    if begun is None or len(known) == len(numbers):
        title = f"{_compared(known)} {len(numbers) - 1} days before"
    elif known[-1] == known[0]:
        title = f"{counted(known[-1], 'grant')} since the first sync, {relative(begun, at)}"
    else:
        title = f"{_compared(known)} on the day of the first sync, {relative(begun, at)}"
    unknown = [None] * (len(numbers) - len(known))
    labels = [f"{day:%d %b}" for day, _ in numbers]
    return Chart(title, labels, [Series("Grants", [*unknown, *known])])


def _compared(known: Sequence[int]) -> str:
    change = known[-1] - known[0]
    word = "more" if change > 0 else "fewer"
    return f"{counted(abs(change), f'{word} grant')} than" if change else "As many grants as"
