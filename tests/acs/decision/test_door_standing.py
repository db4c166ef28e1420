"""Who decides how a door stands: operators, threat levels, emergencies, schedules, double swipes, maintenance."""

import dataclasses
from typing import Any

import pytest
from msgspec.structs import replace

from doorward.acs.decision.door import (
    RELOCK_GRACE_MS,
    Acted,
    CardGranted,
    Connected,
    DoorAction,
    DoorMode,
    DoorSetting,
    PowerChanged,
    Refusal,
    ScheduleChanged,
    Sensed,
    Source,
    TimePassed,
    WithholdingEnded,
    correlations,
    initial,
    lasting_setting,
    withheld,
)
from doorward.acs.decision.policy import DoorKind, DoorPolicy, DoubleSwipe, EmergencyAction
from doorward.acs.decision.supervision import InputState
from doorward.acs.events.catalogue import EventType
from tests.acs.decision.doors import CLOSED, LOCK, OPEN, RELEASE, Door, pulse, sensed

POLICY = DoorPolicy(
    "door",
    "Main",
    access_time_ms=5_000,
    held_after_ms=20_000,
    unlock_schedules=("office",),
    double_swipe=DoubleSwipe(),
    emergency=EmergencyAction.UNLOCK,
)
EMERGENCY_LOCKS = replace(POLICY, emergency=EmergencyAction.LOCK)
THREAT = replace(POLICY, lockdown=True)
ALARM = sensed(emergency=InputState.ACTIVE, correlation="fire")
ALL_CLEAR = sensed(emergency=InputState.NORMAL, correlation="over")
TWICE = CardGranted("twice", toggles=True)


def act(action: DoorAction, until_ms: int | None = None) -> Acted:
    return Acted(action, action.value, until_ms=until_ms)


# Schedules and double swipe.


def test_an_unlock_schedule_unlocks_and_locks_the_door() -> None:
    door = Door(POLICY)
    door.give(ScheduleChanged(True), 0)
    door.give(ScheduleChanged(True), 10)
    door.give(ScheduleChanged(False), 100_000)
    assert door.effects == [RELEASE, LOCK]
    assert door.types == [EventType.DOOR_UNLOCKED_BY_SCHEDULE, EventType.DOOR_LOCKED_BY_SCHEDULE]


def test_a_door_without_unlock_schedules_takes_no_wish() -> None:
    door = Door(replace(POLICY, unlock_schedules=()))
    door.give(ScheduleChanged(True), 0)
    assert door.effects == []


def test_the_end_of_the_schedule_lets_a_person_finish_and_an_open_door_close() -> None:
    door = Door(POLICY)
    door.give(ScheduleChanged(True), 0)
    door.give(CardGranted("badge"), 10_000)
    door.give(ScheduleChanged(False), 12_000)
    assert door.effects == [RELEASE, pulse(3_000)]
    standing_open = Door(POLICY)
    standing_open.give(ScheduleChanged(True), 0)
    standing_open.give(OPEN, 10_000)
    standing_open.give(ScheduleChanged(False), 100_000)
    assert standing_open.state.held_at_ms == 120_000


def test_an_opening_reported_just_after_the_schedule_ended_is_not_forced() -> None:
    for later, forced in ((RELOCK_GRACE_MS - 1, False), (RELOCK_GRACE_MS, True)):
        door = Door(POLICY)
        door.give(ScheduleChanged(True), 0)
        door.give(ScheduleChanged(False), 10_000)
        door.give(OPEN, 10_000 + later)
        assert door.state.forced is forced


def test_a_double_swipe_toggles_the_door_both_ways() -> None:
    door = Door(POLICY)
    door.give(CardGranted("once"), 0)
    door.give(TWICE, 1_000)
    assert door.effects == [pulse(5_000), RELEASE]
    door.give(CardGranted("once"), 50_000)
    door.give(TWICE, 51_000)
    assert door.effects == [pulse(5_000), RELEASE, LOCK]
    assert door.types == [EventType.DOOR_TOGGLED] * 2


