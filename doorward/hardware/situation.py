"""What a controller knows between turns, and how its doors look from outside."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.door import DoorSetting, DoorState, initial
from doorward.acs.decision.policy import Side
from doorward.acs.messages import DoorStatus, OsdpDevice
from doorward.hardware.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happens: aware UTC, and monotonic milliseconds of the boot `boot_id`."""

    boot_id: str
    at: datetime
    now_ms: int


@dataclass(frozen=True, slots=True)
class Subject:
    """Who a door was last released for, and under which correlation."""

    correlation: str
    side: Side | None = None
    reader_id: str | None = None
    cardholder_id: str | None = None
    credential_id: str | None = None
    user_id: str | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """The rules, the wiring and the doors. `devices` says which are online; others were never heard of."""

    policy: CompiledPolicy
    wiring: Wiring
    doors: Mapping[str, DoorState] = field(default_factory=dict)
    devices: Mapping[str, bool] = field(default_factory=dict)
    subjects: Mapping[str, Subject] = field(default_factory=dict)

    def under(
        self, policy: CompiledPolicy, devices: Sequence[OsdpDevice], modes: Mapping[str, DoorSetting]
    ) -> "Situation":
        """The same under another policy. Doors that stay keep their state, others begin as operators last set them."""
        doors = {
            door_id: self.doors.get(door_id) or initial(door, modes.get(door_id, DoorSetting.RULES))
            for door_id, door in policy.doors.items()
        }
        return Situation(
            policy,
            Wiring(devices),
            doors,
            {device.id: self.devices[device.id] for device in devices if device.id in self.devices},
            {door_id: subject for door_id, subject in self.subjects.items() if door_id in doors},
        )


def door_statuses(situation: Situation) -> Iterator[DoorStatus]:
    """The status of every door."""
    for door_id, state in situation.doors.items():
        readers = {
            device.reader_id: situation.devices.get(device.id, False)
            for device in situation.wiring.readers_of(door_id)
            if device.reader_id is not None
        }
        yield DoorStatus(
            door_id,
            state.mode,
            state.position,
            state.online,
            state.release is not None,
            state.forced,
            state.held,
            readers,
        )
