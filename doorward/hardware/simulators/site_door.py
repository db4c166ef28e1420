"""A door of a simulated site: its leaf and the people at it, on the outputs and inputs of devices."""

from collections.abc import Mapping

from doorward.acs.doors.wiring import Circuit, InputPurpose
from doorward.hardware.simulators.happening import Happening, What
from doorward.hardware.simulators.mechanics import DoorMechanics
from doorward.hardware.simulators.site_device import SiteDevice
from doorward.hardware.simulators.site_spec import ContactSpec, SiteDoorSpec


class SiteDoor:
    """One thread uses it: call `move` after every action, after its devices changed, and at `next_due`."""

    def __init__(self, spec: SiteDoorSpec, devices: Mapping[str, SiteDevice]) -> None:
        """Hang it on its devices."""
        self.spec = spec
        self.mechanics = DoorMechanics()
        self.wakes_at: float | None = None
        self._devices = devices
        self._was_open = False
        self._switched: set[InputPurpose] = set()
        self._set_contacts()

    def switch(self, purpose: InputPurpose, active: bool) -> None:
        """A contact that nobody walks through: the emergency or the tamper contact."""
        if active:
            self._switched.add(purpose)
        else:
            self._switched.discard(purpose)

    def move(self, now: float) -> list[Happening]:
        """Let happen what is due, and tell it."""
        seen: list[Happening] = []
        released = self._released(now)
        if released is not self.mechanics.energised:
            self.mechanics.set_strike(released, now)
            what = What.STRIKE_RELEASED if released else What.STRIKE_LOCKED
            seen.append(Happening(now, what, self.spec.name))
        self.mechanics.advance(now)
        self._set_contacts()
        if self.mechanics.open is not self._was_open:
            self._was_open = self.mechanics.open
            what = What.DOOR_OPENED if self.mechanics.open else What.DOOR_CLOSED
            seen.append(Happening(now, what, self.spec.name))
        return seen

    def next_due(self, now: float) -> float | None:
        """When `move` is next due, or None."""
        due = [self._devices[lock.device].next_output_change(lock.output, now) for lock in self.spec.locks]
        return min((at for at in (self.mechanics.next_deadline(), *due) if at is not None), default=None)

    def _released(self, now: float) -> bool:
        locks = self.spec.locks
        return bool(locks) and all(self._devices[lock.device].output_active(lock.output, now) for lock in locks)

    def _set_contacts(self) -> None:
        for contact in self.spec.contacts:
            active = self._active(contact)
            closed = active if contact.active_when is Circuit.CLOSED else not active
            self._devices[contact.device].set_input(contact.input, closed)

    def _active(self, contact: ContactSpec) -> bool:
        if contact.purpose is InputPurpose.POSITION:
            return self.mechanics.open
        if contact.purpose is InputPurpose.REX:
            return self.mechanics.rex
        return contact.purpose in self._switched
