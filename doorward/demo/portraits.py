"""Drawn portraits: simple, friendly faces, the same every time for the same look and seed."""

import io
import random
from dataclasses import dataclass
from enum import IntEnum

from PIL import Image, ImageDraw

SIZE = 256
_FINE = 4
"""Drawn this many times larger, then shrunk: smooth edges."""

Colour = tuple[int, int, int]

_SKINS: tuple[Colour, ...] = (
    (250, 222, 200), (240, 200, 168), (222, 172, 132), (190, 132, 92), (146, 96, 62), (104, 68, 46),
)  # fmt: skip
_HAIRS: tuple[Colour, ...] = (
    (34, 28, 28), (70, 46, 34), (120, 76, 40), (196, 150, 84), (150, 60, 34), (148, 148, 150),
)  # fmt: skip
_CLOTHES: tuple[Colour, ...] = (
    (46, 84, 128), (128, 58, 66), (58, 110, 84), (96, 74, 128), (60, 64, 74), (190, 134, 56), (40, 116, 128),
)  # fmt: skip
_WALLS: tuple[Colour, ...] = (
    (206, 222, 234), (232, 220, 206), (214, 230, 212), (230, 214, 226), (222, 222, 230), (238, 232, 204),
)  # fmt: skip


class Hair(IntEnum):
    """How the hair falls."""

    SHORT = 0
    LONG = 1
    BUN = 2
    CURLS = 3
    NONE = 4
    SIDE = 5


class Skin(IntEnum):
    """From light to dark."""

    PORCELAIN = 0
    LIGHT = 1
    OLIVE = 2
    TAN = 3
    BROWN = 4
    DARK = 5


class Shade(IntEnum):
    """The colour of the hair."""

    BLACK = 0
    BROWN = 1
    CHESTNUT = 2
    BLOND = 3
    RED = 4
    GREY = 5


@dataclass(frozen=True, slots=True)
class Look:
    """What a person looks like; the rest of the face follows from the seed."""

    skin: Skin
    hair: Hair
    shade: Shade = Shade.BLACK
    glasses: bool = False
    beard: bool = False


@dataclass(frozen=True, slots=True)
class _Face:
    skin: Colour
    hair: Colour
    clothes: Colour
    wall: Colour
    style: Hair
    width: int
    eyes_apart: int
    smile: int
    glasses: bool
    beard: bool


