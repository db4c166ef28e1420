"""What counts as motion in a camera's picture: the settings, and what they may be."""

import math

import msgspec

from doorward.acs.errors import ValidationFailed

MOST_POINTS = 20
MOST_AREAS = 10
LONGEST_SHORT_LIVED_S = 10.0
SHORTEST_HISTORY_S = 2.0
LONGEST_HISTORY_S = 3600.0

_FLAT = 1e-5
"""Less of the picture than this is no area."""


class Point(msgspec.Struct, frozen=True):
    """A place in the picture: from 0 (left, top) to 1 (right, bottom)."""

    x: float
    y: float


Area = tuple[Point, ...]
"""A polygon of 3 to 20 points; the last is joined to the first. What is inside is told by the even-odd rule."""

WHOLE_PICTURE: Area = (Point(0.0, 0.0), Point(1.0, 0.0), Point(1.0, 1.0), Point(0.0, 1.0))


class MotionSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes and distances are shares of the picture's width and height, 0 to 1; 0 turns a filter off."""

    enabled: bool = False
    sensitivity: int = 60
    include: tuple[Area, ...] = ()
    """Where motion counts; none: in the whole picture."""
    exclude: tuple[Area, ...] = ()
    """Where it does not, whatever `include` says."""
    small_width: float = 0.02
    """What is both narrower and lower than this and `small_height` is ignored."""
    small_height: float = 0.02
    short_lived_s: float = 0.0
    """What is seen for less time is ignored; what lasts counts that much later."""
    swaying_distance: float = 0.0
    """What never gets further than this from where it was first seen is ignored."""
    history_s: float = 30.0
    """What stands still for about this long belongs to the background."""


DEFAULT_MOTION = MotionSettings()


def check_area(area: Area, *path: str) -> Area:
    """The area; raises `ValidationFailed` where it is none."""
    if not 3 <= len(area) <= MOST_POINTS:
        raise ValidationFailed(f"An area has 3 to {MOST_POINTS} points; this one has {len(area)}.", *path)
    for point in area:
        if not (0 <= point.x <= 1 and 0 <= point.y <= 1):
            raise ValidationFailed("The points of an area lie between 0 and 1, across and down the picture.", *path)
    if _size(area) < _FLAT:
        raise ValidationFailed("The points of this area lie in one line. Move one of them.", *path)
    return area


def check_motion(settings: MotionSettings, *path: str) -> MotionSettings:
    """The settings; raises `ValidationFailed` where they cannot be followed, with paths below the given one."""
    _between(settings.sensitivity, 0, 100, *path, "sensitivity")
    for name, areas in (("include", settings.include), ("exclude", settings.exclude)):
        if len(areas) > MOST_AREAS:
            raise ValidationFailed(f"There are {len(areas)} areas; {MOST_AREAS} are the most.", *path, name)
        for number, area in enumerate(areas):
            check_area(area, *path, name, str(number))
    _between(settings.small_width, 0, 1, *path, "smallWidth")
    _between(settings.small_height, 0, 1, *path, "smallHeight")
    _between(settings.short_lived_s, 0, LONGEST_SHORT_LIVED_S, *path, "shortLived")
    _between(settings.swaying_distance, 0, 1, *path, "swayingDistance")
    _between(settings.history_s, SHORTEST_HISTORY_S, LONGEST_HISTORY_S, *path, "history")
    return settings


def _between(value: float, low: float, high: float, *path: str) -> None:
    # Not a number is not between anything.
    if not low <= value <= high:
        raise ValidationFailed(f"This must be between {low:g} and {high:g}.", *path)


def _size(area: Area) -> float:
    """How much of the picture the points span: the area of their convex hull, at least as much as any even-odd."""
    points = sorted({(point.x, point.y) for point in area})
    hull = _half_hull(points) + _half_hull(points[::-1])
    return abs(math.fsum(_cross((0.0, 0.0), a, b) for a, b in zip(hull, hull[1:] + hull[:1], strict=True))) / 2


def _half_hull(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    half: list[tuple[float, float]] = []
    for point in points:
        while len(half) >= 2 and _cross(half[-2], half[-1], point) <= 0:
            half.pop()
        half.append(point)
    return half[:-1]


def _cross(origin: tuple[float, float], a: tuple[float, float], b: tuple[float, float]) -> float:
    return (a[0] - origin[0]) * (b[1] - origin[1]) - (a[1] - origin[1]) * (b[0] - origin[0])
