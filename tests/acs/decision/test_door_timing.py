"""The two timing diagrams, worked: access time, long access time, relocking, and the open-too-long alarm."""

from msgspec.structs import replace

from doorward.acs.decision.door import (
    OPERATOR_GRANT_MS,
    Acted,
    Annunciation,
    CardGranted,
    DoorAction,
    DoorMode,
    PowerChanged,
    ScheduleChanged,
    Sensed,
    Sound,
    TimePassed,
    next_deadline,
)
from doorward.acs.decision.policy import DoorKind, DoorPolicy, RelockOn
from doorward.acs.decision.supervision import InputState
from doorward.acs.events.catalogue import EventType
from tests.acs.decision.doors import CLOSED, LOCK, OPEN, Door, pulse, sensed

POLICY = DoorPolicy(
    "door",
    "Main",
    access_time_ms=5_000,
    held_after_ms=20_000,
    long_access_time_ms=12_000,
    long_held_after_ms=45_000,
    pre_alarm_ms=3_000,
)
AFTER_OPENING = replace(POLICY, relock_on=RelockOn.OPEN)


def test_nobody_acts_within_the_access_time_and_the_lock_locks() -> None:
    door = Door(POLICY)
    door.give(CardGranted("badge"), 1_000)
    door.give(TimePassed(), 5_999)
    assert door.effects == [pulse(5_000)]
    door.give(TimePassed(), 6_000)
    assert door.effects == [pulse(5_000), LOCK]
    assert door.types == [EventType.ACCESS_NO_ENTRY]


def test_the_door_is_opened_and_stays_released_until_it_closes() -> None:
    door = Door(POLICY)
    door.give(CardGranted("badge"), 0)
    door.give(OPEN, 2_000)
    door.give(TimePassed(), 10_000)
    assert door.effects == [pulse(5_000), pulse(20_000)], "also beyond the access time"
    door.give(CLOSED, 10_000)
    assert door.effects[-1] == LOCK


def test_a_door_set_to_relock_after_opening_locks_as_it_opens_although_access_time_is_left() -> None:
    door = Door(AFTER_OPENING)
    door.give(CardGranted("badge"), 0)
    door.give(OPEN, 2_000)
    assert door.effects == [pulse(5_000), LOCK]


def test_the_relock_delay_counts_from_the_opening_or_from_the_closing() -> None:
    opening = Door(replace(AFTER_OPENING, relock_delay_ms=700))
    opening.give(CardGranted("badge"), 0)
    opening.give(OPEN, 2_000)
    assert next_deadline(opening.state) == 2_700
    closing = Door(replace(POLICY, relock_delay_ms=700))
    closing.give(CardGranted("badge"), 0)
    closing.give(OPEN, 2_000)
    closing.give(CLOSED, 3_000)
    assert closing.effects == [pulse(5_000), pulse(20_000)]
    assert next_deadline(closing.state) == 3_700
    closing.give(TimePassed(), 3_700)
    assert closing.effects[-1] == LOCK


def test_the_open_too_long_time_counts_from_the_opening_and_ends_in_the_alarm() -> None:
    door = Door(POLICY)
    door.give(CardGranted("badge"), 0)
    door.give(OPEN, 4_000)
    door.give(TimePassed(), 21_000)
    assert door.types == [EventType.DOOR_OPENED, EventType.DOOR_HELD_WARNING]
    door.give(TimePassed(), 23_999)
    assert not door.state.held
    door.give(TimePassed(), 24_000)
    assert door.types[2:] == [EventType.DOOR_HELD_WARNING_CLEARED, EventType.DOOR_HELD]
    assert door.effects[-1] == LOCK, "a release never outlasts the time that the door may stand open"
    door.give(CLOSED, 30_000)
    assert door.types[4:] == [EventType.DOOR_CLOSED, EventType.DOOR_HELD_CLEARED]


def test_the_readers_warn_before_the_alarm_sound_it_and_fall_silent() -> None:
    door = Door(POLICY)
    door.give(OPEN, 0)
    door.give(CLOSED, 1_000)
    door.give(CardGranted("badge"), 2_000)
    door.give(OPEN, 4_000)
    door.give(TimePassed(), 21_000)
    door.give(TimePassed(), 24_000)
    door.give(CLOSED, 30_000)
    sounds = [Sound.FORCED, Sound.QUIET, Sound.HELD_WARNING, Sound.HELD, Sound.QUIET]
    assert door.shown == [Annunciation(sound, DoorMode.LOCKED) for sound in sounds]


def test_long_access_time_gives_longer_to_open_and_longer_to_stand_open() -> None:
    door = Door(POLICY)
    door.give(CardGranted("badge", long=True), 0)
    assert door.effects == [pulse(12_000)]
    door.give(OPEN, 11_000)
    door.give(TimePassed(), 52_999)
    assert door.types == [EventType.DOOR_OPENED]
    door.give(TimePassed(), 53_000)
    assert door.types[1:] == [EventType.DOOR_HELD_WARNING]
    door.give(TimePassed(), 56_000)
    assert door.types[3:] == [EventType.DOOR_HELD]


