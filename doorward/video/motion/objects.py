"""Things that move: cells that hang together, followed from picture to picture, and which of them to ignore."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from doorward.acs.cameras.motion_settings import MotionSettings
from doorward.video.motion.grid import CELLS, COLUMNS, HEIGHT, ROWS, WIDTH, Mask, cells_of

FEWEST_PIXELS = 4
"""A cell moves when this many of its 25 pixels do; fewer are a compression artefact."""
_MISSING_S = 2.5
"""A thing that was not seen for longer is forgotten; less than two keyframes of most cameras apart."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Cells that hang together (also by their corners): what they are, and their box in shares of the picture."""

    cells: frozenset[int]
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> tuple[float, float]:
        """Across and down."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


def things_in(moving: Mask) -> list[Thing]:
    """The things that these pixels make."""
    found: list[Thing] = []
    left = set(np.flatnonzero(cells_of(moving) >= FEWEST_PIXELS).tolist())
    while left:
        waiting, cells = [left.pop()], set[int]()
        while waiting:
            cell = waiting.pop()
            cells.add(cell)
            near = left.intersection(_NEIGHBOURS[cell])
            left -= near
            waiting.extend(near)
        found.append(_thing(moving, frozenset(cells)))
    return found


def _thing(moving: Mask, cells: frozenset[int]) -> Thing:
    kept = np.zeros(CELLS, np.bool_)
    kept[list(cells)] = True
    own = moving & kept.reshape(ROWS, COLUMNS).repeat(HEIGHT // ROWS, axis=0).repeat(WIDTH // COLUMNS, axis=1)
    down, across = np.flatnonzero(own.any(axis=1)), np.flatnonzero(own.any(axis=0))
    return Thing(
        cells,
        float(across[0]) / WIDTH,
        float(down[0]) / HEIGHT,
        float(across[-1] + 1) / WIDTH,
        float(down[-1] + 1) / HEIGHT,
    )


class Followed:
    """Remembers things from picture to picture, and says which count under the filters."""

    def __init__(self, settings: MotionSettings) -> None:
        self._settings = settings
        self._tracks: list[_Track] = []

    def counting(self, things: Sequence[Thing], at_s: float) -> list[Thing]:
        """Those that are not too small, not too short-lived, and went far enough."""
        large = [thing for thing in things if self._is_large(thing)]
        seen = [(thing, self._track(thing, at_s)) for thing in large]
        followed = {id(track): track for _, track in seen}
        missing = [track for track in self._tracks if id(track) not in followed and at_s - track.seen_s <= _MISSING_S]
        self._tracks = [*followed.values(), *missing]
        return [thing for thing, track in seen if self._is_steady(track) and self._went_far(track)]

    def _is_large(self, thing: Thing) -> bool:
        settings = self._settings
        return thing.right - thing.left >= settings.small_width or thing.bottom - thing.top >= settings.small_height

    def _is_steady(self, track: "_Track") -> bool:
        return track.seen_s - track.began_s >= self._settings.short_lived_s

    def _went_far(self, track: "_Track") -> bool:
        return track.furthest >= self._settings.swaying_distance

    def _track(self, thing: Thing, at_s: float) -> "_Track":
        """The thing of earlier pictures that this one is: the one it overlaps most, or touches; else a new one."""
        reach = thing.cells.union(*(_NEIGHBOURS[cell] for cell in thing.cells))
        near = [track for track in self._tracks if at_s - track.seen_s <= _MISSING_S and track.cells & reach]
        if not near:
            return _Track(thing, at_s)
        track = max(near, key=lambda each: (len(each.cells & thing.cells), -each.began_s))
        track.follow(thing, at_s)
        return track


class _Track:
    """One thing over time; `furthest` is how far its middle got from where it was first, as a share of the picture."""

    def __init__(self, thing: Thing, at_s: float) -> None:
        self.cells = thing.cells
        self.origin = thing.middle
        self.began_s = self.seen_s = at_s
        self.furthest = 0.0

    def follow(self, thing: Thing, at_s: float) -> None:
        self.cells, self.seen_s = thing.cells, at_s
        across, down = (now - first for now, first in zip(thing.middle, self.origin, strict=True))
        self.furthest = max(self.furthest, float(np.hypot(across, down)))


def _neighbours(cell: int) -> frozenset[int]:
    row, column = divmod(cell, COLUMNS)
    return frozenset(
        other_row * COLUMNS + other_column
        for other_row in range(max(0, row - 1), min(ROWS, row + 2))
        for other_column in range(max(0, column - 1), min(COLUMNS, column + 2))
        if (other_row, other_column) != (row, column)
    )


_NEIGHBOURS = [_neighbours(cell) for cell in range(CELLS)]
