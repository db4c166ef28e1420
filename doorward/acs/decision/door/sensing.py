"""What the door's inputs and its device say."""

from doorward.acs.decision.door.effects import has_lock
from doorward.acs.decision.door.inputs import Connected, PowerChanged, Sensed
from doorward.acs.decision.door.motion import Motion
from doorward.acs.decision.door.position import lose_position, move
from doorward.acs.decision.door.release import release, shunt
from doorward.acs.decision.door.standing import in_emergency, settle
from doorward.acs.decision.door.state import Cause, Line, Position
from doorward.acs.decision.policy import DoorPolicy
from doorward.acs.decision.supervision import InputState
from doorward.acs.events.catalogue import EventType

_FAULT_RECORDS = {
    Line.POSITION: (EventType.DOOR_SENSOR_FAULT, EventType.DOOR_SENSOR_FAULT_CLEARED),
    Line.REX: (EventType.DOOR_REX_FAULT, EventType.DOOR_REX_FAULT_CLEARED),
    Line.EMERGENCY: (EventType.DOOR_EMERGENCY_FAULT, EventType.DOOR_EMERGENCY_FAULT_CLEARED),
}
_POSITIONS = {InputState.ACTIVE: Position.OPEN, InputState.NORMAL: Position.CLOSED}


def sense(motion: Motion, sensed: Sensed) -> None:
    """Take in the inputs. A door whose device is offline has none."""
    if not motion.state.online:
        return
    lines = {
        Line.POSITION: sensed.position,
        Line.REX: _worse(sensed.rex, sensed.shunt),
        Line.EMERGENCY: sensed.emergency,
    }
    for line, said in lines.items():
        _check_line(motion, line, said, sensed.correlation)
    _tamper(motion, sensed.tamper, sensed.correlation)
    _emergency(motion, sensed.emergency, sensed.correlation)
    _rex(motion, sensed.rex, sensed.correlation)
    _shunt(motion, sensed.shunt, sensed.correlation)
    reported = _POSITIONS.get(sensed.position, Position.UNKNOWN)
    motion.set(reported=reported)
    if motion.policy.has_position:
        move(motion, reported, sensed.correlation)


def connect(motion: Motion, given: Connected) -> None:
    """The device came or went. On its return the strike is told anew; nothing is released by that alone."""
    if given.online == motion.state.online:
        return
    if given.online:
        motion.set(online=True)
        motion.note(EventType.DOOR_ONLINE, given.correlation)
        motion.restated = True
        return
    lose_position(motion, given.correlation)
    for line in sorted(motion.state.faults):
        end_fault(motion, line, given.correlation)
    _tamper(motion, InputState.NORMAL, given.correlation)
    _power(motion, True, given.correlation)
    motion.note(EventType.DOOR_OFFLINE, given.correlation)
    # An emergency ends only when its input says so.
    motion.set(online=False, reported=Position.UNKNOWN, release=None, grace=None, rex_active=False, shunt_active=False)


def change_power(motion: Motion, given: PowerChanged) -> None:
    """Power came or went. Neither moves the strike; on return it is told anew what it was told before."""
    if not motion.state.online:
        return
    motion.restated = motion.state.power_lost and given.present
    _power(motion, given.present, given.correlation)


def end_fault(motion: Motion, line: Line, correlation: str) -> None:
    """The line is whole again, or no longer counts."""
    if line in motion.state.faults:
        motion.note(_FAULT_RECORDS[line][1], correlation)
        motion.set(faults=motion.state.faults - {line})


def uses(policy: DoorPolicy, line: Line) -> bool:
    """Whether a broken line matters to this door."""
    match line:
        case Line.POSITION:
            return policy.has_position
        case Line.REX:
            return has_lock(policy)
        case Line.EMERGENCY:
            return policy.emergency is not None and has_lock(policy)


def _check_line(motion: Motion, line: Line, said: InputState, correlation: str) -> None:
    if not said.is_fault:
        if said is not InputState.UNKNOWN:
            end_fault(motion, line, correlation)
    elif line not in motion.state.faults and uses(motion.policy, line):
        motion.note(_FAULT_RECORDS[line][0], correlation, state=said.value)
        motion.set(faults=motion.state.faults | {line})


def _tamper(motion: Motion, said: InputState, correlation: str) -> None:
    """A broken tamper line is a tamper."""
    if said is InputState.UNKNOWN:
        return
    tampered = said is not InputState.NORMAL
    if tampered is not motion.state.tampered:
        motion.note(EventType.DOOR_TAMPER if tampered else EventType.DOOR_TAMPER_CLEARED, correlation)
        motion.set(tampered=tampered)


def _power(motion: Motion, present: bool, correlation: str) -> None:
    if present is motion.state.power_lost:
        motion.note(EventType.DOOR_POWER_RESTORED if present else EventType.DOOR_POWER_LOST, correlation)
        motion.set(power_lost=not present)


def _emergency(motion: Motion, said: InputState, correlation: str) -> None:
    """A broken emergency line neither begins an emergency nor ends one."""
    if said not in (InputState.NORMAL, InputState.ACTIVE):
        return
    was = in_emergency(motion.policy, motion.state)
    motion.set(emergency=said is InputState.ACTIVE)
    note_emergency(motion, was, correlation)


def note_emergency(motion: Motion, was: bool, correlation: str) -> None:
    """Write down and carry out that an emergency began or ended, if it did."""
    now = in_emergency(motion.policy, motion.state)
    if now is not was:
        motion.note(EventType.DOOR_EMERGENCY if now else EventType.DOOR_EMERGENCY_CLEARED, correlation)
        settle(motion, correlation)


def _worse(one: InputState, other: InputState) -> InputState:
    """What two lines say together of their being whole."""
    return other if other.is_fault and not one.is_fault else one


def _rex(motion: Motion, said: InputState, correlation: str) -> None:
    """A request to exit counts once, when it begins. A broken line is none."""
    pressed = said is InputState.ACTIVE
    begins = pressed and not motion.state.rex_active
    motion.set(rex_active=pressed)
    if not begins:
        return
    motion.note(EventType.DOOR_REX, correlation)
    if motion.policy.rex_unlocks and has_lock(motion.policy):
        release(motion, Cause.REX, correlation, motion.policy.access_time_ms)
    else:
        shunt(motion, correlation)


def _shunt(motion: Motion, said: InputState, correlation: str) -> None:
    pressed = said is InputState.ACTIVE
    begins = pressed and not motion.state.shunt_active
    motion.set(shunt_active=pressed)
    if begins:
        motion.note(EventType.DOOR_REX, correlation)
        shunt(motion, correlation)
