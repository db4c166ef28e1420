"""The door state machine: what a door does when something happens to it, as data.

`step()` takes the door's policy, its state, one input and the monotonic time, and returns the new
state, the records to write and the effects to perform. It performs nothing itself: the controller
makes the records durable first and only then moves the strike.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from doorward.acs.decision.policy import DoorPolicy, RelockOn
from doorward.acs.events.catalogue import EventType

RELEASE_GRACE_MS = 1_000
"""A door that opens this soon after its release ended was opened by it: sensors report late."""


class DoorMode(StrEnum):
    """What the door is set to. `locked` is the normal state: closed to all but those who may pass."""

    LOCKED = "locked"
    UNLOCKED = "unlocked"
    LOCKDOWN = "lockdown"


class Position(StrEnum):
    """What the door position sensor says; unknown until it was heard."""

    UNKNOWN = "unknown"
    CLOSED = "closed"
    OPEN = "open"


class DoorAction(StrEnum):
    """What an operator can ask of a door."""

    GRANT_ACCESS = "grant_access"
    LOCK = "lock"
    UNLOCK = "unlock"
    LOCKDOWN = "lockdown"
    RESET = "reset"


class Refusal(StrEnum):
    """Why an action was not carried out."""

    OFFLINE = "offline"
    LOCKDOWN = "lockdown"


class Strike(StrEnum):
    """What the strike output should do: release for a time, stay released, or lock."""

    PULSE = "pulse"
    RELEASE = "release"
    LOCK = "lock"


class Cause(StrEnum):
    """What released a door for a moment."""

    CARD = "card"
    OPERATOR = "operator"
    REX = "rex"


@dataclass(frozen=True, slots=True)
class Release:
    """A momentary release: what caused it, until when it lasts (monotonic ms), and what it belongs to."""

    cause: Cause
    until_ms: int
    correlation: str


@dataclass(frozen=True, slots=True)
class DoorState:
    """All that a door remembers. Times are monotonic milliseconds.

    `release` lasts while the strike may be released; `last_release` is kept for the grace period.
    `passage` is the correlation under which an open door was last passed. `relock_at_ms` and
    `held_at_ms` are the deadlines of an early relock and of the held-open event.
    """

    mode: DoorMode = DoorMode.LOCKED
    online: bool = False
    position: Position = Position.UNKNOWN
    release: Release | None = None
    last_release: Release | None = None
    passage: str | None = None
    relock_at_ms: int | None = None
    held_at_ms: int | None = None
    forced: bool = False
    held: bool = False
    rex_active: bool = False


@dataclass(frozen=True, slots=True)
class CardGranted:
    """A decision granted access; its own record is written by the caller."""

    correlation: str


@dataclass(frozen=True, slots=True)
class Acted:
    """An operator's action."""

    action: DoorAction
    correlation: str


@dataclass(frozen=True, slots=True)
class Sensed:
    """The inputs of the door: position and REX, as last reported together."""

    open: bool
    rex: bool
    correlation: str


@dataclass(frozen=True, slots=True)
class Connected:
    """The door's input and output device came online (True) or was lost (False)."""

    online: bool
    correlation: str


@dataclass(frozen=True, slots=True)
class TimePassed:
    """A deadline may have come."""


Input = CardGranted | Acted | Sensed | Connected | TimePassed


@dataclass(frozen=True, slots=True)
class DoorRecord:
    """Something to write down about the door."""

    type: EventType
    correlation: str


@dataclass(frozen=True, slots=True)
class StrikeEffect:
    """A strike command; `duration_ms` counts for PULSE only."""

    strike: Strike
    duration_ms: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """The result of one input. A refused action changes nothing and has no effects."""

    state: DoorState
    records: tuple[DoorRecord, ...] = ()
    effects: tuple[StrikeEffect, ...] = ()
    refused: Refusal | None = None


def step(policy: DoorPolicy, state: DoorState, given: Input, now_ms: int) -> Step:
    """Apply one input at monotonic `now_ms`. Deadlines that have passed are applied first."""
    timed = _pass_time(state, now_ms)
    match given:
        case CardGranted(correlation):
            result = _release(policy, timed.state, Cause.CARD, correlation, now_ms)
        case Acted(action, correlation):
            result = _act(policy, timed.state, action, correlation, now_ms)
        case Sensed():
            result = _sense(policy, timed.state, given, now_ms)
        case Connected(online, correlation):
            result = _connect(timed.state, online, correlation)
        case TimePassed():
            return timed
    return Step(result.state, timed.records + result.records, timed.effects + result.effects, result.refused)


