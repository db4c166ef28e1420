"""Recordings made of packets, for tests: a camera called `cam` whose film begins at a moment of its own."""

from datetime import UTC, datetime, timedelta

from doorward.video.camera_log import CameraLog
from doorward.video.fragment import TIMESCALE
from doorward.video.session import SourcePacket

ORIGIN = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
ORIGIN_US = round(ORIGIN.timestamp()) * 1_000_000


def after(seconds: float) -> datetime:
    """A moment of the film."""
    return ORIGIN + timedelta(seconds=seconds)


def after_us(seconds: float) -> int:
    """The same as the index has it."""
    return ORIGIN_US + round(seconds * 1_000_000)


def play(log: CameraLog, items: list[SourcePacket], late_s: float = 0) -> None:
    """Record packets that arrive as they were filmed, so much later than the film's beginning."""
    for item in items:
        log.write(item, ORIGIN_US + round((late_s + item.packet.dts / TIMESCALE) * 1_000_000))