def test_the_next_passage_has_the_ordinary_times_again() -> None:
    door = Door(POLICY)
    door.give(CardGranted("badge", long=True), 0)
    door.give(OPEN, 1_000)
    door.give(CLOSED, 2_000)
    door.give(CardGranted("other"), 10_000)
    door.give(OPEN, 11_000)
    assert door.state.held_at_ms == 31_000


def test_who_is_let_in_while_the_door_stands_open_has_their_own_time_to_pass() -> None:
    door = Door(POLICY)
    door.give(CardGranted("badge"), 0)
    door.give(OPEN, 1_000)
    door.give(TimePassed(), 18_000)
    door.give(CardGranted("slow", long=True), 19_000)
    assert door.state.held_at_ms == 64_000
    assert door.types[-1] == EventType.DOOR_HELD_WARNING_CLEARED


def test_an_ordinary_card_never_shortens_the_time_of_a_long_one() -> None:
    door = Door(POLICY)
    door.give(CardGranted("slow", long=True), 0)
    door.give(OPEN, 1_000)
    door.give(CardGranted("quick"), 2_000)
    assert door.state.held_at_ms == 47_000


def test_an_operators_grant_lasts_seven_seconds_or_as_long_as_they_say() -> None:
    door = Door(POLICY)
    door.give(Acted(DoorAction.GRANT_ACCESS, "cmd"), 0)
    assert door.effects == [pulse(OPERATOR_GRANT_MS)] == [pulse(7_000)]
    other = Door(POLICY)
    other.give(Acted(DoorAction.GRANT_ACCESS, "cmd", duration_ms=30_000), 0)
    assert other.effects == [pulse(30_000)]


def test_a_later_and_shorter_grant_does_not_shorten_a_release() -> None:
    door = Door(POLICY)
    door.give(CardGranted("slow", long=True), 0)
    door.give(CardGranted("quick"), 1_000)
    assert door.effects == [pulse(12_000)]
    assert next_deadline(door.state) == 12_000


def test_both_of_two_people_who_badged_have_passed_when_the_door_opens() -> None:
    door = Door(POLICY)
    door.give(CardGranted("first"), 0)
    door.give(CardGranted("second"), 1_000)
    assert door.passed == []
    door.give(OPEN, 2_000)
    assert door.passed == ["first", "second"]
    assert EventType.ACCESS_NO_ENTRY not in door.types


def test_neither_of_two_people_who_badged_has_passed_when_it_does_not() -> None:
    door = Door(POLICY)
    door.give(CardGranted("first"), 0)
    door.give(CardGranted("second"), 1_000)
    door.give(TimePassed(), 60_000)
    assert door.types == [EventType.ACCESS_NO_ENTRY] * 2
    assert door.correlations == ["first", "second"]
    assert door.passed == []


def test_somebody_who_leaves_by_the_exit_button_does_not_take_the_place_of_who_comes_in() -> None:
    door = Door(POLICY)
    door.give(CardGranted("badge"), 0)
    door.give(sensed(rex=True, correlation="leaving"), 1_000)
    door.give(OPEN, 5_500)
    assert door.passed == ["badge"]
    assert door.effects[:2] == [pulse(5_000), pulse(5_000)], "released for five seconds more"


def test_the_exit_button_does_not_shorten_the_release_of_who_comes_in() -> None:
    door = Door(POLICY)
    door.give(CardGranted("slow", long=True), 0)
    door.give(sensed(rex=True), 1_000)
    assert next_deadline(door.state) == 12_000


def test_the_grace_of_an_earlier_release_does_not_stand_in_the_way_of_a_later_one() -> None:
    door = Door(replace(POLICY, unlock_schedules=("office",)))
    door.give(CardGranted("badge"), 0)
    door.give(TimePassed(), 5_000)
    door.give(ScheduleChanged(True), 50_000)
    door.give(ScheduleChanged(False), 60_000)
    door.give(OPEN, 60_500)
    assert not door.state.forced


def test_where_nothing_tells_whether_the_door_opened_a_grant_counts_as_used() -> None:
    door = Door(replace(POLICY, has_position=False))
    door.give(CardGranted("badge"), 0)
    door.give(OPEN, 1_000)
    door.give(TimePassed(), 60_000)
    assert door.passed == ["badge"]
    assert (door.types, door.effects) == ([], [pulse(5_000), LOCK])


def test_a_monitoring_door_tells_of_opening_closing_and_standing_open_and_moves_nothing() -> None:
    door = Door(replace(POLICY, kind=DoorKind.MONITORING, pre_alarm_ms=0))
    door.give(sensed(open=True, rex=True), 0)
    door.give(TimePassed(), 20_000)
    door.give(CLOSED, 21_000)
    assert door.types == [
        EventType.DOOR_REX,
        EventType.DOOR_OPENED,
        EventType.DOOR_HELD,
        EventType.DOOR_CLOSED,
        EventType.DOOR_HELD_CLEARED,
    ]
    assert door.effects == []


