"""The picture as motion detection sees it: small and grey, in cells; and areas laid over it.

Whatever the camera's size and shape, the picture is scaled to 160 x 90, so that shares of its width and height are the
same everywhere. A cell is 5 x 5 of these pixels: 32 across, 18 down.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from doorward.acs.cameras.motion_settings import Area

WIDTH, HEIGHT = 160, 90
CELL = 5
COLUMNS, ROWS = WIDTH // CELL, HEIGHT // CELL
CELLS = COLUMNS * ROWS
HEAT_BYTES = CELLS // 8

Picture = npt.NDArray[np.uint8]
"""HEIGHT x WIDTH grey pixels."""
Mask = npt.NDArray[np.bool_]
"""Of pixels (HEIGHT x WIDTH) or of cells (ROWS x COLUMNS)."""


def inside(area: Area) -> Mask:
    """The pixels whose middle is inside the polygon, by the even-odd rule."""
    across, down = (np.arange(WIDTH) + 0.5) / WIDTH, (np.arange(HEIGHT) + 0.5) / HEIGHT
    found = np.zeros((HEIGHT, WIDTH), np.bool_)
    for a, b in zip(area, area[1:] + area[:1], strict=True):
        rows = np.flatnonzero((down >= min(a.y, b.y)) & (down < max(a.y, b.y)))
        if len(rows):
            part = (down[rows] - a.y) / (b.y - a.y)
            found[rows] ^= across < (a.x + part * (b.x - a.x))[:, None]
    return found


def watched(include: Iterable[Area], exclude: Iterable[Area]) -> Mask:
    """The pixels where motion counts: inside any of the first (none: all), and outside of all the others."""
    included = [inside(area) for area in include]
    found = np.logical_or.reduce(included) if included else np.ones((HEIGHT, WIDTH), np.bool_)
    for area in exclude:
        found &= ~inside(area)
    return found


def cells_of(pixels: Mask) -> npt.NDArray[np.int64]:
    """How many of its 25 pixels each cell has, ROWS x COLUMNS."""
    counts: npt.NDArray[np.int64] = pixels.reshape(ROWS, CELL, COLUMNS, CELL).sum(axis=(1, 3))
    return counts


def cells_touched(area: Area) -> Mask:
    """The cells that have something of the area: at least one, however small it is."""
    found: Mask = cells_of(inside(area)) > 0
    for point in () if found.any() else area:
        found[min(ROWS - 1, int(point.y * ROWS)), min(COLUMNS - 1, int(point.x * COLUMNS))] = True
    return found


def pack_cells(cells: Mask) -> bytes:
    """A bit a cell, row by row from the top left, the first in the highest bit: 72 bytes."""
    return np.packbits(cells).tobytes()


def unpack_cells(packed: bytes) -> Mask:
    """The inverse of `pack_cells`."""
    bits: Mask = np.unpackbits(np.frombuffer(packed, np.uint8)).astype(np.bool_).reshape(ROWS, COLUMNS)
    return bits
