"""Opening and closing: forced, held open, and what a passage does to a release."""

from dataclasses import replace

from doorward.acs.decision.door.effects import has_lock
from doorward.acs.decision.door.motion import Motion
from doorward.acs.decision.door.state import DoorMode, Position
from doorward.acs.decision.policy import DoorPolicy, RelockOn
from doorward.acs.events.catalogue import EventType


def move(motion: Motion, position: Position, correlation: str) -> None:
    """The door position sensor says something; nothing happens unless it is new."""
    if position is motion.state.position:
        return
    if position is Position.OPEN:
        _open(motion, correlation)
    elif position is Position.CLOSED:
        _close(motion, correlation)
    else:
        lose_position(motion, correlation)


def lose_position(motion: Motion, correlation: str) -> None:
    """Nobody can tell any more whether the door is open, so that nothing is said of it."""
    end_held(motion, correlation)
    end_forced(motion, correlation)
    motion.set(position=Position.UNKNOWN, passage=None, open_since_ms=None, long_open=False)


def held_time_ms(policy: DoorPolicy, long: bool) -> int:
    """How long the door may stand open."""
    return policy.long_held_after_ms if long else policy.held_after_ms


def raises_forced(policy: DoorPolicy) -> bool:
    """Whether a forced opening is an alarm at this door."""
    return policy.forced_alarm and policy.has_position and not policy.maintenance and has_lock(policy)


def raises_held(policy: DoorPolicy) -> bool:
    """Whether a door held open is an alarm at this door."""
    return policy.held_alarm and not policy.maintenance


def count_open(motion: Motion, long: bool) -> None:
    """The open-too-long time begins now. It never ends sooner by that."""
    state = motion.state
    motion.set(open_since_ms=motion.now_ms, long_open=long or (state.long_open and state.open_since_ms is not None))
    time_held(motion)


def time_held(motion: Motion) -> None:
    """Set the deadlines of the open-too-long time as the policy and the mode have them now."""
    policy, state = motion.policy, motion.state
    counts = (
        state.position is Position.OPEN
        and state.open_since_ms is not None
        and state.mode is not DoorMode.UNLOCKED
        and raises_held(policy)
    )
    if not counts or state.open_since_ms is None:
        end_held(motion, state.passage or "")
        return
    if state.held:
        return
    allowed_ms = held_time_ms(policy, state.long_open)
    held_at = state.open_since_ms + allowed_ms
    warn_at = held_at - policy.pre_alarm_ms if 0 < policy.pre_alarm_ms < allowed_ms else None
    if state.warned and (warn_at is None or warn_at > motion.now_ms):
        motion.note(EventType.DOOR_HELD_WARNING_CLEARED, state.passage or "")
        motion.set(warned=False)
    motion.set(held_at_ms=held_at, warn_at_ms=None if motion.state.warned else warn_at)


def end_held(motion: Motion, correlation: str) -> None:
    """The door is not held open any more, or no longer counts as such."""
    if motion.state.held:
        motion.note(EventType.DOOR_HELD_CLEARED, correlation)
    if motion.state.warned:
        motion.note(EventType.DOOR_HELD_WARNING_CLEARED, correlation)
    motion.set(held=False, warned=False, held_at_ms=None, warn_at_ms=None)


def end_forced(motion: Motion, correlation: str) -> None:
    """The door is not forced any more, or no longer counts as such."""
    if motion.state.forced:
        motion.note(EventType.DOOR_FORCED_CLEARED, correlation)
        motion.set(forced=False)


def warn_held(motion: Motion) -> None:
    """The pre-alarm."""
    motion.note(EventType.DOOR_HELD_WARNING, motion.state.passage or "")
    motion.set(warn_at_ms=None, warned=True)


def hold(motion: Motion) -> None:
    """The open-too-long time is over; the warning has become the alarm."""
    correlation = motion.state.passage or ""
    end_held(motion, correlation)
    motion.note(EventType.DOOR_HELD, correlation)
    motion.set(held=True)


def _open(motion: Motion, correlation: str) -> None:
    policy, state = motion.policy, motion.state
    grace = state.grace if state.grace and motion.now_ms < state.grace.until_ms else None
    allowed = state.release or grace
    expected = (
        allowed is not None
        or state.rex_active
        or state.shunt_active
        or state.mode is DoorMode.UNLOCKED
        or state.position is not Position.CLOSED
    )
    passage = (allowed.correlation if allowed else None) or correlation
    motion.note(EventType.DOOR_OPENED, passage)
    if not expected and raises_forced(policy):
        motion.note(EventType.DOOR_FORCED, passage)
        motion.set(forced=True)
    if allowed:
        motion.passed(*allowed.pending)
    if state.release:
        motion.set(release=replace(state.release, pending=(), opened=True, until_ms=_until_passed(motion)))
    motion.set(position=Position.OPEN, passage=passage, grace=None)
    count_open(motion, allowed is not None and allowed.long)


def _until_passed(motion: Motion) -> int:
    """Until when the release of a door that has just been opened lasts.

    Set to relock after closing it stays released until it closes, but no longer than the door may stand open.
    """
    policy, release = motion.policy, motion.state.release
    if policy.relock_on is RelockOn.OPEN or release is None:
        return motion.now_ms + policy.relock_delay_ms
    return max(release.until_ms, motion.now_ms + held_time_ms(policy, release.long))


def _close(motion: Motion, correlation: str) -> None:
    state = motion.state
    passage = state.passage or correlation
    was_open = state.position is Position.OPEN
    if was_open:
        motion.note(EventType.DOOR_CLOSED, passage)
    end_held(motion, passage)
    end_forced(motion, passage)
    if was_open and state.release and state.release.opened:
        motion.set(release=replace(state.release, until_ms=motion.now_ms + motion.policy.relock_delay_ms))
    motion.set(position=Position.CLOSED, passage=None, open_since_ms=None, long_open=False)
