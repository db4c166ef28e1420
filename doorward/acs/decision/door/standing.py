"""Who decides how the door stands: the order of precedence, and what a change of mode brings with it."""

from doorward.acs.decision.door.effects import has_lock
from doorward.acs.decision.door.motion import Motion
from doorward.acs.decision.door.position import count_open, time_held
from doorward.acs.decision.door.state import DoorMode, DoorSetting, DoorState, Grace, Position, Source
from doorward.acs.decision.policy import DoorPolicy, EmergencyAction
from doorward.acs.events.catalogue import EventType

RELOCK_GRACE_MS = 1_000
"""A door that opens this soon after it stopped being unlocked was opened before: sensors report late."""

_MODE_OF_SETTING = {
    DoorSetting.LOCKED: DoorMode.LOCKED,
    DoorSetting.UNLOCKED: DoorMode.UNLOCKED,
    DoorSetting.LOCKDOWN: DoorMode.LOCKDOWN,
}


def in_emergency(policy: DoorPolicy, state: DoorState) -> bool:
    """Whether the emergency input decides over the door."""
    return policy.emergency is not None and state.emergency and has_lock(policy)


def standing(policy: DoorPolicy, state: DoorState) -> tuple[DoorMode, Source]:
    """How the door stands and why. Life comes first: an emergency unlocks a door even out of a lockdown.

    Of a door whose unlocking is withheld only an emergency makes an unlocked one.
    """
    mode, source = _wanted(policy, state)
    unlocks = mode is DoorMode.UNLOCKED and source is not Source.EMERGENCY
    stood = state.mode is DoorMode.UNLOCKED and state.source is not Source.EMERGENCY
    if unlocks and state.withheld and not stood:
        return DoorMode.LOCKED, Source.REST
    return mode, source


def _wanted(policy: DoorPolicy, state: DoorState) -> tuple[DoorMode, Source]:
    if not has_lock(policy):
        return DoorMode.LOCKED, Source.REST
    if in_emergency(policy, state):
        unlocks = policy.emergency is EmergencyAction.UNLOCK
        return DoorMode.UNLOCKED if unlocks else DoorMode.LOCKDOWN, Source.EMERGENCY
    if policy.lockdown:
        return DoorMode.LOCKDOWN, Source.THREAT_LEVEL
    if state.setting is not DoorSetting.RULES:
        return _MODE_OF_SETTING[state.setting], Source.OPERATOR
    if state.toggled is not None:
        return state.toggled, Source.CARDHOLDER
    if state.schedule_unlocked:
        return DoorMode.UNLOCKED, Source.SCHEDULE
    return DoorMode.LOCKED, Source.REST


def settle(motion: Motion, correlation: str) -> None:
    """Bring the mode in step with what it comes from."""
    state = motion.state
    mode, source = standing(motion.policy, state)
    motion.set(mode=mode, source=source)
    if mode is not state.mode:
        _note_schedule(motion, state, correlation)
        if mode is DoorMode.LOCKDOWN:
            motion.set(release=None, grace=None)
        if state.mode is DoorMode.UNLOCKED:
            _expect_late_opening(motion)
        time_held(motion)


def _expect_late_opening(motion: Motion) -> None:
    """The door was unlocked until now: who has just opened it did not force it, and who stands in it may."""
    if motion.state.position is Position.OPEN:
        count_open(motion, motion.state.long_open)
    elif motion.state.grace is None:
        motion.set(grace=Grace(motion.now_ms + RELOCK_GRACE_MS))


def _note_schedule(motion: Motion, before: DoorState, correlation: str) -> None:
    after = motion.state
    if after.source is Source.SCHEDULE:
        motion.note(EventType.DOOR_UNLOCKED_BY_SCHEDULE, correlation)
    elif before.source is Source.SCHEDULE and after.source is Source.REST:
        motion.note(EventType.DOOR_LOCKED_BY_SCHEDULE, correlation)
