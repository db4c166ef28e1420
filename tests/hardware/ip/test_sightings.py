"""Which codes count, and which pictures are of now."""

from hypothesis import given
from hypothesis import strategies as st

from doorward.hardware.ip.sightings import AGAIN_AFTER_S, LATE_S, SETTLE_S, Sightings, Timeliness


def test_a_code_in_view_counts_once_and_again_after_it_was_away() -> None:
    sightings = Sightings()
    assert sightings.look({"a"}, 0.0, True) == [("a", True)]
    assert [sightings.look({"a"}, step / 5, step % 2 > 0) for step in range(1, 100)] == [[]] * 99
    left = 99 / 5
    assert sightings.look(set(), left + 1, True) == []
    assert sightings.look({"a"}, left + AGAIN_AFTER_S - 0.1, True) == []
    assert sightings.look({"a"}, left + 2 * AGAIN_AFTER_S, True) == [("a", True)]


def test_another_code_counts_at_once() -> None:
    sightings = Sightings()
    assert sightings.look({"b", "a"}, 0.0, True) == [("a", True), ("b", True)]
    assert sightings.look({"a", "c"}, 0.2, True) == [("c", True)]


def test_a_code_in_late_pictures_counts_once_a_prompt_one_has_it() -> None:
    sightings = Sightings()
    assert sightings.look({"a"}, 0.0, False) == []
    assert sightings.look({"a"}, 1.0, True) == [("a", True)]
    assert sightings.look(set(), 9.0, True) == []
    assert sightings.left() == []


def test_a_code_that_was_only_ever_late_counts_as_that() -> None:
    sightings = Sightings()
    assert sightings.look({"a", "b"}, 0.0, False) == []
    assert sightings.look({"b"}, 2.0, False) == []
    assert sightings.look(set(), AGAIN_AFTER_S, True) == [("a", False)]
    assert sightings.left() == [("b", False)]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 2), st.booleans()), max_size=50))
def test_the_same_code_never_counts_twice_within_its_time(steps: list[tuple[str, float, bool]]) -> None:
    sightings, now, counted = Sightings(), 0.0, dict[str, float]()
    for text, pause, prompt in steps:
        now += pause
        for one, was_prompt in sightings.look({text}, now, prompt):
            assert not was_prompt or now - counted.get(one, -1e9) >= AGAIN_AFTER_S
            assert not was_prompt or (one == text and prompt), "only what is in view in a prompt picture is prompt"
            if was_prompt:
                counted[one] = now


def steady(timeliness: Timeliness, begin: float, end: float, delay: float = 0.1) -> list[bool]:
    count = int((end - begin) * 5)
    return [timeliness.prompt(begin + step / 5, begin + step / 5 + delay) for step in range(count)]


def test_pictures_are_prompt_once_the_stream_has_settled() -> None:
    prompt = steady(Timeliness(), 0, 10)
    assert prompt[0] is False
    assert all(prompt[int(SETTLE_S * 5) + 1 :])


def test_pictures_that_waited_in_a_cut_are_late() -> None:
    timeliness = Timeliness()
    steady(timeliness, 0, 10)
    # Nothing for 6 s, then all that was kept, at once, and then live pictures again.
    burst = [timeliness.prompt(10 + step / 5, 16.0 + step / 100) for step in range(30)]
    assert not any(burst)
    live = steady(timeliness, 16.4, 20)
    assert live[-1]


def test_pictures_that_fall_behind_are_late() -> None:
    timeliness = Timeliness()
    steady(timeliness, 0, 10)
    behind = [timeliness.prompt(10 + step * 0.1, 10.1 + step * 0.2) for step in range(100)]
    assert behind[5]
    assert not behind[-1]


def test_a_picture_without_a_time_is_not_prompt() -> None:
    assert not Timeliness().prompt(None, 5.0)


def test_a_camera_whose_clock_is_a_little_slow_stays_prompt() -> None:
    timeliness = Timeliness()
    prompt = [timeliness.prompt(step / 5 * 0.9995, step / 5) for step in range(50_000)]
    assert all(prompt[10:])
    assert LATE_S < 50_000 / 5 * 0.0005, "by more than a late picture has, without its being one"