def test_a_door_locked_for_lunch_by_double_swipe_follows_its_schedule_again_at_the_next_change() -> None:
    door = Door(POLICY)
    door.give(ScheduleChanged(True), 0)
    door.give(TWICE, 10_000)
    door.give(ScheduleChanged(True), 20_000)
    assert door.effects == [RELEASE, LOCK], "that was no change"
    door.give(ScheduleChanged(False), 30_000)
    door.give(ScheduleChanged(True), 40_000)
    assert door.effects == [RELEASE, LOCK, RELEASE]


def test_a_door_unlocked_by_double_swipe_locks_when_the_schedule_ends() -> None:
    door = Door(POLICY)
    door.give(ScheduleChanged(True), 0)
    door.give(TWICE, 10_000)
    door.give(TWICE, 20_000)
    assert door.state.source is Source.CARDHOLDER
    door.give(ScheduleChanged(False), 30_000)
    assert door.state.mode is DoorMode.LOCKED


@pytest.mark.parametrize("action", [DoorAction.LOCK, DoorAction.UNLOCK])
def test_what_an_operator_set_is_not_toggled_and_the_person_is_let_in(action: DoorAction) -> None:
    door = Door(POLICY)
    door.give(act(action), 0)
    mode = door.state.mode
    door.give(TWICE, 1_000)
    assert door.state.mode is mode
    assert door.state.release is not None


def test_a_double_swipe_at_a_door_that_has_none_is_an_ordinary_grant() -> None:
    door = Door(replace(POLICY, double_swipe=None))
    door.give(TWICE, 0)
    assert door.effects == [pulse(5_000)]


# Operators.


@pytest.mark.parametrize("action", [DoorAction.LOCK, DoorAction.UNLOCK])
def test_what_an_operator_set_outranks_the_schedule_until_reset(action: DoorAction) -> None:
    door = Door(POLICY)
    door.give(act(action), 0)
    mode = door.state.mode
    for now, unlocked in ((1_000, True), (2_000, False), (3_000, True)):
        door.give(ScheduleChanged(unlocked), now)
        assert door.state.mode is mode
    door.give(act(DoorAction.RESET), 4_000)
    assert (door.state.mode, door.state.source) == (DoorMode.UNLOCKED, Source.SCHEDULE)


def test_a_locked_door_lets_a_cardholder_in_and_stays_locked() -> None:
    door = Door(POLICY)
    door.give(ScheduleChanged(True), 0)
    door.give(act(DoorAction.LOCK), 1_000)
    door.give(CardGranted("badge"), 2_000)
    door.give(TimePassed(), 60_000)
    assert door.effects == [RELEASE, LOCK, pulse(5_000), LOCK]
    assert door.state.setting is DoorSetting.LOCKED


def test_an_unlock_ends_a_lockdown_and_its_alarm() -> None:
    door = Door(POLICY)
    door.give(act(DoorAction.LOCKDOWN), 0)
    door.give(act(DoorAction.UNLOCK), 1_000)
    assert door.state.mode is DoorMode.UNLOCKED
    assert door.types == [EventType.DOOR_LOCKDOWN, EventType.DOOR_RESET, EventType.DOOR_UNLOCKED]


@pytest.mark.parametrize("action", [DoorAction.LOCK, DoorAction.UNLOCK, DoorAction.LOCKDOWN])
def test_an_action_with_an_end_returns_to_the_rules_by_itself(action: DoorAction) -> None:
    door = Door(POLICY)
    door.give(act(action, until_ms=60_000), 0)
    door.give(TimePassed(), 59_999)
    assert door.state.setting is not DoorSetting.RULES
    door.give(TimePassed(), 60_000)
    assert (door.state.mode, door.state.setting) == (DoorMode.LOCKED, DoorSetting.RULES)
    assert (door.types[-1], door.correlations[-1]) == (EventType.DOOR_RESET, action.value)