def _face_of(look: Look, seed: int) -> _Face:
    dice = random.Random(seed)
    return _Face(
        skin=_SKINS[look.skin],
        hair=_HAIRS[look.shade],
        clothes=_CLOTHES[seed % len(_CLOTHES)],
        wall=_WALLS[(seed + seed // 6) % len(_WALLS)],
        style=look.hair,
        width=dice.randint(44, 54),
        eyes_apart=dice.randint(17, 22),
        smile=dice.randint(8, 18),
        glasses=look.glasses,
        beard=look.beard,
    )


def draw_portrait(look: Look, seed: int) -> bytes:
    """A 256 x 256 JPEG."""
    face = _face_of(look, seed)
    picture = Image.new("RGB", (SIZE * _FINE, SIZE * _FINE), face.wall)
    pen = _Pen(ImageDraw.Draw(picture))
    _draw_back_hair(pen, face)
    _draw_body(pen, face)
    _draw_head(pen, face)
    _draw_front_hair(pen, face)
    out = io.BytesIO()
    picture.resize((SIZE, SIZE), Image.Resampling.LANCZOS).save(out, "JPEG", quality=88)
    return out.getvalue()


class _Pen:
    """Draws in units of the finished picture, around a middle line at x = 0."""

    def __init__(self, draw: ImageDraw.ImageDraw) -> None:
        self._draw = draw

    def _box(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        left, top, right, bottom = box
        middle = SIZE / 2
        return ((left + middle) * _FINE, top * _FINE, (right + middle) * _FINE, bottom * _FINE)

    def oval(self, left: float, top: float, right: float, bottom: float, fill: Colour) -> None:
        self._draw.ellipse(self._box((left, top, right, bottom)), fill=fill)

    def ring(self, left: float, top: float, right: float, bottom: float, ink: Colour) -> None:
        self._draw.ellipse(self._box((left, top, right, bottom)), outline=ink, width=2 * _FINE)

    def block(self, left: float, top: float, right: float, bottom: float, fill: Colour) -> None:
        self._draw.rounded_rectangle(self._box((left, top, right, bottom)), 18 * _FINE, fill=fill)

    def arc(self, box: tuple[float, float, float, float], begin: int, end: int, ink: Colour) -> None:
        self._draw.arc(self._box(box), begin, end, fill=ink, width=3 * _FINE)

    def slice(self, box: tuple[float, float, float, float], begin: int, end: int, fill: Colour) -> None:
        self._draw.chord(self._box(box), begin, end, fill=fill)


def _shade(colour: Colour, factor: float) -> Colour:
    red, green, blue = (min(255, int(part * factor)) for part in colour)
    return red, green, blue


def _draw_back_hair(pen: _Pen, face: _Face) -> None:
    wide = face.width + 14
    if face.style is Hair.LONG:
        pen.block(-wide, 60, wide, 212, face.hair)
        pen.oval(-wide, 34, wide, 150, face.hair)
    elif face.style is Hair.BUN:
        pen.oval(-24, 12, 24, 60, face.hair)
        pen.oval(-wide + 9, 36, wide - 9, 136, face.hair)
    elif face.style in (Hair.SHORT, Hair.SIDE):
        pen.oval(-wide + 10, 36, wide - 10, 136, face.hair)
    elif face.style is Hair.CURLS:
        for x, y in (
            (-52, 82),
            (52, 82),
            (-46, 54),
            (46, 54),
            (-24, 36),
            (24, 36),
            (0, 30),
            (-54, 108),
            (54, 108),
        ):
            pen.oval(x - 24, y - 24, x + 24, y + 24, face.hair)


def _draw_body(pen: _Pen, face: _Face) -> None:
    pen.oval(-96, 194, 96, 340, face.clothes)
    pen.block(-20, 150, 20, 216, _shade(face.skin, 0.86))
    pen.slice((-34, 176, 34, 226), 0, 180, _shade(face.skin, 0.94))


def _draw_head(pen: _Pen, face: _Face) -> None:
    wide = face.width
    for side in (-1, 1):
        ear = side * wide
        pen.oval(ear - 9, 104, ear + 9, 134, _shade(face.skin, 0.92))
    pen.oval(-wide, 46, wide, 182, face.skin)
    if face.beard:
        pen.slice((-wide + 2, 60, wide - 2, 184), 20, 160, face.hair)
        pen.oval(-22, 140, 22, 164, face.skin)
    ink: Colour = (44, 36, 36)
    for side in (-1, 1):
        eye = side * face.eyes_apart
        pen.oval(eye - 8, 106, eye + 8, 120, (252, 252, 250))
        pen.oval(eye - 5, 107, eye + 5, 119, ink)
        pen.arc((eye - 11, 92, eye + 11, 108), 200, 340, _shade(face.hair, 0.8))
        pen.oval(eye * 1.6 - 8, 128, eye * 1.6 + 8, 138, _shade(face.skin, 0.95))
        if face.glasses:
            pen.ring(eye - 15, 99, eye + 15, 127, ink)
    if face.glasses:
        pen.arc((-8, 106, 8, 118), 200, 340, ink)
    pen.arc((-7, 116, 7, 138), 20, 160, _shade(face.skin, 0.78))
    pen.arc((-20, 148 - face.smile, 20, 148 + face.smile), 25, 155, (146, 62, 62))


def _draw_front_hair(pen: _Pen, face: _Face) -> None:
    wide = face.width + 3
    crown = (-wide, 40, wide, 140)
    if face.style in (Hair.SHORT, Hair.BUN):
        pen.slice(crown, 200, 340, face.hair)
    elif face.style is Hair.LONG:
        pen.slice((-wide - 2, 38, wide + 2, 146), 195, 345, face.hair)
    elif face.style is Hair.CURLS:
        for x in (-34, -12, 12, 34):
            pen.oval(x - 17, 36, x + 17, 72, face.hair)
    elif face.style is Hair.SIDE:
        pen.slice(crown, 170, 315, face.hair)
        pen.slice((-10, 42, wide, 120), 260, 20, face.hair)
