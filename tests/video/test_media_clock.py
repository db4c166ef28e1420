"""The time model: media time to wall-clock time."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from doorward.video.media_clock import MediaClock

FRAME_US = 100_000
ORIGIN_US = 1_750_000_000_000_000


@given(st.lists(st.integers(0, 400_000), min_size=1, max_size=60))
def test_lateness_never_moves_recorded_time_before_or_far_after_the_truth(lateness_us: list[int]) -> None:
    clock = MediaClock()
    for number, late in enumerate(lateness_us):
        media_us = number * FRAME_US
        assert clock.observe(media_us, ORIGIN_US + media_us + late)
        error_us = clock.wall_us(media_us) - (ORIGIN_US + media_us)
        assert 0 <= error_us <= max(lateness_us[: number + 1])
    if len(lateness_us) <= 30:
        assert clock.wall_us(0) == ORIGIN_US + min(lateness_us)


@given(st.integers(-400, 400))
def test_a_camera_whose_clock_drifts_is_followed(drift_ppm: int) -> None:
    clock = MediaClock()
    for number in range(6000):
        arrival_us = ORIGIN_US + number * FRAME_US
        media_us = number * FRAME_US + number * FRAME_US * drift_ppm // 1_000_000
        assert clock.observe(media_us, arrival_us)
    assert abs(clock.wall_us(media_us) - arrival_us) < 20_000


@given(st.lists(st.integers(0, 900_000), min_size=40, max_size=120))
def test_after_it_has_settled_the_estimate_moves_slowly(lateness_us: list[int]) -> None:
    clock = MediaClock()
    estimates: list[int] = []
    for number, late in enumerate(lateness_us):
        media_us = number * FRAME_US
        if clock.observe(media_us, ORIGIN_US + media_us + late) and number >= 31:
            estimates.append(clock.wall_us(0))
    moved = [abs(b - a) for a, b in pairwise(estimates)]
    assert all(step <= FRAME_US * 500 // 1_000_000 for step in moved)


def test_a_burst_at_the_beginning_is_not_a_jump() -> None:
    clock = MediaClock()
    for number in range(100):
        assert clock.observe(number * FRAME_US, ORIGIN_US + max(0, number * FRAME_US - 2_000_000))
    assert clock.wall_us(0) == ORIGIN_US - 2_000_000


def settled_clock() -> MediaClock:
    clock = MediaClock()
    for number in range(100):
        assert clock.observe(number * FRAME_US, ORIGIN_US + number * FRAME_US)
    return clock


def test_media_time_that_leaps_ahead_is_a_jump() -> None:
    assert not settled_clock().observe(31_000_000 + 9_900_000, ORIGIN_US + 10_000_000)


def test_media_time_that_goes_back_is_a_jump() -> None:
    assert not settled_clock().observe(0, ORIGIN_US + 10_000_000)


def test_the_systems_clock_leaping_ahead_is_a_jump() -> None:
    assert not settled_clock().observe(10_000_000, ORIGIN_US + 3_600_000_000)


def test_the_systems_clock_set_back_is_a_jump() -> None:
    assert not settled_clock().observe(10_000_000, ORIGIN_US - 3_600_000_000)


def test_a_late_packet_is_not_a_jump() -> None:
    clock = settled_clock()
    before = clock.wall_us(0)
    assert clock.observe(10_000_000, ORIGIN_US + 14_000_000)
    assert clock.wall_us(0) == before
