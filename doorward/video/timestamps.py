"""Repairing the decode timestamps of a camera, which the muxer wants strictly increasing."""

from dataclasses import dataclass

from doorward.video.fragment import TIMESCALE

JUMP_TICKS = TIMESCALE
"""A timestamp further back than this is not disorder but another time line."""
_DEFAULT_STEP = TIMESCALE // 25


@dataclass(frozen=True, slots=True)
class Stamp:
    """Timestamps in ticks that a muxer accepts; `jumped` says that they begin another time line."""

    dts: int
    pts: int
    jumped: bool


class TimestampRepair:
    """Gives every packet of one session a decode time later than the one before, unless time jumped back.

    Cameras (and libavformat) send the first keyframe without a decode time, and repeat or reverse some.
    """

    def __init__(self) -> None:
        self._last: int | None = None
        self._step = _DEFAULT_STEP

    def stamp(self, dts: int | None, pts: int | None) -> Stamp:
        """Repair one packet's timestamps, both in ticks."""
        last = self._last
        if dts is None:
            dts = pts if pts is not None else (0 if last is None else last + self._step)
            # A presentation time may lie ahead of its decode time; it must not push later packets out.
            if last is not None and not last < dts <= last + JUMP_TICKS:
                dts = last + self._step
        jumped = False
        if last is not None:
            if dts < last - JUMP_TICKS:
                jumped = True
            elif dts <= last:
                dts = last + 1
            else:
                self._step = min(dts - last, JUMP_TICKS)
        self._last = dts
        return Stamp(dts, dts if pts is None or pts < dts else pts, jumped)
