"""What operators do to a door, and when they may not."""

from doorward.acs.decision.door.effects import Refusal, has_lock
from doorward.acs.decision.door.inputs import Acted, DoorAction
from doorward.acs.decision.door.motion import Motion
from doorward.acs.decision.door.position import count_open, end_forced, end_held
from doorward.acs.decision.door.release import release
from doorward.acs.decision.door.standing import settle
from doorward.acs.decision.door.state import Cause, DoorMode, DoorSetting, Position, Source
from doorward.acs.events.catalogue import EventType

OPERATOR_GRANT_MS = 7_000
"""How long an operator's grant lasts unless they say otherwise."""

_RECORDS = {
    DoorAction.LOCK: EventType.DOOR_LOCKED,
    DoorAction.UNLOCK: EventType.DOOR_UNLOCKED,
    DoorAction.LOCKDOWN: EventType.DOOR_LOCKDOWN,
    DoorAction.RESET: EventType.DOOR_RESET,
}
_SETTINGS = {
    DoorAction.LOCK: DoorSetting.LOCKED,
    DoorAction.UNLOCK: DoorSetting.UNLOCKED,
    DoorAction.LOCKDOWN: DoorSetting.LOCKDOWN,
    DoorAction.RESET: DoorSetting.RULES,
}
_ALWAYS_SAFE = frozenset({DoorAction.LOCKDOWN, DoorAction.RESET})
"""Actions that release nothing by themselves: they hold for the moment that something stronger is over."""


def act(motion: Motion, given: Acted) -> None:
    """Do what the operator asks, or say why not."""
    motion.refused = _refusal(motion, given.action)
    if motion.refused is not None:
        return
    if given.action is DoorAction.GRANT_ACCESS:
        duration_ms = OPERATOR_GRANT_MS if given.duration_ms is None else given.duration_ms
        motion.note(EventType.DOOR_ACCESS_BY_OPERATOR, given.correlation)
        release(motion, Cause.OPERATOR, given.correlation, duration_ms)
        return
    if motion.state.setting is DoorSetting.LOCKDOWN and given.action is DoorAction.UNLOCK:
        motion.note(EventType.DOOR_RESET, given.correlation)
    motion.note(_RECORDS[given.action], given.correlation)
    end_held(motion, given.correlation)
    end_forced(motion, given.correlation)
    setting = _SETTINGS[given.action]
    motion.set(release=None, grace=None, toggled=None)
    _set(motion, setting, given)
    if motion.state.position is Position.OPEN:
        count_open(motion, long=False)
    motion.restated = True


def end_setting(motion: Motion) -> None:
    """The time that the operator gave it is over: back to the rules."""
    correlation = motion.state.setting_correlation
    motion.note(EventType.DOOR_RESET, correlation, because="end_time")
    motion.set(setting=DoorSetting.RULES, setting_until_ms=None, setting_correlation="")
    settle(motion, correlation)


def _set(motion: Motion, setting: DoorSetting, given: Acted) -> None:
    lasts = setting is not DoorSetting.RULES
    motion.set(
        setting=setting,
        setting_until_ms=given.until_ms if lasts else None,
        setting_correlation=given.correlation if lasts else "",
    )
    settle(motion, given.correlation)


def _refusal(motion: Motion, action: DoorAction) -> Refusal | None:
    policy, state = motion.policy, motion.state
    if action is DoorAction.RESET:
        return None
    if not has_lock(policy):
        return Refusal.NO_LOCK
    if action in _ALWAYS_SAFE:
        return None
    if state.source is Source.EMERGENCY:
        return Refusal.EMERGENCY
    if state.source is Source.THREAT_LEVEL:
        return Refusal.THREAT_LEVEL
    if state.mode is DoorMode.LOCKDOWN and action is not DoorAction.UNLOCK:
        return Refusal.LOCKDOWN
    return None if state.online else Refusal.OFFLINE