def test_a_broken_position_line_is_an_alarm_and_never_reads_as_closed() -> None:
    for broken in (InputState.OPEN, InputState.SHORT, InputState.FAULT):
        door = Door(POLICY)
        door.give(OPEN, 0)
        door.forget()
        door.give(Sensed(broken, InputState.NORMAL, "line"), 1_000)
        assert door.types == [EventType.DOOR_SENSOR_FAULT, EventType.DOOR_FORCED_CLEARED]
        assert door.state.position == "unknown"
        door.give(CLOSED, 2_000)
        assert door.types[2:] == [EventType.DOOR_SENSOR_FAULT_CLEARED]


def test_a_broken_exit_line_is_no_request_to_exit() -> None:
    door = Door(POLICY)
    door.give(Sensed(InputState.NORMAL, InputState.SHORT, "line"), 0)
    assert (door.types, door.effects) == ([EventType.DOOR_REX_FAULT], [])


def test_an_exit_device_that_only_tells_shunts_the_alarm_for_the_access_time() -> None:
    policy = replace(POLICY, rex_unlocks=False)
    within, after = Door(policy), Door(policy)
    for door in (within, after):
        door.give(sensed(rex=True, correlation="leaving"), 0)
        door.give(sensed(rex=False), 100)
    within.give(OPEN, 5_900)
    assert EventType.DOOR_FORCED not in within.types
    assert within.correlations[-1] == "leaving"
    after.give(OPEN, 6_000)
    assert EventType.DOOR_FORCED in after.types
    assert within.effects == after.effects == []


def test_an_opening_while_the_exit_device_is_held_is_not_forced() -> None:
    door = Door(replace(POLICY, rex_unlocks=False))
    door.give(sensed(rex=True), 0)
    door.give(sensed(rex=True, open=True), 60_000)
    assert EventType.DOOR_FORCED not in door.types


def test_tamper_and_power_are_told_and_release_nothing() -> None:
    door = Door(POLICY)
    door.give(sensed(tamper=InputState.ACTIVE), 0)
    door.give(sensed(tamper=InputState.OPEN), 10)
    door.give(PowerChanged(False, "mains"), 20)
    door.give(sensed(tamper=InputState.NORMAL), 30)
    assert door.types == [EventType.DOOR_TAMPER, EventType.DOOR_POWER_LOST, EventType.DOOR_TAMPER_CLEARED]
    assert door.effects == []
    door.give(PowerChanged(True, "mains"), 40)
    assert door.types[3:] == [EventType.DOOR_POWER_RESTORED]
    assert door.effects == [LOCK], "told again, in case the output forgot"


def test_a_door_without_a_lock_is_never_forced() -> None:
    door = Door(replace(POLICY, kind=DoorKind.MONITORING))
    door.give(OPEN, 0)
    assert door.types == [EventType.DOOR_OPENED]


def test_a_pre_alarm_longer_than_the_time_itself_gives_no_warning() -> None:
    door = Door(replace(POLICY, pre_alarm_ms=POLICY.held_after_ms))
    door.give(CardGranted("badge"), 0)
    door.give(OPEN, 1_000)
    door.give(TimePassed(), 21_000)
    assert EventType.DOOR_HELD_WARNING not in door.types
    assert EventType.DOOR_HELD in door.types


def test_an_opening_shortens_no_release_that_was_asked_to_last() -> None:
    door = Door(POLICY)
    door.give(Acted(DoorAction.GRANT_ACCESS, "desk", duration_ms=60_000), 0)
    door.give(OPEN, 1_000)
    assert door.state.release is not None
    assert door.state.release.until_ms == 60_000


def test_a_late_opening_is_expected_once() -> None:
    door = Door(POLICY)
    door.give(CardGranted("badge"), 0)
    door.give(TimePassed(), 5_000)
    door.give(OPEN, 5_100)
    door.give(CLOSED, 5_200)
    assert EventType.DOOR_FORCED not in door.types
    door.give(OPEN, 5_300)
    assert EventType.DOOR_FORCED in door.types


def test_an_exit_during_a_release_leaves_it_to_whom_it_was_given() -> None:
    door = Door(POLICY)
    door.give(CardGranted("badge", long=True), 0)
    door.give(sensed(rex=True), 1_000)
    door.forget()
    door.give(OPEN, 2_000)
    assert (door.correlations, door.passed) == (["badge"], ["badge"])
    assert door.state.held_at_ms == 2_000 + POLICY.long_held_after_ms


def test_nobody_is_said_not_to_have_entered_where_the_sensor_cannot_tell() -> None:
    door = Door(POLICY)
    door.give(CardGranted("badge"), 0)
    door.give(Sensed(InputState.SHORT, InputState.NORMAL, "cut"), 1_000)
    door.give(TimePassed(), 10_000)
    assert EventType.ACCESS_NO_ENTRY not in door.types


def test_whoever_is_granted_at_an_open_door_that_relocks_on_opening_has_the_access_time() -> None:
    door = Door(AFTER_OPENING)
    door.give(CardGranted("first"), 0)
    door.give(OPEN, 1_000)
    door.give(CardGranted("second"), 3_000)
    assert door.state.release is not None
    assert door.state.release.until_ms == 8_000
