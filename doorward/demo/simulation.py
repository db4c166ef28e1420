"""The simulated site: doors on pseudo-terminals, cameras that see them, and whoever acts on them."""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Protocol

from doorward.acs.decision.card_format import CardBits
from doorward.acs.decision.policy import Side
from doorward.demo.acts import Badge, DoorAct, Force, Hold, PressExit, Replug, Unplug, bits_of
from doorward.demo.burnt_in import CameraHardware, DoorHardware, SiteHardware, slug_of
from doorward.demo.directory import DemoDirectory
from doorward.demo.errors import ActRefused
from doorward.demo.strike_log import StrikeLog
from doorward.hardware.simulators.door import DoorSpec, ReaderSpec, SimulatedDoor
from doorward.video.simulated_camera import SimulatedCamera

logger = logging.getLogger(__name__)


class PlayedDoor(Protocol):
    """A door as the simulation plays it; see SimulatedDoor. Refuses with ValueError."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def badge(self, side: Side, bits: CardBits) -> None: ...

    def rex(self) -> None: ...

    def force(self) -> None: ...

    def hold(self, seconds: float) -> None: ...

    def unplug(self, side: Side | None) -> None: ...

    def replug(self, side: Side | None) -> None: ...


class PlayedCamera(Protocol):
    """A camera as the simulation plays it; see SimulatedCamera."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def door_moved(self, is_open: bool) -> None: ...


PlayDoor = Callable[[DoorSpec, Callable[[str, bool], None], Callable[[str, bool, float], None]], PlayedDoor]


class CameraView:
    """One camera and the doors that it sees. Doors tell it from threads of their own."""

    def __init__(self, hardware: CameraHardware, camera: PlayedCamera) -> None:
        self._doors = frozenset(hardware.doors)
        self._camera = camera
        self._open: set[str] = set()
        self._lock = threading.Lock()

    def door_moved(self, door: str, is_open: bool) -> None:
        """Show it, if the camera sees the door: the scene has one door, open while any of them is."""
        if door not in self._doors:
            return
        with self._lock:
            if is_open:
                if self._open:
                    # Somebody walks through the second door too: the scene's opens anew for them.
                    self._camera.door_moved(False)
                self._open.add(door)
                self._camera.door_moved(True)
            elif door in self._open:
                self._open.discard(door)
                if not self._open:
                    self._camera.door_moved(False)


class Simulation:
    """Owns every simulated device between `start` and `stop`; `perform` may be called from any thread."""

    def __init__(
        self,
        directory: DemoDirectory,
        site: SiteHardware,
        strikes: StrikeLog,
        cameras: Sequence[tuple[CameraHardware, PlayedCamera]],
        play_door: PlayDoor = SimulatedDoor,
    ) -> None:
        self._cameras = [camera for _, camera in cameras]
        self._views = [CameraView(hardware, camera) for hardware, camera in cameras]
        self._doors = {
            door.slug: (door.name, play_door(_spec(directory, door), self._door_moved, strikes.moved))
            for door in site.doors
        }
        self._started = ExitStack()

    def start(self) -> None:
        """Put every device on its port. Raises OSError, with nothing left running."""
        with ExitStack() as starting:
            for _, door in self._doors.values():
                door.start()
                starting.callback(door.stop)
            for camera in self._cameras:
                camera.start()
                starting.callback(camera.stop)
            self._started = starting.pop_all()

    def stop(self) -> None:
        """Stop every device, and end the cameras' streams."""
        self._started.close()

    def perform(self, act: DoorAct) -> str:
        """Do it; what was done, as a sentence. Raises ActRefused with what can be done instead."""
        name, door = self._door(act.door)
        try:
            return _perform(name, door, act)
        except ValueError as error:
            raise ActRefused(str(error)) from error

    def _door(self, wanted: str) -> tuple[str, PlayedDoor]:
        found = self._doors.get(slug_of(wanted.strip()))
        if found is None:
            names = ", ".join(name for name, _ in self._doors.values())
            raise ActRefused(f"There is no door called {wanted}. The doors are: {names}.")
        return found

    def _door_moved(self, door: str, is_open: bool) -> None:
        logger.debug("%s is %s", door, "open" if is_open else "closed")
        for view in self._views:
            view.door_moved(door, is_open)


def _spec(directory: DemoDirectory, door: DoorHardware) -> DoorSpec:
    readers = tuple(
        ReaderSpec(reader.side, directory.ports / reader.port, reader.address, reader.key) for reader in door.readers
    )
    return DoorSpec(door.name, directory.ports / door.port, door.address, door.key, readers)


def _perform(name: str, door: PlayedDoor, act: DoorAct) -> str:
    match act:
        case Badge():
            door.badge(act.side, bits_of(act))
            card = f"{len(act.bits)} bits" if act.bits else f"Card {act.number}"
            return f"{card} shown at {name}, side {act.side.value}."
        case PressExit():
            door.rex()
            return f"The exit button of {name} is pressed."
        case Force():
            door.force()
            return f"{name} is forced open."
        case Hold():
            if not 0 < act.seconds <= 24 * 3600:
                raise ActRefused("A door can be held for more than 0 seconds and at most a day.")
            door.hold(act.seconds)
            return f"{name} is held open for {act.seconds:g} seconds."
        case Unplug():
            door.unplug(act.side)
            return f"{_cables(name, act.side)} unplugged."
        case Replug():
            door.replug(act.side)
            return f"{_cables(name, act.side)} plugged in again."


def _cables(name: str, side: Side | None) -> str:
    return f"Every device of {name} is" if side is None else f"The reader of {name}, side {side.value}, is"


def new_cameras(site: SiteHardware) -> list[tuple[CameraHardware, SimulatedCamera]]:
    """A simulated camera for each of the site's."""
    return [(hardware, SimulatedCamera(hardware.name)) for hardware in site.cameras]
