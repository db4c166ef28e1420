"""What motion settings may be, and what is said of those that may not."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.cameras.motion_settings import (
    DEFAULT_MOTION,
    WHOLE_PICTURE,
    MotionSettings,
    Point,
    check_area,
    check_motion,
)
from doorward.acs.errors import ValidationFailed


def changed(**fields: object) -> MotionSettings:
    return msgspec.structs.replace(DEFAULT_MOTION, **fields)


def refused(**fields: object) -> tuple[str, tuple[str, ...]]:
    with pytest.raises(ValidationFailed) as error:
        check_motion(changed(**fields))
    return error.value.message, error.value.path


def test_what_is_given_without_settings_is_acceptable() -> None:
    assert check_motion(DEFAULT_MOTION) is DEFAULT_MOTION
    most = changed(include=(WHOLE_PICTURE,) * 10, exclude=(WHOLE_PICTURE * 5,))
    assert check_motion(most) == most


@pytest.mark.parametrize(
    "field, value, path",
    [
        ("sensitivity", 101, "sensitivity"),
        ("sensitivity", -1, "sensitivity"),
        ("small_width", 1.1, "smallWidth"),
        ("small_height", math.nan, "smallHeight"),
        ("short_lived_s", 11.0, "shortLived"),
        ("swaying_distance", math.inf, "swayingDistance"),
        ("history_s", 0.0, "history"),
        ("include", (WHOLE_PICTURE,) * 11, "include"),
    ],
)
def test_a_number_out_of_its_range_is_refused_where_it_is(field: str, value: object, path: str) -> None:
    assert refused(**{field: value})[1] == (path,)


def test_an_area_that_is_none_is_refused_in_words() -> None:
    line = (Point(0.1, 0.1), Point(0.2, 0.2), Point(0.3, 0.3))
    assert refused(exclude=(WHOLE_PICTURE, line)) == (
        "The points of this area lie in one line. Move one of them.",
        ("exclude", "1"),
    )
    assert refused(include=((Point(0.1, 0.1),) * 21,))[0] == "An area has 3 to 20 points; this one has 21."
    assert refused(include=(WHOLE_PICTURE[:2],))[0] == "An area has 3 to 20 points; this one has 2."
    outside = (Point(0.0, 0.0), Point(1.5, 0.0), Point(1.0, 1.0))
    assert "between 0 and 1" in refused(include=(outside,))[0]
    assert "between 0 and 1" in refused(include=((Point(math.nan, 0.0), *WHOLE_PICTURE),))[0]


coordinates = st.floats(-0.5, 1.5)


@given(st.lists(st.builds(Point, coordinates, coordinates), max_size=25).map(tuple))
def test_an_area_is_taken_or_refused_with_a_sentence(area: tuple[Point, ...]) -> None:
    acceptable = 3 <= len(area) <= 20 and all(0 <= point.x <= 1 and 0 <= point.y <= 1 for point in area)
    try:
        check_area(area, "area")
    except ValidationFailed as error:
        said, path = error.message, error.path
    else:
        assert acceptable
        return
    assert said.endswith(".")
    assert path == ("area",)
    assert not acceptable or "one line" in said
