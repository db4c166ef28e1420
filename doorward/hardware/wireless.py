"""Wireless locks within a turn: batteries, jams and lost radio links become events of their doors.

A door one of whose locks cannot be reached is offline, though the hub answers: what it is told does not arrive.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.hardware.driver import BatteryChanged, BatteryLevel, LockJammed, RadioChanged
from doorward.hardware.situation import LockHealth, Situation

if TYPE_CHECKING:
    from doorward.hardware.turn import Turn

RADIO_LOST = "The hub does not reach the lock by radio. Check its battery, and what stands between them."
_BATTERY = {
    BatteryLevel.LOW: (EventType.DOOR_BATTERY_LOW, EventType.DOOR_BATTERY_LOW_CLEARED),
    BatteryLevel.CRITICAL: (EventType.DOOR_BATTERY_CRITICAL, EventType.DOOR_BATTERY_CRITICAL_CLEARED),
}
_JAM = (EventType.DOOR_LOCK_JAMMED, EventType.DOOR_LOCK_JAM_CLEARED)


class Wireless:
    """The part of a turn that listens to hubs. `health` by device id and lock number."""

    def __init__(self, turn: "Turn", situation: Situation) -> None:
        self.health: dict[tuple[str, int], LockHealth] = dict(situation.health)
        self._turn = turn
        self._wiring = situation.wiring

    def take(self, given: BatteryChanged | LockJammed | RadioChanged) -> None:
        """A hub tells something of a lock. One that no door has is passed over."""
        key = (given.device_id, given.lock)
        doors = [door_id for door_id in self._wiring.doors_of_lock(*key) if door_id in self._turn.doors]
        if not doors:
            return
        before = self.health.get(key, LockHealth())
        match given:
            case BatteryChanged():
                self.health[key] = replace(before, battery=given.level)
                self._tell_battery(doors, before.battery, given)
            case LockJammed():
                self.health[key] = replace(before, jammed=given.jammed)
                if given.jammed is not before.jammed:
                    self._record(doors, _JAM[0 if given.jammed else 1])
            case RadioChanged():
                self.health[key] = replace(before, reachable=given.reachable)
                if given.reachable is not before.reachable:
                    for door_id in doors:
                        self._turn.connect(door_id, RADIO_LOST)

    def lose(self, device_id: str) -> None:
        """The hub is gone; whether it reaches its locks is not known, and it will say so again."""
        for key, health in self.health.items():
            if key[0] == device_id:
                self.health[key] = replace(health, reachable=True)

    def reaches(self, door_id: str) -> bool:
        """Whether every lock of a door can be reached by its hub, as far as that was told."""
        locks = self._wiring.locks_of(door_id)
        return all(self.health.get((lock.device_id, lock.output), LockHealth()).reachable for lock in locks)

    def _tell_battery(self, doors: list[str], before: BatteryLevel, given: BatteryChanged) -> None:
        if given.level is before:
            return
        if before in _BATTERY:
            self._record(doors, _BATTERY[before][1], {"level": given.level.value})
        if given.level in _BATTERY:
            data = {} if given.percent is None else {"percent": given.percent}
            self._record(doors, _BATTERY[given.level][0], data)

    def _record(self, doors: list[str], kind: EventType, data: dict[str, Any] | None = None) -> None:
        for door_id in doors:
            self._turn.record(kind, new_id(), door_id=door_id, data=data or {})