def test_an_end_that_is_noticed_late_counts_from_when_it_was() -> None:
    door = Door(POLICY)
    door.give(act(DoorAction.UNLOCK, until_ms=60_000), 0)
    door.give(OPEN, 1_000)
    door.give(TimePassed(), 79_999)
    assert door.state.held_at_ms == 80_000


def test_an_operators_action_acknowledges_the_alarms_and_the_time_counts_anew() -> None:
    door = Door(POLICY)
    door.give(OPEN, 0)
    door.give(TimePassed(), 20_000)
    door.forget()
    door.give(act(DoorAction.LOCK), 30_000)
    assert door.types == [EventType.DOOR_LOCKED, EventType.DOOR_HELD_CLEARED, EventType.DOOR_FORCED_CLEARED]
    assert door.state.held_at_ms == 50_000


def test_after_a_restart_a_door_unlocked_for_a_while_is_not_unlocked_for_ever() -> None:
    settings = []
    for action, until in ((DoorAction.UNLOCK, 9), (DoorAction.UNLOCK, None), (DoorAction.LOCKDOWN, 9)):
        door = Door(POLICY)
        door.give(act(action, until), 0)
        settings.append(lasting_setting(door.state))
    assert settings == [DoorSetting.RULES, DoorSetting.UNLOCKED, DoorSetting.LOCKDOWN]


def test_a_door_without_a_lock_refuses_what_needs_one() -> None:
    door = Door(replace(POLICY, kind=DoorKind.MONITORING))
    for action in (DoorAction.GRANT_ACCESS, DoorAction.LOCK, DoorAction.UNLOCK, DoorAction.LOCKDOWN):
        assert door.give(act(action), 0).refused is Refusal.NO_LOCK
    assert door.give(CardGranted("badge"), 0).refused is Refusal.NO_LOCK
    assert door.effects == []


# Lockdown.


def test_in_lockdown_only_the_exempt_are_let_in() -> None:
    door = Door(POLICY)
    door.give(act(DoorAction.LOCKDOWN), 0)
    door.forget()
    assert door.give(CardGranted("badge"), 10).refused is Refusal.LOCKDOWN
    assert door.give(TWICE, 10).refused is Refusal.LOCKDOWN
    assert door.effects == []
    door.give(CardGranted("chief", exempt=True), 20)
    assert door.effects == [pulse(5_000)]


def test_a_lockdown_ends_the_release_that_lasts() -> None:
    door = Door(POLICY)
    door.give(CardGranted("badge"), 0)
    door.adopt(THREAT, 1_000)
    assert door.effects == [pulse(5_000), LOCK]
    assert door.state.release is None


def test_a_lockdown_by_threat_level_holds_against_operators_and_leaves_the_door_as_it_was() -> None:
    door = Door(POLICY)
    door.give(act(DoorAction.UNLOCK), 0)
    door.adopt(THREAT, 1_000)
    assert door.state.mode is DoorMode.LOCKDOWN
    for action in (DoorAction.GRANT_ACCESS, DoorAction.UNLOCK, DoorAction.LOCK):
        assert door.give(act(action), 2_000).refused is Refusal.THREAT_LEVEL
    door.adopt(POLICY, 3_000)
    assert door.effects == [RELEASE, LOCK, RELEASE]
    assert door.types == [
        EventType.DOOR_UNLOCKED,
        EventType.DOOR_THREAT_LOCKDOWN,
        EventType.DOOR_THREAT_LOCKDOWN_ENDED,
    ]


def test_a_reset_does_not_end_a_lockdown_by_threat_level_but_what_lies_under_it() -> None:
    door = Door(POLICY)
    door.give(act(DoorAction.UNLOCK), 0)
    door.adopt(THREAT, 1_000)
    door.give(act(DoorAction.RESET), 2_000)
    assert door.give(CardGranted("badge"), 2_500).refused is Refusal.LOCKDOWN
    door.adopt(POLICY, 3_000)
    assert door.state.mode is DoorMode.LOCKED


