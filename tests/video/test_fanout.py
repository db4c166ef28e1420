"""A stream for several takers: none waits for another, and who is slow goes on at a keyframe."""

from dataclasses import dataclass

import pytest

from doorward.video import fanout
from doorward.video.fanout import SLOW_US, Fanout, Lost, Taker


@dataclass(frozen=True)
class Drawn:
    number: int
    keyframe: bool
    at_us: int
    size: int = 1000


def drawn(number: int, size: int = 1000) -> Drawn:
    """Ten pictures a second, a keyframe every fifth."""
    return Drawn(number, number % 5 == 0, number * 100_000, size)


def taken(taker: Taker[Drawn]) -> list[int | Lost]:
    found: list[int | Lost] = []
    while (one := taker.take()) is not None:
        found.append(one if isinstance(one, Lost) else one.number)
    return found


def test_each_taker_gets_every_picture() -> None:
    source: Fanout[Drawn] = Fanout()
    rung: list[str] = []
    takers = [source.add(lambda: rung.append("a")), source.add(lambda: rung.append("b"))]
    for number in range(12):
        source.give(drawn(number))
    assert [taken(taker) for taker in takers] == [list(range(12))] * 2
    assert rung.count("a") == rung.count("b") == 12


def test_who_comes_in_the_middle_of_a_group_begins_with_its_keyframe() -> None:
    source: Fanout[Drawn] = Fanout()
    for number in range(8):
        source.give(drawn(number))
    late = source.add(lambda: None)
    source.give(drawn(8))
    assert taken(late) == [5, 6, 7, 8]


def test_who_comes_before_any_keyframe_waits_for_it() -> None:
    source: Fanout[Drawn] = Fanout()
    for number in (3, 4):
        source.give(drawn(number))
    early = source.add(lambda: None)
    for number in (4, 5, 6):
        source.give(drawn(number))
    assert [one for one in taken(early) if not isinstance(one, Lost)] == [5, 6]


def test_a_slow_taker_goes_on_at_a_keyframe_and_holds_up_nobody() -> None:
    source: Fanout[Drawn] = Fanout()
    slow, fast = source.add(lambda: None), source.add(lambda: None)
    seen: list[int | Lost] = []
    behind = SLOW_US // 100_000 + 4
    for number in range(behind):
        source.give(drawn(number))
        seen += taken(fast)
    assert seen == list(range(behind))
    for number in range(behind, behind + 5):
        source.give(drawn(number))
    left = taken(slow)
    first = next(one for one in left if not isinstance(one, Lost))
    assert isinstance(first, int)
    assert left[0] == Lost(first)
    assert first % 5 == 0
    assert left[1:] == list(range(first, behind + 5))


def test_a_long_group_to_begin_with_does_not_make_a_taker_slow() -> None:
    source: Fanout[Drawn] = Fanout()
    source.give(Drawn(0, True, 0))
    for number in range(1, 300):
        source.give(Drawn(number, False, number * 100_000))
    late = source.add(lambda: None)
    source.give(Drawn(300, False, 30_000_000))
    assert taken(late) == list(range(301))


def test_what_is_queued_is_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "QUEUED_BYTES", 3000)
    source: Fanout[Drawn] = Fanout()
    full = source.add(lambda: None)
    for number in range(4):
        source.give(drawn(number))
    assert taken(full) == []
    source.give(drawn(5))
    assert taken(full) == [Lost(4), 5]


def test_a_group_that_is_too_large_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "GROUP_BYTES", 2500)
    source: Fanout[Drawn] = Fanout()
    for number in range(4):
        source.give(drawn(number))
    assert source.group() == []
    source.give(drawn(5))
    assert [one.number for one in source.group()] == [5]


def test_the_end_is_told_to_all_who_take_and_to_who_comes_later() -> None:
    source: Fanout[Drawn] = Fanout()
    taker, rung = source.add(lambda: rung.append(True)), []  # type: ignore[var-annotated]
    source.end()
    assert taker.ended
    assert rung
    assert source.add(lambda: None).ended


def test_what_a_lost_connection_showed_is_not_begun_with() -> None:
    source: Fanout[Drawn] = Fanout()
    source.give(drawn(0))
    source.forget()
    assert taken(source.add(lambda: None)) == []
