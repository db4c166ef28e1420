"""A simulated door moves as a door does, at moments given by the test."""

from doorward.hardware.simulators.mechanics import (
    FORCED_OPEN_S,
    OPENS_AFTER_S,
    PASSAGE_S,
    PATIENCE_S,
    REX_PRESSED_S,
    DoorMechanics,
)

NEVER = 1_000.0


def movements(door: DoorMechanics, until: float = NEVER) -> list[tuple[float, bool]]:
    """Let the door do all it is going to do; when it opened (True) and closed."""
    moved = []
    while (at := door.next_deadline()) is not None and at <= until:
        before = door.open
        door.advance(at)
        if door.open is not before:
            moved.append((round(at, 3), door.open))
    return moved


def test_who_waits_goes_through_when_the_strike_releases() -> None:
    door = DoorMechanics()
    door.arrive(0.0)
    door.set_strike(True, 1.0)
    assert movements(door) == [(1.0 + OPENS_AFTER_S, True), (1.0 + OPENS_AFTER_S + PASSAGE_S, False)]


def test_who_waited_too_long_has_left() -> None:
    door = DoorMechanics()
    door.arrive(0.0)
    door.advance(PATIENCE_S)
    door.set_strike(True, PATIENCE_S + 0.1)
    assert movements(door) == []


def test_nobody_there_nothing_opens() -> None:
    door = DoorMechanics()
    door.set_strike(True, 0.0)
    assert movements(door) == []


def test_an_unlocked_door_lets_an_arrival_in_without_a_new_release() -> None:
    door = DoorMechanics()
    door.set_strike(True, 0.0)
    door.arrive(5.0)
    assert movements(door)[0] == (5.0 + OPENS_AFTER_S, True)


def test_a_strike_that_locks_before_the_hand_is_on_the_door_keeps_it_shut() -> None:
    door = DoorMechanics()
    door.arrive(0.0)
    door.set_strike(True, 0.0)
    door.set_strike(False, OPENS_AFTER_S / 2)
    assert movements(door) == []


def test_locking_an_open_door_does_not_close_it() -> None:
    door = DoorMechanics()
    door.arrive(0.0)
    door.set_strike(True, 0.0)
    movements(door, until=OPENS_AFTER_S)
    door.set_strike(False, OPENS_AFTER_S)
    assert movements(door) == [(OPENS_AFTER_S + PASSAGE_S, False)]


def test_a_second_person_keeps_the_door_open_longer() -> None:
    door = DoorMechanics()
    door.set_strike(True, 0.0)
    door.arrive(0.0)
    movements(door, until=OPENS_AFTER_S)
    door.arrive(OPENS_AFTER_S + 1.0)
    assert movements(door) == [(OPENS_AFTER_S + 1.0 + PASSAGE_S, False)]


def test_the_exit_button_is_pressed_for_a_moment_and_lets_out_even_when_the_strike_never_moves() -> None:
    door = DoorMechanics()
    door.press_rex(0.0)
    pressed = door.rex
    door.set_strike(False, 0.1)
    assert movements(door) == [(OPENS_AFTER_S, True), (OPENS_AFTER_S + PASSAGE_S, False)]
    assert (pressed, door.rex) == (True, False)
    assert REX_PRESSED_S < OPENS_AFTER_S


def test_a_forced_door_opens_at_once_without_the_strike_and_shuts_again() -> None:
    door = DoorMechanics()
    door.force(0.0)
    assert (door.open, door.energised, door.rex) == (True, False, False)
    assert movements(door) == [(FORCED_OPEN_S, False)]


def test_a_held_door_stays_open_as_long_as_it_is_held() -> None:
    door = DoorMechanics()
    door.force(0.0)
    door.hold(60.0, 1.0)
    assert movements(door) == [(61.0, False)]


def test_a_closed_door_is_held_by_somebody_who_comes_out() -> None:
    door = DoorMechanics()
    door.hold(60.0, 0.0)
    assert door.rex
    assert movements(door) == [(OPENS_AFTER_S, True), (OPENS_AFTER_S + 60.0, False)]
    door.press_rex(100.0)
    assert movements(door)[-1] == (round(100.0 + OPENS_AFTER_S + PASSAGE_S, 3), False)