def test_a_door_that_starts_under_a_threat_level_starts_in_lockdown() -> None:
    assert initial(THREAT, DoorSetting.UNLOCKED).mode is DoorMode.LOCKDOWN


# Emergency.


@pytest.mark.parametrize("before", [None, DoorAction.LOCK, DoorAction.LOCKDOWN])
def test_an_emergency_unlocks_the_door_whatever_else_holds_it_and_it_returns_to_that(
    before: DoorAction | None,
) -> None:
    door = Door(POLICY)
    if before:
        door.give(act(before), 0)
    was = door.state.mode
    door.forget()
    door.give(ALARM, 1_000)
    assert door.effects == [RELEASE]
    door.give(ALL_CLEAR, 2_000)
    assert door.effects == [RELEASE, LOCK]
    assert door.state.mode is was
    assert door.types == [EventType.DOOR_EMERGENCY, EventType.DOOR_EMERGENCY_CLEARED]


def test_an_emergency_unlocks_a_door_out_of_a_lockdown_by_threat_level() -> None:
    door = Door(THREAT)
    door.give(ALARM, 0)
    assert door.effects == [RELEASE]


def test_an_emergency_that_locks_is_a_lockdown_while_it_lasts() -> None:
    door = Door(EMERGENCY_LOCKS)
    door.give(act(DoorAction.UNLOCK), 0)
    door.give(ALARM, 1_000)
    assert door.state.mode is DoorMode.LOCKDOWN
    assert door.give(CardGranted("badge"), 2_000).refused is Refusal.LOCKDOWN
    door.give(ALL_CLEAR, 3_000)
    assert door.effects == [RELEASE, LOCK, RELEASE]


@pytest.mark.parametrize("action", [DoorAction.GRANT_ACCESS, DoorAction.LOCK, DoorAction.UNLOCK])
def test_nothing_that_an_operator_does_overrules_an_emergency(action: DoorAction) -> None:
    for policy in (POLICY, EMERGENCY_LOCKS):
        door = Door(policy)
        door.give(ALARM, 0)
        assert door.give(act(action), 10).refused is Refusal.EMERGENCY


def test_a_broken_emergency_line_is_an_alarm_that_neither_begins_nor_ends_an_emergency() -> None:
    door = Door(POLICY)
    door.give(sensed(emergency=InputState.OPEN), 0)
    assert (door.types, door.effects) == ([EventType.DOOR_EMERGENCY_FAULT], [])
    door.give(ALARM, 10)
    door.give(sensed(emergency=InputState.SHORT), 20)
    assert door.state.mode is DoorMode.UNLOCKED


def test_an_emergency_outlives_the_loss_of_the_device() -> None:
    door = Door(POLICY)
    door.give(ALARM, 0)
    door.give(Connected(False, "lost"), 10)
    door.give(Connected(True, "back"), 20)
    assert door.effects == [RELEASE, RELEASE]


def test_an_active_emergency_input_counts_from_when_the_policy_gives_it_a_meaning() -> None:
    door = Door(replace(POLICY, emergency=None))
    door.give(ALARM, 0)
    assert (door.types, door.effects) == ([], [])
    door.adopt(POLICY, 10)
    assert (door.types, door.effects) == ([EventType.DOOR_EMERGENCY], [RELEASE])


# Maintenance, communication and other changes of the policy.


def test_maintenance_suppresses_cards_and_alarms_and_still_records_the_door() -> None:
    door = Door(replace(POLICY, maintenance=True))
    assert door.give(CardGranted("badge"), 0).refused is Refusal.MAINTENANCE
    door.give(OPEN, 1_000)
    door.give(TimePassed(), 100_000)
    door.give(CLOSED, 101_000)
    assert door.types == [EventType.DOOR_OPENED, EventType.DOOR_CLOSED]
    assert door.effects == []


def test_operators_exits_and_emergencies_open_a_door_under_maintenance() -> None:
    for given in (act(DoorAction.GRANT_ACCESS), sensed(rex=True), ALARM):
        door = Door(replace(POLICY, maintenance=True))
        door.give(given, 0)
        assert door.effects != []


