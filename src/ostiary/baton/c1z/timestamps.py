"""Times as a .c1z stores them: text without a zone, `YYYY-MM-DD HH:MM:SS.fffffffff`.

The Go layout trims trailing zeros of the fraction. Ours are in UTC, so that text order is time
order whatever the zone and season of the machine.
"""

from datetime import UTC, datetime

_NANOSECONDS = 1_000_000_000


def format_time(nanoseconds: int) -> str:
    """`nanoseconds` since the Unix epoch."""
    seconds, fraction = divmod(nanoseconds, _NANOSECONDS)
    moment = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
    return f"{moment}.{fraction:09d}".rstrip("0").rstrip(".")


def parse_nanoseconds(text: str) -> int:
    """The inverse of `format_time`. Accepts the RFC 3339 spelling some drivers store."""
    whole, _, fraction = text.removesuffix("Z").replace("T", " ").partition(".")
    moment = datetime.strptime(whole, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    return int(moment.timestamp()) * _NANOSECONDS + int(fraction[:9].ljust(9, "0"))


def parse_time(text: str) -> datetime:
    """To the microsecond, in UTC."""
    seconds, fraction = divmod(parse_nanoseconds(text), _NANOSECONDS)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=fraction // 1000)
