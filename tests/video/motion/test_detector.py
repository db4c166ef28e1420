"""What moves and what does not, in pictures that are drawn."""

import math

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from doorward.acs.cameras.motion_settings import Area, MotionSettings, Point
from doorward.video.motion.background import FEWEST_LEVELS, MOST_LEVELS, levels_of
from doorward.video.motion.detector import Motion, MotionDetector
from doorward.video.motion.grid import HEIGHT, WIDTH, Picture, inside
from tests.video.motion.scenes import GREY, plain, with_square

WATCHING = MotionSettings(enabled=True)
few = hypothesis_settings(max_examples=40, deadline=None)


def look(settings: MotionSettings, pictures: list[Picture], apart_s: float = 0.5) -> list[Motion]:
    detector = MotionDetector(settings)
    return [detector.look(picture, number * apart_s) for number, picture in enumerate(pictures)]


def box(left: float, top: float, right: float, bottom: float) -> Area:
    return (Point(left, top), Point(right, top), Point(right, bottom), Point(left, bottom))


def crossing(count: int = 12, size: float = 0.1, noise: int = 0) -> list[Picture]:
    """A square that walks across the middle, after one empty picture."""
    walk = [with_square(plain(noise, step), 0.05 + step * 0.06, 0.45, size, size) for step in range(1, count)]
    return [plain(noise), *walk]


@given(st.integers(0, 2**32 - 1), st.integers(0, 100), st.floats(0.04, 5))
@few
def test_a_still_picture_never_moves(seed: int, sensitivity: int, apart_s: float) -> None:
    picture = np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH)).astype(np.uint8)
    found = look(msgspec.structs.replace(WATCHING, sensitivity=sensitivity), [picture] * 12, apart_s)
    assert not any(motion.moving or motion.level or motion.heat.any() for motion in found)


@given(st.integers(0, 10**6), st.integers(0, 100), st.floats(0, 1))
@few
def test_noise_below_the_sensitivity_never_moves(seed: int, sensitivity: int, share: float) -> None:
    noise = math.floor(levels_of(sensitivity) / 2 * share)
    pictures = [plain(noise, seed + number) for number in range(12)]
    found = look(msgspec.structs.replace(WATCHING, sensitivity=sensitivity), pictures)
    assert not any(motion.moving or motion.heat.any() for motion in found)


@given(
    st.integers(40, 100),
    st.floats(0.06, 0.4),
    st.floats(0.06, 0.4),
    st.floats(0.0, 0.5),
    st.floats(0.0, 0.55),
    st.integers(0, 8),
)
@few
def test_a_square_larger_than_the_object_size_moves_at_once(
    sensitivity: int, width: float, height: float, left: float, top: float, noise: int
) -> None:
    settings = msgspec.structs.replace(
        WATCHING, sensitivity=sensitivity, small_width=width - 0.02, small_height=height - 0.02
    )
    still = [plain(min(noise, math.floor(levels_of(sensitivity) / 3)), number) for number in range(4)]
    moving = [with_square(still[0], left + step / 10, top, width, height) for step in range(2)]
    found = look(settings, [*still, *moving])
    assert [motion.moving for motion in found] == [False] * 4 + [True] * 2
    assert found[-1].level > 0


@given(st.floats(0.04, 0.3), st.floats(0.04, 0.3))
@few
def test_what_is_smaller_both_ways_is_ignored_but_kept_for_searches(width: float, height: float) -> None:
    settings = msgspec.structs.replace(WATCHING, small_width=width + 0.02, small_height=height + 0.03)
    found = look(settings, [plain(), with_square(plain(), 0.3, 0.3, width, height)])
    assert not found[1].moving
    assert found[1].heat.any()
    long = msgspec.structs.replace(settings, small_height=height - 0.02)
    assert look(long, [plain(), with_square(plain(), 0.3, 0.3, width, height)])[1].moving