def test_the_beginning_of_maintenance_clears_the_alarms_and_its_end_counts_anew() -> None:
    door = Door(POLICY)
    door.give(OPEN, 0)
    door.give(TimePassed(), 20_000)
    door.forget()
    door.adopt(replace(POLICY, maintenance=True), 30_000)
    assert set(door.types) == {
        EventType.DOOR_MAINTENANCE,
        EventType.DOOR_HELD_CLEARED,
        EventType.DOOR_FORCED_CLEARED,
    }
    door.forget()
    door.adopt(POLICY, 40_000)
    assert door.types == [EventType.DOOR_MAINTENANCE_ENDED]
    assert door.state.held_at_ms == 60_000


def test_alarms_that_a_policy_turns_off_are_cleared() -> None:
    door = Door(POLICY)
    door.give(OPEN, 0)
    door.give(TimePassed(), 20_000)
    door.forget()
    door.adopt(replace(POLICY, held_alarm=False, forced_alarm=False), 30_000)
    assert set(door.types) == {EventType.DOOR_HELD_CLEARED, EventType.DOOR_FORCED_CLEARED}


def test_a_door_that_stands_open_has_the_new_open_too_long_time() -> None:
    door = Door(POLICY)
    door.give(OPEN, 0)
    door.adopt(replace(POLICY, held_after_ms=30_000), 10_000)
    assert door.state.held_at_ms == 30_000
    door.adopt(replace(POLICY, held_after_ms=5_000), 10_000)
    assert door.state.held


def test_a_door_that_loses_its_unlock_schedules_locks() -> None:
    door = Door(POLICY)
    door.give(ScheduleChanged(True), 0)
    door.adopt(replace(POLICY, unlock_schedules=()), 10)
    assert door.effects == [RELEASE, LOCK]
    assert door.types[-1] == EventType.DOOR_LOCKED_BY_SCHEDULE


def test_a_sensor_that_the_policy_takes_into_use_counts_as_it_last_spoke() -> None:
    door = Door(replace(POLICY, has_position=False))
    door.give(OPEN, 0)
    assert door.state.position == "unknown"
    door.adopt(POLICY, 10)
    assert door.state.position == "open"
    assert EventType.DOOR_FORCED not in door.types


def test_losing_the_device_clears_what_can_no_longer_be_seen() -> None:
    door = Door(POLICY)
    door.give(sensed(open=True, tamper=InputState.ACTIVE), 0)
    door.give(TimePassed(), 20_000)
    door.forget()
    door.give(Connected(False, "lost"), 30_000)
    assert set(door.types) == {
        EventType.DOOR_HELD_CLEARED,
        EventType.DOOR_FORCED_CLEARED,
        EventType.DOOR_TAMPER_CLEARED,
        EventType.DOOR_OFFLINE,
    }


def test_a_schedule_that_changes_while_the_device_is_away_holds_when_it_returns() -> None:
    door = Door(POLICY)
    door.give(Connected(False, "lost"), 0)
    door.give(ScheduleChanged(True), 10)
    assert door.effects == []
    door.give(Connected(True, "back"), 20)
    assert door.effects == [RELEASE]
    door.give(CLOSED, 30)
    assert door.state.mode is DoorMode.UNLOCKED


# What an operator's action ends, and what it tells the strike.


def test_what_a_double_swipe_made_of_a_door_ends_with_any_action_of_an_operator() -> None:
    door = Door(POLICY)
    door.give(TWICE, 0)
    door.give(act(DoorAction.LOCK), 1_000)
    door.give(act(DoorAction.RESET), 2_000)
    assert (door.state.mode, door.state.source) == (DoorMode.LOCKED, Source.REST)


def test_a_lock_ends_what_is_left_of_a_release() -> None:
    door = Door(POLICY)
    door.give(CardGranted("badge"), 0)
    door.give(act(DoorAction.LOCK), 5_100)  # the release has just ended
    door.give(OPEN, 5_200)
    assert EventType.DOOR_FORCED in door.types


