"""The door state machine: releases, relocking, forced, held, REX, modes, and what never happens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.door import (
    RELEASE_GRACE_MS,
    Acted,
    CardGranted,
    Connected,
    DoorAction,
    DoorMode,
    Input,
    Position,
    Refusal,
    Strike,
    TimePassed,
    next_deadline,
)
from doorward.acs.decision.policy import DoorPolicy, RelockOn
from doorward.acs.events.catalogue import EventType
from tests.acs.decision.doors import CLOSED, LOCK, OPEN, RELEASE, Door, pulse, sensed

PULSE = pulse(5_000)
UNTIL_CLOSED = pulse(20_000)
"""An opened door stays released until it closes, but no longer than it may stand open."""


def test_a_grant_releases_the_strike_for_the_access_time() -> None:
    door = Door()
    door.give(CardGranted("badge"), 100)
    assert door.effects == [PULSE]
    assert next_deadline(door.state) == 5_100


def test_a_grant_that_is_not_used_ends_as_no_entry() -> None:
    door = Door()
    door.give(CardGranted("badge"), 0)
    door.give(TimePassed(), 5_000)
    assert door.types == [EventType.ACCESS_NO_ENTRY]
    assert door.correlations == ["badge"]
    assert door.effects == [PULSE, LOCK]


def test_what_one_badge_sets_off_shares_its_correlation() -> None:
    door = Door()
    door.give(CardGranted("badge"), 0)
    door.give(OPEN, 1_000)
    door.give(CLOSED, 3_000)
    assert door.types == [EventType.DOOR_OPENED, EventType.DOOR_CLOSED]
    assert set(door.correlations) == {"badge"}


def test_who_is_granted_while_the_door_stands_open_has_passed_and_it_locks_behind_them() -> None:
    door = Door()
    door.give(CardGranted("first"), 0)
    door.give(OPEN, 1_000)
    door.give(CardGranted("second"), 2_000)
    door.give(CLOSED, 3_000)
    door.give(TimePassed(), 60_000)
    assert door.types == [EventType.DOOR_OPENED, EventType.DOOR_CLOSED]
    assert door.correlations == ["first", "second"]
    assert door.effects == [PULSE, UNTIL_CLOSED, UNTIL_CLOSED, LOCK]


def test_the_strike_locks_when_the_door_closes() -> None:
    door = Door()
    door.give(CardGranted("badge"), 0)
    door.give(OPEN, 1_000)
    door.give(CLOSED, 2_000)
    assert door.effects == [PULSE, UNTIL_CLOSED, LOCK]
    assert door.state.release is None


def test_the_strike_locks_when_the_door_opens_if_so_set() -> None:
    door = Door(DoorPolicy("door", "Main", access_time_ms=5_000, relock_on=RelockOn.OPEN, relock_delay_ms=300))
    door.give(CardGranted("badge"), 0)
    door.give(OPEN, 1_000)
    assert door.effects == [PULSE]
    assert next_deadline(door.state) == 1_300
    door.give(TimePassed(), 1_300)
    assert door.effects == [PULSE, LOCK]


def test_a_door_that_opens_by_itself_is_forced_until_it_closes() -> None:
    door = Door()
    door.give(OPEN, 1_000)
    assert door.types == [EventType.DOOR_OPENED, EventType.DOOR_FORCED]
    assert door.state.forced
    door.forget()
    door.give(CLOSED, 2_000)
    assert door.types == [EventType.DOOR_CLOSED, EventType.DOOR_FORCED_CLEARED]
    assert not door.state.forced


def test_a_second_opening_after_relocking_is_forced() -> None:
    door = Door()
    door.give(CardGranted("badge"), 0)
    door.give(OPEN, 500)
    door.give(CLOSED, 1_500)
    door.forget()
    door.give(OPEN, 1_600)
    assert EventType.DOOR_FORCED in door.types


def test_an_opening_reported_just_after_the_release_ended_is_not_forced() -> None:
    door = Door()
    door.give(CardGranted("badge"), 0)
    door.give(OPEN, 5_000 + RELEASE_GRACE_MS - 1)
    assert EventType.DOOR_FORCED not in door.types
    late = Door()
    late.give(CardGranted("badge"), 0)
    late.give(OPEN, 5_000 + RELEASE_GRACE_MS)
    assert EventType.DOOR_FORCED in late.types


def test_a_door_found_open_at_start_is_not_called_forced() -> None:
    door = Door(ready=False)
    door.give(Connected(True, "boot"), 0)
    door.give(OPEN, 10)
    assert EventType.DOOR_FORCED not in door.types
    assert door.state.position is Position.OPEN


def test_a_door_left_open_is_held_until_it_closes() -> None:
    door = Door()
    door.give(CardGranted("badge"), 0)
    door.give(OPEN, 1_000)
    door.give(TimePassed(), 21_000)
    assert door.types == [EventType.DOOR_OPENED, EventType.DOOR_HELD]
    door.forget()
    door.give(CLOSED, 30_000)
    assert door.types == [EventType.DOOR_CLOSED, EventType.DOOR_HELD_CLEARED]
    assert set(door.correlations) == {"badge"}


def test_rex_releases_the_strike_and_its_opening_is_not_forced() -> None:
    door = Door()
    door.give(sensed(open=False, rex=True, correlation="leaving"), 0)
    door.give(sensed(open=True, rex=False, correlation="sensor"), 800)
    assert door.types == [EventType.DOOR_REX, EventType.DOOR_OPENED]
    assert door.effects == [PULSE, UNTIL_CLOSED]
    assert set(door.correlations) == {"leaving"}


def test_rex_that_only_shunts_moves_no_strike() -> None:
    door = Door(DoorPolicy("door", "Main", rex_unlocks=False))
    door.give(sensed(open=False, rex=True, correlation="leaving"), 0)
    door.give(sensed(open=True, rex=True, correlation="sensor"), 800)
    assert EventType.DOOR_FORCED not in door.types
    assert door.effects == []


def test_a_pressed_rex_counts_once() -> None:
    door = Door()
    for now in (0, 100, 200):
        door.give(sensed(open=False, rex=True, correlation="leaving"), now)
    assert door.types == [EventType.DOOR_REX]


def test_rex_lets_people_out_of_a_lockdown() -> None:
    door = Door()
    door.give(Acted(DoorAction.LOCKDOWN, "cmd"), 0)
    door.forget()
    door.give(sensed(open=False, rex=True, correlation="leaving"), 10)
    assert door.effects == [PULSE]


def test_unlocked_stays_released_until_it_is_locked() -> None:
    door = Door()
    door.give(Acted(DoorAction.UNLOCK, "cmd"), 0)
    door.give(OPEN, 1_000)
    door.give(TimePassed(), 100_000)
    door.give(CLOSED, 200_000)
    assert door.effects == [RELEASE]
    assert door.types == [EventType.DOOR_UNLOCKED, EventType.DOOR_OPENED, EventType.DOOR_CLOSED]
    door.give(Acted(DoorAction.LOCK, "cmd2"), 300_000)
    assert door.effects == [RELEASE, LOCK]


@pytest.mark.parametrize("action", [DoorAction.GRANT_ACCESS, DoorAction.LOCK])
def test_lockdown_refuses_what_would_let_people_in_without_ending_it(action: DoorAction) -> None:
    door = Door()
    door.give(Acted(DoorAction.LOCKDOWN, "cmd"), 0)
    before = door.state
    assert door.give(Acted(action, "cmd2"), 10).refused is Refusal.LOCKDOWN
    assert door.state == before
    door.give(Acted(DoorAction.RESET, "cmd3"), 20)
    assert door.state.mode is DoorMode.LOCKED


@pytest.mark.parametrize("action", [DoorAction.GRANT_ACCESS, DoorAction.UNLOCK, DoorAction.LOCK])
def test_an_offline_door_refuses_what_cannot_be_confirmed(action: DoorAction) -> None:
    door = Door(ready=False)
    assert door.give(Acted(action, "cmd"), 0).refused is Refusal.OFFLINE
    assert door.effects == []


def test_a_lockdown_given_while_offline_holds_when_the_device_returns() -> None:
    door = Door(ready=False)
    assert door.give(Acted(DoorAction.LOCKDOWN, "cmd"), 0).refused is None
    door.give(Connected(True, "back"), 10)
    assert door.effects == [LOCK]
    assert door.state.mode is DoorMode.LOCKDOWN


def test_losing_and_finding_the_device_never_releases_a_locked_door() -> None:
    door = Door()
    door.give(CardGranted("badge"), 0)
    door.forget()
    door.give(Connected(False, "lost"), 100)
    door.give(Connected(True, "back"), 200)
    assert door.effects == [LOCK]
    assert door.state.release is None


inputs = st.one_of(
    st.builds(Acted, st.sampled_from(DoorAction), st.just("cmd")),
    st.builds(sensed, open=st.booleans(), rex=st.booleans(), correlation=st.just("sensor")),
    st.builds(Connected, st.booleans(), st.just("link")),
    st.just(TimePassed()),
)
RELEASING = {EventType.DOOR_ACCESS_BY_OPERATOR, EventType.DOOR_REX, EventType.DOOR_UNLOCKED}


@given(st.lists(st.tuples(inputs, st.integers(0, 10_000)), max_size=40))
def test_no_strike_is_ever_released_without_a_record_that_says_why(given: list[tuple[Input, int]]) -> None:
    door, now = Door(), 0
    for what, later in given:
        now += later
        was_released = door.state.release is not None
        result = door.give(what, now)
        released = [effect for effect in result.effects if effect.strike is not Strike.LOCK]
        if released:
            types = {record.type for record in result.records}
            resumed = EventType.DOOR_ONLINE in types and door.state.mode is DoorMode.UNLOCKED
            prolonged = EventType.DOOR_OPENED in types and was_released
            assert types & RELEASING or resumed or prolonged


@given(st.lists(st.tuples(st.one_of(inputs, st.just(CardGranted("badge"))), st.integers(0, 10_000)), max_size=40))
def test_states_never_contradict_themselves(given: list[tuple[Input, int]]) -> None:
    door, now = Door(), 0
    for what, later in given:
        now += later
        door.give(what, now)
        state = door.state
        assert not (state.forced or state.held) or state.position is not Position.CLOSED
        assert state.online or (state.release is None and state.held_at_ms is None)
        deadline = next_deadline(state)
        assert deadline is None or deadline > now