def next_deadline(state: DoorState) -> int | None:
    """When `TimePassed` is next due (monotonic ms), or None."""
    deadlines = (
        state.release.until_ms if state.release else None,
        state.relock_at_ms,
        state.held_at_ms,
    )
    return min((deadline for deadline in deadlines if deadline is not None), default=None)


def _release(policy: DoorPolicy, state: DoorState, cause: Cause, correlation: str, now_ms: int) -> Step:
    if not state.online:
        return Step(state, refused=Refusal.OFFLINE)
    release = Release(cause, now_ms + policy.access_time_ms, correlation)
    released = replace(state, release=release, last_release=release, relock_at_ms=None)
    if state.position is Position.OPEN:
        # Whoever is let in while the door stands open passes through it as it is.
        released = replace(released, last_release=None, passage=correlation)
    if state.mode is DoorMode.UNLOCKED:
        return Step(released)
    return Step(released, effects=(StrikeEffect(Strike.PULSE, policy.access_time_ms),))


_ACTION_RECORDS = {
    DoorAction.LOCK: EventType.DOOR_LOCKED,
    DoorAction.UNLOCK: EventType.DOOR_UNLOCKED,
    DoorAction.LOCKDOWN: EventType.DOOR_LOCKDOWN,
    DoorAction.RESET: EventType.DOOR_RESET,
}
_ACTION_MODES = {
    DoorAction.LOCK: DoorMode.LOCKED,
    DoorAction.UNLOCK: DoorMode.UNLOCKED,
    DoorAction.LOCKDOWN: DoorMode.LOCKDOWN,
    DoorAction.RESET: DoorMode.LOCKED,
}
_SAFE_OFFLINE = frozenset({DoorAction.LOCKDOWN, DoorAction.RESET})
"""Actions that can only ever lock more: they hold for the moment the device returns."""


def _act(policy: DoorPolicy, state: DoorState, action: DoorAction, correlation: str, now_ms: int) -> Step:
    if state.mode is DoorMode.LOCKDOWN and action not in _SAFE_OFFLINE:
        return Step(state, refused=Refusal.LOCKDOWN)
    if not state.online and action not in _SAFE_OFFLINE:
        return Step(state, refused=Refusal.OFFLINE)
    if action is DoorAction.GRANT_ACCESS:
        released = _release(policy, state, Cause.OPERATOR, correlation, now_ms)
        return replace(released, records=(DoorRecord(EventType.DOOR_ACCESS_BY_OPERATOR, correlation),))
    mode = _ACTION_MODES[action]
    is_open = state.position is Position.OPEN
    moved = replace(
        state,
        mode=mode,
        release=None,
        last_release=None,
        relock_at_ms=None,
        held=False,
        forced=False,
        held_at_ms=_held_deadline(policy, mode, now_ms) if is_open else None,
    )
    records = [DoorRecord(_ACTION_RECORDS[action], correlation)]
    if state.held:
        records.append(DoorRecord(EventType.DOOR_HELD_CLEARED, correlation))
    if state.forced:
        records.append(DoorRecord(EventType.DOOR_FORCED_CLEARED, correlation))
    strike = Strike.RELEASE if mode is DoorMode.UNLOCKED else Strike.LOCK
    return Step(moved, tuple(records), (StrikeEffect(strike),) if state.online else ())


def _connect(state: DoorState, online: bool, correlation: str) -> Step:
    if online == state.online:
        return Step(state)
    if not online:
        lost = replace(
            state,
            online=False,
            position=Position.UNKNOWN,
            release=None,
            last_release=None,
            relock_at_ms=None,
            held_at_ms=None,
            rex_active=False,
        )
        return Step(lost, (DoorRecord(EventType.DOOR_OFFLINE, correlation),))
    strike = Strike.RELEASE if state.mode is DoorMode.UNLOCKED else Strike.LOCK
    back = replace(state, online=True)
    return Step(back, (DoorRecord(EventType.DOOR_ONLINE, correlation),), (StrikeEffect(strike),))