@pytest.mark.parametrize("action", [DoorAction.LOCK, DoorAction.RESET, DoorAction.LOCKDOWN])
def test_an_action_tells_the_strike_even_what_it_should_be_already(action: DoorAction) -> None:
    door = Door(POLICY)
    door.give(act(action), 0)
    assert door.effects == [LOCK]


def test_a_reset_has_no_end() -> None:
    door = Door(POLICY)
    door.give(act(DoorAction.RESET, until_ms=1_000), 0)
    door.forget()
    door.give(TimePassed(), 2_000)
    assert door.types == []


# What cannot be written down.


def test_what_a_schedule_wants_is_withheld_until_it_can_be_written_down() -> None:
    door = Door(POLICY)
    door.state = withheld(door.state)
    door.give(ScheduleChanged(True), 0)
    assert (door.effects, door.types, door.state.mode) == ([], [], DoorMode.LOCKED)
    door.give(WithholdingEnded("journal"), 1_000)
    assert (door.effects, door.types) == ([RELEASE], [EventType.DOOR_UNLOCKED_BY_SCHEDULE])


def test_a_door_that_stood_unlocked_stays_so_and_an_emergency_unlocks_any() -> None:
    door = Door(POLICY)
    door.give(ScheduleChanged(True), 0)
    door.state = withheld(door.state)
    door.give(act(DoorAction.UNLOCK), 500)
    door.give(act(DoorAction.RESET), 600)
    door.give(WithholdingEnded("journal"), 1_000)
    assert set(door.effects) == {RELEASE}
    burning = Door(POLICY)
    burning.state = withheld(burning.state)
    burning.give(ALARM, 0)
    assert burning.effects == [RELEASE]


def test_a_door_that_an_emergency_unlocked_locks_at_its_end_while_its_schedule_is_withheld() -> None:
    door = Door(POLICY)
    door.state = withheld(door.state)
    door.give(ScheduleChanged(True), 0)
    door.give(ALARM, 1_000)
    door.give(ALL_CLEAR, 2_000)
    assert door.effects == [RELEASE, LOCK]


def test_an_emergency_that_ends_gives_no_door_to_its_schedule_while_that_is_withheld() -> None:
    door = Door(EMERGENCY_LOCKS)
    door.give(ALARM, 0)
    door.give(ScheduleChanged(True), 0)
    door.state = withheld(door.state)
    door.give(ALL_CLEAR, 1_000)
    assert (door.state.mode, door.effects) == (DoorMode.LOCKED, [])


def test_a_lock_that_a_policy_takes_away_is_locked_for_the_last_time_if_it_was_released() -> None:
    bare = replace(POLICY, kind=DoorKind.MONITORING, emergency=None)
    door = Door(POLICY)
    door.give(ScheduleChanged(True), 0)
    assert list(door.adopt(bare, 1_000).effects) == [LOCK]
    assert list(Door(POLICY).adopt(bare, 1_000).effects) == []


def test_power_that_returns_during_a_release_tells_what_is_left_of_it() -> None:
    door = Door(POLICY)
    door.give(CardGranted("badge"), 0)
    door.give(PowerChanged(False, "power"), 1_000)
    door.give(PowerChanged(True, "power"), 2_000)
    assert door.effects == [pulse(5_000), pulse(3_000)]


def test_a_policy_without_double_swipe_ends_what_one_made_of_the_door() -> None:
    door = Door(POLICY)
    door.give(TWICE, 0)
    door.adopt(replace(POLICY, double_swipe=None), 1_000)
    assert (door.state.mode, door.effects) == (DoorMode.LOCKED, [RELEASE, LOCK])


