"""Repairing decode timestamps."""

from hypothesis import given
from hypothesis import strategies as st

from doorward.video.timestamps import JUMP_TICKS, TimestampRepair

times = st.none() | st.integers(-(2**33), 2**33)


@given(st.lists(st.tuples(times, times), max_size=50))
def test_any_timestamps_come_out_increasing_or_as_a_jump(stamps: list[tuple[int | None, int | None]]) -> None:
    repair = TimestampRepair()
    last: int | None = None
    for dts, pts in stamps:
        stamp = repair.stamp(dts, pts)
        assert stamp.pts >= stamp.dts
        if last is not None:
            assert stamp.jumped == (stamp.dts < last - JUMP_TICKS)
            assert stamp.jumped or stamp.dts > last
        last = stamp.dts


@given(st.lists(st.integers(1, 90_000), min_size=1))
def test_good_timestamps_are_left_alone(steps: list[int]) -> None:
    repair = TimestampRepair()
    time = 0
    for step in steps:
        time += step
        stamp = repair.stamp(time, time + 100)
        assert (stamp.dts, stamp.pts, stamp.jumped) == (time, time + 100, False)


def test_a_first_keyframe_without_decode_time_takes_its_presentation_time() -> None:
    repair = TimestampRepair()
    assert repair.stamp(None, 9_000).dts == 9_000
    assert repair.stamp(18_000, 18_000).dts == 18_000


def test_packets_without_any_time_are_spread_evenly() -> None:
    repair = TimestampRepair()
    repair.stamp(0, 0)
    repair.stamp(9_000, 9_000)
    assert [repair.stamp(None, None).dts for _ in range(3)] == [18_000, 27_000, 36_000]


def test_a_small_step_back_is_pushed_forward() -> None:
    repair = TimestampRepair()
    repair.stamp(9_000, 9_000)
    stamp = repair.stamp(8_000, 8_000)
    assert (stamp.dts, stamp.jumped) == (9_001, False)