def _sense(policy: DoorPolicy, state: DoorState, sensed: Sensed, now_ms: int) -> Step:
    if not state.online:
        return Step(state)
    records: list[DoorRecord] = []
    effects: list[StrikeEffect] = []
    if sensed.rex and not state.rex_active:
        records.append(DoorRecord(EventType.DOOR_REX, sensed.correlation))
        let_out = _release(policy, state, Cause.REX, sensed.correlation, now_ms)
        state = let_out.state
        effects += let_out.effects if policy.rex_unlocks else ()
    state = replace(state, rex_active=sensed.rex)
    position = Position.OPEN if sensed.open else Position.CLOSED
    if position is not state.position:
        change = _open if sensed.open else _close
        moved = change(policy, state, sensed.correlation, now_ms)
        state = moved.state
        records += moved.records
        effects += moved.effects
    return Step(state, tuple(records), tuple(effects))


def _open(policy: DoorPolicy, state: DoorState, correlation: str, now_ms: int) -> Step:
    allowed_by = state.release or state.last_release
    forced = allowed_by is None and state.position is Position.CLOSED and state.mode is not DoorMode.UNLOCKED
    passage = allowed_by.correlation if allowed_by else correlation
    records = [DoorRecord(EventType.DOOR_OPENED, passage)]
    if forced and policy.forced_alarm:
        records.append(DoorRecord(EventType.DOOR_FORCED, passage))
    relock_at = state.relock_at_ms
    if state.release and policy.relock_on is RelockOn.OPEN:
        relock_at = now_ms + policy.relock_delay_ms
    opened = replace(
        state,
        position=Position.OPEN,
        passage=passage,
        last_release=None,
        forced=forced and policy.forced_alarm,
        relock_at_ms=relock_at,
        held_at_ms=_held_deadline(policy, state.mode, now_ms),
    )
    return _due_relock(opened, tuple(records), now_ms)


def _close(policy: DoorPolicy, state: DoorState, correlation: str, now_ms: int) -> Step:
    passage = state.passage or correlation
    records: list[DoorRecord] = []
    if state.position is Position.OPEN:
        records.append(DoorRecord(EventType.DOOR_CLOSED, passage))
    if state.held:
        records.append(DoorRecord(EventType.DOOR_HELD_CLEARED, passage))
    if state.forced:
        records.append(DoorRecord(EventType.DOOR_FORCED_CLEARED, passage))
    used = state.release is not None and state.release.correlation == state.passage
    closed = replace(
        state,
        position=Position.CLOSED,
        passage=None,
        held=False,
        forced=False,
        held_at_ms=None,
        relock_at_ms=now_ms + policy.relock_delay_ms if used else state.relock_at_ms,
    )
    return _due_relock(closed, tuple(records), now_ms)


def _held_deadline(policy: DoorPolicy, mode: DoorMode, now_ms: int) -> int | None:
    if not policy.held_alarm or mode is DoorMode.UNLOCKED:
        return None
    return now_ms + policy.held_after_ms


def _due_relock(state: DoorState, records: tuple[DoorRecord, ...], now_ms: int) -> Step:
    """Relock now if the early relock is due; a door that is set to unlocked stays released."""
    if state.relock_at_ms is None or now_ms < state.relock_at_ms:
        return Step(state, records)
    locked = replace(state, release=None, relock_at_ms=None)
    effects = () if state.mode is DoorMode.UNLOCKED else (StrikeEffect(Strike.LOCK),)
    return Step(locked, records, effects)


def _pass_time(state: DoorState, now_ms: int) -> Step:
    """Apply every deadline that has come: early relock, end of release, held open, end of grace."""
    relocked = _due_relock(state, (), now_ms)
    state, effects = relocked.state, relocked.effects
    records: list[DoorRecord] = []
    if state.release and now_ms >= state.release.until_ms:
        unused = state.last_release is state.release
        if unused and state.release.cause is not Cause.REX:
            records.append(DoorRecord(EventType.ACCESS_NO_ENTRY, state.release.correlation))
        if state.mode is not DoorMode.UNLOCKED:
            effects = (*effects, StrikeEffect(Strike.LOCK))
        state = replace(state, release=None, relock_at_ms=None)
    if state.held_at_ms is not None and now_ms >= state.held_at_ms:
        state = replace(state, held_at_ms=None, held=True)
        records.append(DoorRecord(EventType.DOOR_HELD, state.passage or ""))
    last = state.last_release
    if last and state.release is None and now_ms >= last.until_ms + RELEASE_GRACE_MS:
        state = replace(state, last_release=None)
    return Step(state, tuple(records), effects)