def test_a_door_that_gets_its_lock_back_remembers_no_release_and_no_double_swipe() -> None:
    bare = replace(POLICY, kind=DoorKind.MONITORING)
    for given in (TWICE, CardGranted("badge")):
        door = Door(POLICY)
        door.give(given, 0)
        door.adopt(bare, 1_000)
        door.forget()
        door.adopt(POLICY, 2_000)
        assert (door.state.mode, door.state.release, door.effects) == (DoorMode.LOCKED, None, [])


# What goes unnoticed until it is missed.


def test_an_operators_lock_is_not_the_end_of_the_schedule() -> None:
    door = Door(POLICY)
    door.give(ScheduleChanged(True), 0)
    door.forget()
    door.give(act(DoorAction.LOCK), 1_000)
    assert door.types == [EventType.DOOR_LOCKED]


def test_a_door_that_is_held_is_so_no_more_once_it_is_unlocked() -> None:
    door = Door(POLICY)
    door.give(CardGranted("badge"), 0)
    door.give(OPEN, 1_000)
    door.give(TimePassed(), 21_000)
    door.give(ScheduleChanged(True), 22_000)
    assert door.types[-2:] == [EventType.DOOR_UNLOCKED_BY_SCHEDULE, EventType.DOOR_HELD_CLEARED]


@pytest.mark.parametrize("changes", [{"lockdown": True}, {"emergency": EmergencyAction.UNLOCK}])
def test_a_door_without_a_lock_takes_part_in_no_lockdown_and_no_emergency(changes: dict[str, Any]) -> None:
    door = Door(replace(POLICY, kind=DoorKind.MONITORING, **changes))
    door.give(ALARM, 0)
    assert (door.state.mode, door.state.source, door.types) == (DoorMode.LOCKED, Source.REST, [])


def test_power_that_was_lost_is_not_known_of_a_device_that_is_away() -> None:
    door = Door(POLICY)
    door.give(PowerChanged(False, "power"), 0)
    door.give(Connected(False, "gone"), 1_000)
    assert EventType.DOOR_POWER_RESTORED in door.types


def test_an_exit_device_that_is_active_when_its_device_returns_counts_anew() -> None:
    door = Door(POLICY)
    door.give(sensed(rex=True), 0)
    door.give(Connected(False, "gone"), 1_000)
    door.give(Connected(True, "back"), 2_000)
    door.forget()
    door.give(sensed(rex=True), 2_000)
    assert door.types == [EventType.DOOR_REX]


def test_a_line_that_was_broken_is_whole_only_once_it_is_heard() -> None:
    door = Door(POLICY)
    cut = Sensed(InputState.OPEN, InputState.NORMAL, "cut")
    door.give(cut, 0)
    door.give(replace_position(cut, InputState.UNKNOWN), 1_000)
    assert EventType.DOOR_SENSOR_FAULT_CLEARED not in door.types
    door.give(replace_position(cut, InputState.NORMAL), 2_000)
    assert EventType.DOOR_SENSOR_FAULT_CLEARED in door.types


def test_a_broken_line_that_the_door_does_not_use_is_no_alarm() -> None:
    door = Door(replace(POLICY, kind=DoorKind.MONITORING, emergency=None))
    door.give(Sensed(InputState.NORMAL, InputState.SHORT, "cut", emergency=InputState.SHORT), 0)
    assert door.types == []


def test_what_journals_of_the_first_version_called_locked_is_the_rules() -> None:
    assert DoorSetting("locked") is DoorSetting.RULES
    with pytest.raises(ValueError, match="ajar"):
        DoorSetting("ajar")


def test_everything_that_something_may_still_come_of_is_remembered() -> None:
    door = Door(POLICY)
    door.give(CardGranted("first"), 0)
    door.give(CardGranted("second"), 100)
    assert correlations(door.state) == {"first", "second"}
    door.give(act(DoorAction.LOCK, until_ms=9_000), 200)
    assert correlations(door.state) == {DoorAction.LOCK.value}
    door.give(OPEN, 300)
    assert correlations(door.state) == {DoorAction.LOCK.value, "sensor"}


def replace_position(given: Sensed, position: InputState) -> Sensed:
    return dataclasses.replace(given, position=position)
