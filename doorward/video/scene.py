"""What a simulated camera sees: a door that opens, a figure that walks through, and the time."""

from datetime import datetime

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from doorward.video.burned_clock import STRIP_FRACTION, draw_clock

WIDTH, HEIGHT = 640, 360
WALK_S = 3.0
"""How long the figure is in the picture."""
SWING_S = 0.6
"""How long the door takes to open or close."""

_DOOR = (260, 90, 380, 320)
_FLOOR_Y = 320
_WALL, _FLOOR, _FRAME = (176, 182, 186), (104, 98, 92), (70, 66, 62)
_DARK, _LEAF, _HANDLE = (26, 30, 36), (142, 96, 58), (226, 200, 120)
_FIGURE = (38, 64, 120)


class DoorScene:
    """Draws pictures of one door; the caller passes the time. Not for use by two threads."""

    def __init__(self, name: str) -> None:
        self._background = _background(name)
        self._font = ImageFont.load_default(size=22)
        self._open = False
        self._changed_s = float("-inf")
        self._walk_began_s = float("-inf")

    def door_moved(self, is_open: bool, at_s: float) -> None:
        """The door opened or closed at this moment of the drawing clock; opening lets a figure walk in."""
        if is_open == self._open:
            return
        self._open = is_open
        self._changed_s = at_s
        if is_open:
            self._walk_began_s = at_s + SWING_S

    def draw(self, moment: datetime, at_s: float) -> npt.NDArray[np.uint8]:
        """The picture, 360 x 640 x 3 RGB; `moment` is burned in, `at_s` moves the scene."""
        image = self._background.copy()
        pen = ImageDraw.Draw(image)
        self._draw_door(pen, at_s)
        self._draw_figure(pen, at_s)
        text = f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 100_000} UTC"
        pen.text((14, HEIGHT - 30), text, fill="white", font=self._font, stroke_width=1, stroke_fill="black")
        picture = np.array(image)
        draw_clock(picture, moment)
        return picture

    def _draw_door(self, pen: ImageDraw.ImageDraw, at_s: float) -> None:
        left, top, right, bottom = _DOOR
        swing = min(1.0, (at_s - self._changed_s) / SWING_S)
        opened = swing if self._open else 1.0 - swing
        if opened > 0:
            pen.rectangle(_DOOR, fill=_DARK)
        edge = right - int((right - left) * 0.8 * opened)
        slant = int(18 * opened)
        pen.polygon([(left, top), (edge, top + slant), (edge, bottom - slant), (left, bottom)], fill=_LEAF)
        pen.ellipse((edge - 16, 205, edge - 8, 213), fill=_HANDLE)

    def _draw_figure(self, pen: ImageDraw.ImageDraw, at_s: float) -> None:
        progress = (at_s - self._walk_began_s) / WALK_S
        if not 0 <= progress <= 1:
            return
        # From the doorway towards the camera's left: nearer is larger.
        size = 1.0 + 0.5 * progress
        x, y = 320 - 300 * progress, _FLOOR_Y + 20 * progress
        step = np.sin(progress * 6 * 2 * np.pi) * 12 * size
        top = y - 170 * size
        pen.line((x, y - 70 * size, x - step, y), fill=_FIGURE, width=int(13 * size))
        pen.line((x, y - 70 * size, x + step, y), fill=_FIGURE, width=int(13 * size))
        pen.rounded_rectangle((x - 20 * size, top + 34 * size, x + 20 * size, y - 62 * size), 14, fill=_FIGURE)
        pen.ellipse((x - 16 * size, top, x + 16 * size, top + 32 * size), fill=(222, 184, 150))


def _background(name: str) -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT), _WALL)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, _FLOOR_Y, WIDTH, HEIGHT), fill=_FLOOR)
    left, top, right, bottom = _DOOR
    pen.rectangle((left - 10, top - 10, right + 10, bottom), fill=_FRAME)
    pen.rectangle((right + 30, 190, right + 50, 226), fill=_DARK)
    pen.text((14, HEIGHT // STRIP_FRACTION + 8), name, fill=(40, 44, 48), font=ImageFont.load_default(size=20))
    return image
