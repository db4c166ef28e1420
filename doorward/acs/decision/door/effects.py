"""What comes of a step: records, strike commands, what the readers show. All of it data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from doorward.acs.decision.door.state import DoorMode, DoorState
from doorward.acs.decision.policy import DoorKind, DoorPolicy
from doorward.acs.events.catalogue import EventType

_WITHOUT_LOCK = frozenset({DoorKind.MONITORING, DoorKind.PROVISIONED})


class Refusal(StrEnum):
    """Why something was not carried out."""

    OFFLINE = "offline"
    LOCKDOWN = "lockdown"
    THREAT_LEVEL = "threat_level"
    EMERGENCY = "emergency"
    MAINTENANCE = "maintenance"
    NO_LOCK = "no_lock"


class Strike(StrEnum):
    """What the strike output should do: release for a time, stay released, or lock."""

    PULSE = "pulse"
    RELEASE = "release"
    LOCK = "lock"


class Sound(StrEnum):
    """What the readers of a door should sound, the loudest reason first."""

    FORCED = "forced"
    HELD = "held"
    HELD_WARNING = "held_warning"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class DoorRecord:
    """Something to write down about the door."""

    type: EventType
    correlation: str
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StrikeEffect:
    """A strike command, for the primary lock and the secondary alike; `duration_ms` counts for PULSE only."""

    strike: Strike
    duration_ms: int = 0


@dataclass(frozen=True, slots=True)
class Annunciation:
    """What the readers of the door should sound, and the mode that their light should show, from now on."""

    sound: Sound
    mode: DoorMode


@dataclass(frozen=True, slots=True)
class Step:
    """The result of one input. What is refused changes nothing and has no effects of its own.

    `passed` are the correlations of grants that count as used by this step: the door opened, or nobody can
    tell whether it did. `annunciation` is None when the readers go on as they are.
    """

    state: DoorState
    records: tuple[DoorRecord, ...] = ()
    effects: tuple[StrikeEffect, ...] = ()
    refused: Refusal | None = None
    passed: tuple[str, ...] = ()
    annunciation: Annunciation | None = None


def has_lock(policy: DoorPolicy) -> bool:
    """Whether there is anything to release: not at a sensor, nor where nothing is mounted yet."""
    return policy.kind not in _WITHOUT_LOCK


def strike_effects(
    policies: tuple[DoorPolicy, DoorPolicy], states: tuple[DoorState, DoorState], now_ms: int, restated: bool
) -> tuple[StrikeEffect, ...]:
    """What brings the strike from the first state (under the first policy) to the second.

    A pulse is told anew only when it lasts longer: a shorter one ends with the LOCK at its end. `restated`: told
    whatever it was told before.
    """
    before, after = states
    if not after.online:
        return ()
    if not has_lock(policies[1]):
        removed = has_lock(policies[0]) and _wanted(before) is not Strike.LOCK
        return (StrikeEffect(Strike.LOCK),) if removed else ()
    wanted = _wanted(after)
    if wanted is not Strike.PULSE or after.release is None:
        changed = restated or wanted is not _wanted(before)
        return (StrikeEffect(wanted),) if changed else ()
    was = before.release.until_ms if before.release and _wanted(before) is Strike.PULSE else None
    if restated or was is None or after.release.until_ms > was:
        return (StrikeEffect(Strike.PULSE, after.release.until_ms - now_ms),)
    return ()


def annunciation(state: DoorState) -> Annunciation:
    """What the readers of the door should show in this state."""
    if state.forced:
        sound = Sound.FORCED
    elif state.held:
        sound = Sound.HELD
    else:
        sound = Sound.HELD_WARNING if state.warned else Sound.QUIET
    return Annunciation(sound, state.mode)


def _wanted(state: DoorState) -> Strike:
    if not state.online:
        return Strike.LOCK
    if state.mode is DoorMode.UNLOCKED:
        return Strike.RELEASE
    return Strike.PULSE if state.release else Strike.LOCK
