"""Wall-clock instants as whole microseconds since 1970, UTC: the unit of the index."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_us(moment: datetime) -> int:
    """Microseconds since 1970 of an aware moment; a naive one raises ValueError."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone; give every moment one")
    return (moment - _EPOCH) // timedelta(microseconds=1)


def from_us(microseconds: int) -> datetime:
    """The UTC moment of that many microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=microseconds)


def utc_now() -> datetime:
    """The system's clock, for those who run the program; everything else takes a clock as a parameter."""
    return datetime.now(UTC)