@given(st.floats(0.0, 0.5), st.floats(0.0, 0.5), st.floats(0.1, 0.45), st.floats(0.1, 0.45))
@few
def test_excluded_areas_never_count(left: float, top: float, width: float, height: float) -> None:
    area = box(left, top, left + width, top + height)
    walk = [
        with_square(plain(), left + 0.01 + step * width / 20, top + 0.02, width / 2, height - 0.04) for step in range(9)
    ]
    pictures = [plain(), *(np.where(inside(area), picture, GREY).astype(np.uint8) for picture in walk)]
    excluded = msgspec.structs.replace(WATCHING, exclude=(area,))
    assert not any(motion.moving or motion.level for motion in look(excluded, pictures))
    assert look(msgspec.structs.replace(excluded, include=(area,)), pictures)[-1].level == 0
    assert any(motion.heat.any() for motion in look(excluded, pictures))


def test_only_included_areas_count() -> None:
    pictures = [plain(), with_square(plain(), 0.1, 0.1, 0.2, 0.2)]
    there = msgspec.structs.replace(WATCHING, include=(box(0.0, 0.0, 0.4, 0.4),))
    elsewhere = msgspec.structs.replace(WATCHING, include=(box(0.5, 0.5, 1.0, 1.0),))
    assert look(there, pictures)[1].moving
    assert not look(elsewhere, pictures)[1].moving


def test_what_appears_for_a_moment_is_ignored_and_what_lasts_counts_later() -> None:
    settings = msgspec.structs.replace(WATCHING, short_lived_s=2.0)
    flash = [plain(), with_square(plain(), 0.4, 0.4, 0.2, 0.2), *([plain()] * 10)]
    assert not any(motion.moving for motion in look(settings, flash))
    assert [motion.moving for motion in look(settings, crossing())] == [False] * 5 + [True] * 7


def test_what_sways_about_one_place_is_ignored_and_what_goes_on_counts() -> None:
    settings = msgspec.structs.replace(WATCHING, swaying_distance=0.15)
    sway = [with_square(plain(), 0.4 + 0.04 * math.sin(step), 0.3, 0.1, 0.3) for step in range(30)]
    assert any(motion.moving for motion in look(WATCHING, [plain(), *sway]))
    assert not any(motion.moving for motion in look(settings, [plain(), *sway]))
    assert look(settings, crossing())[-1].moving


def test_a_lamp_that_is_switched_on_is_no_motion_but_another_scene_is_once() -> None:
    textured = np.random.default_rng(1).integers(60, 120, (HEIGHT, WIDTH)).astype(np.uint8)
    assert not any(motion.moving for motion in look(WATCHING, [textured, *([textured + np.uint8(60)] * 5)]))
    other = np.random.default_rng(2).integers(0, 256, (HEIGHT, WIDTH)).astype(np.uint8)
    black = plain(shade=0)
    assert [motion.moving for motion in look(WATCHING, [black, other, other, other])] == [False, True, False, False]


def test_what_stays_becomes_background_after_about_the_history() -> None:
    settings = msgspec.structs.replace(WATCHING, history_s=10.0)
    parked = [plain(), *([with_square(plain(), 0.3, 0.3, 0.2, 0.2, GREY + 60)] * 120)]
    found = [motion.moving for motion in look(settings, parked)]
    gone = found.index(False, 1)
    assert 5 <= gone * 0.5 <= 25
    assert not any(found[gone:])


def test_after_forgetting_the_next_picture_is_the_background() -> None:
    detector = MotionDetector(WATCHING)
    detector.look(plain(), 0.0)
    detector.forget()
    assert not detector.look(with_square(plain(), 0.1, 0.1, 0.5, 0.5), 1.0).moving


def test_sensitivity_is_even_from_end_to_end() -> None:
    assert (levels_of(0), round(levels_of(100), 6)) == (MOST_LEVELS, FEWEST_LEVELS)
    assert all(levels_of(step) > levels_of(step + 1) for step in range(100))
