"""Momentary releases: how one begins, who it serves, and how it ends."""

from dataclasses import replace

from doorward.acs.decision.door.effects import Refusal, has_lock
from doorward.acs.decision.door.inputs import CardGranted
from doorward.acs.decision.door.motion import Motion
from doorward.acs.decision.door.position import count_open, held_time_ms
from doorward.acs.decision.door.standing import settle
from doorward.acs.decision.door.state import Cause, DoorMode, Grace, Position, Release, Source
from doorward.acs.decision.policy import RelockOn
from doorward.acs.events.catalogue import EventType

RELEASE_GRACE_MS = 1_000
"""A door that opens this soon after its release ended was opened by it: sensors report late."""

_TOGGLED_FROM = frozenset({Source.CARDHOLDER, Source.SCHEDULE, Source.REST})
"""What a double swipe may overrule. Where something stronger has set the door it is an ordinary grant."""


def grant(motion: Motion, given: CardGranted) -> None:
    """Let a cardholder in, or let them toggle the door."""
    motion.refused = _card_refusal(motion, given)
    if motion.refused is not None:
        return
    policy, state = motion.policy, motion.state
    if given.toggles and policy.double_swipe is not None and state.source in _TOGGLED_FROM:
        _toggle(motion, given.correlation)
        return
    access_ms = policy.long_access_time_ms if given.long else policy.access_time_ms
    release(motion, Cause.CARD, given.correlation, access_ms, given.long)


def release(motion: Motion, cause: Cause, correlation: str, duration_ms: int, long: bool = False) -> None:
    """Release the strike for `duration_ms`, on top of a release that lasts already."""
    state = motion.state
    old = state.release
    until = motion.now_ms + duration_ms
    if cause is Cause.REX and old is not None and old.cause is not Cause.REX:
        # Somebody leaves while somebody else is let in: the door is still released for the latter.
        motion.set(release=replace(old, until_ms=max(old.until_ms, until)))
        return
    pending = (old.pending if old else ()) + (() if cause is Cause.REX else (correlation,))
    new = Release(cause, max(until, old.until_ms) if old else until, correlation, long, pending)
    motion.set(release=new, grace=None)
    if state.position is Position.OPEN:
        _pass_open_door(motion, new)
    elif state.position is Position.UNKNOWN:
        motion.passed(*pending)
        motion.set(release=replace(new, pending=()))


def shunt(motion: Motion, correlation: str) -> None:
    """Expect an opening without releasing the strike: a handle releases it, and a REX only tells of it."""
    until = motion.now_ms + motion.policy.access_time_ms + RELEASE_GRACE_MS
    grace = motion.state.grace
    if grace is None or grace.until_ms < until:
        pending = grace.pending if grace and motion.now_ms < grace.until_ms else ()
        motion.set(grace=Grace(until, correlation, pending=pending))


def end_release(motion: Motion) -> None:
    """The access time is over. Whoever did not use it is written down, where the door can tell."""
    state = motion.state
    ended = state.release
    if ended is None:
        return
    if state.position is Position.CLOSED:
        for correlation in ended.pending:
            motion.note(EventType.ACCESS_NO_ENTRY, correlation)
    motion.set(release=None)
    if not ended.opened:
        motion.set(grace=Grace(ended.until_ms + RELEASE_GRACE_MS, ended.correlation, ended.long, ended.pending))


def _pass_open_door(motion: Motion, new: Release) -> None:
    """Whoever is let in while the door stands open passes through it as it is, and has their own time for that."""
    until = new.until_ms
    if motion.policy.relock_on is RelockOn.CLOSE:
        until = max(until, motion.now_ms + held_time_ms(motion.policy, new.long))
    motion.passed(*new.pending)
    motion.set(release=replace(new, pending=(), opened=True, until_ms=until), passage=new.correlation)
    if not motion.state.held:
        count_open(motion, new.long)


def _toggle(motion: Motion, correlation: str) -> None:
    mode = DoorMode.LOCKED if motion.state.mode is DoorMode.UNLOCKED else DoorMode.UNLOCKED
    motion.note(EventType.DOOR_TOGGLED, correlation, mode=mode.value)
    motion.set(toggled=mode, release=None, grace=None)
    settle(motion, correlation)


def _card_refusal(motion: Motion, given: CardGranted) -> Refusal | None:
    if not has_lock(motion.policy):
        return Refusal.NO_LOCK
    if motion.state.mode is DoorMode.LOCKDOWN and not given.exempt:
        return Refusal.LOCKDOWN
    if motion.policy.maintenance:
        return Refusal.MAINTENANCE
    return None if motion.state.online else Refusal.OFFLINE
