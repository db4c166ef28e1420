"""The door state machine: what a door does when something happens to it, as data.

`step()` takes the door's policy, its state, one input and the monotonic time, and returns the new state, the
records to write and the effects to perform. It performs nothing itself: the controller makes the records
durable first and only then moves the strike. docs/reference/door-states.md has it as tables.
"""

from dataclasses import replace

from doorward.acs.decision.door.actions import act, end_setting
from doorward.acs.decision.door.effects import Step, has_lock
from doorward.acs.decision.door.inputs import (
    Acted,
    CardGranted,
    Connected,
    Input,
    PowerChanged,
    ScheduleChanged,
    Sensed,
    TimePassed,
    WithholdingEnded,
)
from doorward.acs.decision.door.motion import Motion
from doorward.acs.decision.door.position import (
    count_open,
    end_forced,
    hold,
    lose_position,
    move,
    raises_forced,
    raises_held,
    time_held,
    warn_held,
)
from doorward.acs.decision.door.release import end_release, grant
from doorward.acs.decision.door.sensing import change_power, connect, end_fault, note_emergency, sense, uses
from doorward.acs.decision.door.standing import in_emergency, settle
from doorward.acs.decision.door.state import DoorMode, DoorSetting, DoorState, Position, next_deadline
from doorward.acs.decision.policy import DoorPolicy
from doorward.acs.events.catalogue import EventType


def initial(policy: DoorPolicy, setting: DoorSetting = DoorSetting.RULES) -> DoorState:
    """The state of a door of which nothing was heard yet, set as it was before."""
    motion = Motion(policy, DoorState(setting=setting), 0)
    settle(motion, "")
    return motion.state


def step(policy: DoorPolicy, state: DoorState, given: Input, now_ms: int) -> Step:
    """Apply one input at monotonic `now_ms`. Deadlines that have passed are applied first, each at its own time."""
    motion = Motion(policy, state, now_ms)
    _pass_time(motion, now_ms)
    match given:
        case CardGranted():
            grant(motion, given)
        case Acted():
            act(motion, given)
        case ScheduleChanged():
            _change_schedule(motion, given)
        case Sensed():
            sense(motion, given)
        case PowerChanged():
            change_power(motion, given)
        case Connected():
            connect(motion, given)
        case WithholdingEnded():
            motion.set(withheld=False)
            settle(motion, given.correlation)
        case TimePassed():
            pass
    _pass_time(motion, now_ms)
    return motion.finish()


def adopt(before: DoorPolicy, after: DoorPolicy, state: DoorState, now_ms: int, correlation: str = "") -> Step:
    """Bring a door that stood under one policy in step with another: mode, deadlines, alarms and strike.

    A release that lasts keeps its time; whatever begins from now on has the new times.
    """
    motion = Motion(before, state, now_ms)
    _pass_time(motion, now_ms)
    was_emergency = in_emergency(before, motion.state)
    motion.policy = after
    _note_imposed(motion, before, correlation)
    _drop_features(motion, correlation)
    note_emergency(motion, was_emergency, correlation)
    settle(motion, correlation)
    if motion.state.position is Position.OPEN and raises_held(after) and not raises_held(before):
        count_open(motion, motion.state.long_open)
    time_held(motion)
    _pass_time(motion, now_ms)
    return motion.finish()


def withheld(state: DoorState) -> DoorState:
    """The door while nothing can be written down, until `WithholdingEnded`. What stands unlocked stays so."""
    return state if state.withheld else replace(state, withheld=True)


def _change_schedule(motion: Motion, given: ScheduleChanged) -> None:
    """A change of the schedule ends what a double swipe made of the door. Without schedules nothing is wanted."""
    wanted = given.unlocked and bool(motion.policy.unlock_schedules)
    if wanted is not motion.state.schedule_unlocked:
        motion.set(schedule_unlocked=wanted, toggled=DoorMode.LOCKED if wanted and given.kept_locked else None)
        settle(motion, given.correlation)


def _pass_time(motion: Motion, now_ms: int) -> None:
    """Apply every deadline that has come, in the order in which they came."""
    while (due := next_deadline(motion.state)) is not None and due <= now_ms:
        motion.now_ms = due
        state = motion.state
        if state.setting_until_ms == due:
            end_setting(motion)
        elif state.release and state.release.until_ms == due:
            end_release(motion)
        elif state.warn_at_ms == due:
            warn_held(motion)
        else:
            hold(motion)
    motion.now_ms = now_ms
    if motion.state.grace and motion.state.grace.until_ms <= now_ms:
        motion.set(grace=None)


def _note_imposed(motion: Motion, before: DoorPolicy, correlation: str) -> None:
    """Write down that maintenance or a lockdown by threat level began or ended."""
    after = motion.policy
    if after.maintenance is not before.maintenance:
        kind = EventType.DOOR_MAINTENANCE if after.maintenance else EventType.DOOR_MAINTENANCE_ENDED
        motion.note(kind, correlation)
    was, now = before.lockdown and has_lock(before), after.lockdown and has_lock(after)
    if was is not now:
        motion.note(EventType.DOOR_THREAT_LOCKDOWN if now else EventType.DOOR_THREAT_LOCKDOWN_ENDED, correlation)


def _drop_features(motion: Motion, correlation: str) -> None:
    """End what the new policy has no place for, and go by the sensor that it has."""
    policy = motion.policy
    if not has_lock(policy):
        if motion.state.setting is not DoorSetting.RULES:
            motion.note(EventType.DOOR_RESET, correlation)
        motion.set(
            setting=DoorSetting.RULES,
            setting_until_ms=None,
            setting_correlation="",
            toggled=None,
            release=None,
        )
    if policy.double_swipe is None:
        motion.set(toggled=None)
    if not policy.unlock_schedules:
        motion.set(schedule_unlocked=False)
    for line in sorted(motion.state.faults):
        if not uses(policy, line):
            end_fault(motion, line, correlation)
    if not policy.has_position:
        lose_position(motion, correlation)
    elif motion.state.online:
        move(motion, motion.state.reported, correlation)
    if not raises_forced(policy):
        end_forced(motion, correlation)
