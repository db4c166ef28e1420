"""A simulated site: all its devices and doors, on one thread that sleeps until there is something to do."""

import heapq
import itertools
import logging
import os
import random
import select
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path

from doorward.acs.decision.card_format import CardBits
from doorward.acs.doors.wiring import Circuit, InputPurpose
from doorward.hardware.simulators.aux_output import SiteAuxOutput
from doorward.hardware.simulators.drop import Drop, Trunk
from doorward.hardware.simulators.fault import NO_FAULTS, Faults, Tally
from doorward.hardware.simulators.happening import Happening
from doorward.hardware.simulators.line import SerialLine
from doorward.hardware.simulators.site_device import SiteDevice
from doorward.hardware.simulators.site_door import SiteDoor
from doorward.hardware.simulators.site_spec import SiteSpec
from doorward.hardware.simulators.wiegand_reader import SiteConverter, SiteWiegandReader
from doorward.hardware.wiegand.codecs import CODECS

TICK_S = 0.1
"""Every device looks at its own time-outs this often."""

Action = Callable[[float], None]
OnHappening = Callable[[Happening], None]

logger = logging.getLogger(__name__)


class SimulatedSite:
    """Plays from `start` to `stop`. The actions may be called from any thread; they return at once.

    Devices and doors are named as in the specification, which `check_site` found sound. `on_happening` is called
    on the site's thread and must return at once.
    """

    def __init__(
        self,
        spec: SiteSpec,
        ports: Path,
        on_happening: OnHappening,
        seed: int = 0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """The serial ports are made in `ports`. Faults are diced with `seed`. `monotonic` is in seconds."""
        self.spec = spec
        self._ports = ports
        self._on_happening = on_happening
        self._seed = seed
        self._monotonic = monotonic
        self._trunks: dict[str, Trunk] = {}
        self._devices: dict[str, SiteDevice] = {}
        self._converters: dict[str, SiteConverter] = {}
        self._wiegand_readers: dict[str, SiteWiegandReader] = {}
        self._doors: dict[str, SiteDoor] = {}
        self._doors_on: dict[str, list[SiteDoor]] = {}
        self._aux_on: dict[str, list[SiteAuxOutput]] = {}
        self._door_of_reader: dict[str, SiteDoor] = {}
        self._trunk_of: dict[int, Trunk] = {}
        self._device_of: dict[Drop, SiteDevice] = {}
        self._restless: set[SiteDevice] = set()
        self._touched: set[SiteDoor] = set()
        self._inbox: list[Action] = []
        self._inbox_lock = threading.Lock()
        self._later: list[tuple[float, int, Action]] = []
        self._numbers = itertools.count()
        self._wake = -1
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Put the devices on their ports. Raises OSError, with nothing left behind."""
        with ExitStack() as undo:
            for port in dict.fromkeys(device.port for device in self.spec.devices):
                self._trunks[port] = Trunk(self._ports / port)
                undo.callback(self._trunks[port].close)
            for reader in self.spec.wiegand_readers:
                if reader.port not in self._converters:
                    line = SerialLine(self._ports / reader.port)
                    undo.callback(line.close)
                    self._converters[reader.port] = SiteConverter(line, CODECS[reader.framing])
            self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
            undo.pop_all()
        for device in self.spec.devices:
            dice = random.Random(f"{self._seed}/{device.name}")  # noqa: S311 - dice, not secrets
            self._devices[device.name] = SiteDevice(device, self._trunks[device.port], dice, self._monotonic)
        for reader in self.spec.wiegand_readers:
            self._wiegand_readers[reader.name] = SiteWiegandReader(reader, self._converters[reader.port])
        self._trunk_of = {trunk.line.fileno: trunk for trunk in self._trunks.values()}
        self._device_of = {device.drop: device for device in self._devices.values()}
        for door in self.spec.doors:
            self._add(SiteDoor(door, self._devices))
        for output in self.spec.aux_outputs:
            hung = SiteAuxOutput(output, self._devices[output.device])
            self._aux_on.setdefault(output.device, []).append(hung)
        for contact in self.spec.aux_inputs:
            at_rest = contact.active_when is Circuit.OPEN
            self._devices[contact.device].set_input(contact.input, at_rest)
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="simulated site", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take the devices and their ports away. Harmless when not started."""
        if self._thread is None:
            return
        self._stopping = True
        os.eventfd_write(self._wake, 1)
        self._thread.join()
        self._thread = None
        for trunk in self._trunks.values():
            trunk.close()
        for converter in self._converters.values():
            converter.line.close()
        os.close(self._wake)

    def online(self) -> frozenset[str]:
        """The devices that a controller speaks with over the secure channel. From any thread."""
        return frozenset(name for name, device in self._devices.items() if device.online)

    def tallies(self) -> dict[str, Tally]:
        """What was done to each device's frames. From any thread."""
        return {name: device.disturbance.tally for name, device in self._devices.items()}

    # What people do.

    def badge(self, reader: str, bits: CardBits, walk: bool = True) -> None:
        """Somebody shows a card at a reader, and walks through (unless not `walk`) if the strike releases."""
        self._do(self._each_reader([reader], lambda device: device.present(bits)))
        door = self._door_of_reader.get(reader)
        if walk and door is not None:
            self._at_door(door.spec.name, lambda door, now: door.mechanics.arrive(now))

    def press(self, reader: str, keys: str) -> None:
        """Somebody presses keys (0-9, * and #) at a reader."""
        self._do(self._each_reader([reader], lambda device: device.press(keys)))

    def rex(self, door: str) -> None:
        """Somebody presses the exit button and leaves."""
        self._at_door(door, lambda door, now: door.mechanics.press_rex(now))

    def force(self, door: str) -> None:
        """Somebody breaks the door open."""
        self._at_door(door, lambda door, now: door.mechanics.force(now))

    def hold(self, door: str, seconds: float) -> None:
        """Somebody keeps the door open for `seconds`; if it is closed, by coming out."""
        self._at_door(door, lambda door, now: door.mechanics.hold(seconds, now))

    def switch(self, door: str, purpose: InputPurpose, active: bool) -> None:
        """The emergency or tamper contact of a door."""
        self._at_door(door, lambda door, _: door.switch(purpose, active))

    def set_input(self, device: str, number: int, active: bool) -> None:
        """An input that is on no door."""
        self._do(self._each([device], lambda device: device.set_input(number, active)))

    # What becomes of the hardware.

    def plug(self, devices: Iterable[str], plugged: bool) -> None:
        """Cut or mend cables."""
        self._do(self._each_reader(devices, lambda device: device.plug(plugged)))

    def tamper(self, devices: Iterable[str], active: bool) -> None:
        """Housings are opened or shut."""
        self._do(self._each_reader(devices, lambda device: device.tamper(active)))

    def power_cycle(self, devices: Iterable[str], off_s: float) -> None:
        """Take the power away, and give it back after `off_s`."""
        names = list(devices)
        self._do(self._each(names, lambda device: device.power(False)))
        back = self._each(names, lambda device: device.power(True))
        self._do(lambda now: self._then(now + off_s, back))

    def suffer(self, devices: Iterable[str], faults: Faults, seconds: float | None = None) -> None:
        """This is wrong with the devices from now on, and nothing else; for good, or for `seconds`."""
        names = list(devices)
        self._do(self._each(names, lambda device: device.suffer(faults)))
        if seconds is not None:
            mended = self._each(names, lambda device: device.suffer(NO_FAULTS))
            self._do(lambda now: self._then(now + seconds, mended))

    # The thread.

    def _add(self, door: SiteDoor) -> None:
        self._doors[door.spec.name] = door
        for lock in door.spec.locks:
            self._doors_on.setdefault(lock.device, []).append(door)
        for reader in door.spec.readers:
            self._door_of_reader[reader.device] = door

    def _do(self, action: Action) -> None:
        if self._thread is None:
            raise ValueError("The simulated site is not started.")
        with self._inbox_lock:
            self._inbox.append(action)
        os.eventfd_write(self._wake, 1)

    def _then(self, at: float, action: Action) -> None:
        heapq.heappush(self._later, (at, next(self._numbers), action))

    def _at_door(self, name: str, action: Callable[[SiteDoor, float], None]) -> None:
        door = self._doors[name]

        def act(now: float) -> None:
            action(door, now)
            self._touched.add(door)

        self._do(act)

    def _each_reader(self, names: Iterable[str], action: Callable[[SiteDevice | SiteWiegandReader], None]) -> Action:
        """As `_each`, for what every kind of reader can do."""
        named = list(names)
        wiegand = [self._wiegand_readers[name] for name in named if name in self._wiegand_readers]
        on_devices = self._each([name for name in named if name not in self._wiegand_readers], action)

        def act(now: float) -> None:
            on_devices(now)
            for reader in wiegand:
                action(reader)

        return act

    def _each(self, names: Iterable[str], action: Callable[[SiteDevice], None]) -> Action:
        devices = [self._devices[name] for name in names]

        def act(_: float) -> None:
            for device in devices:
                action(device)
            self._restless.update(devices)

        return act

    def _run(self) -> None:
        self._touched.update(self._doors.values())
        next_tick = self._monotonic()
        with select.epoll() as poller:
            for trunk in self._trunks.values():
                poller.register(trunk.line.fileno, select.EPOLLIN)
            converters = {converter.line.fileno: converter for converter in self._converters.values()}
            for descriptor, converter in converters.items():
                poller.register(descriptor, select.EPOLLIN)
                self._beat(converter, next_tick)
            poller.register(self._wake, select.EPOLLIN)
            while not self._stopping:
                due = min(next_tick, self._later[0][0]) if self._later else next_tick
                ready = [descriptor for descriptor, _ in poller.poll(max(0.0, due - self._monotonic()))]
                now = self._monotonic()
                for action in self._due(now):
                    action(now)
                self._receive([one for one in ready if one not in converters], now)
                for descriptor in converters.keys() & set(ready):
                    converters[descriptor].drain()
                if now >= next_tick:
                    next_tick = now + TICK_S
                    self._restless.update(self._devices.values())
                self._work(now)

    def _beat(self, converter: SiteConverter, now: float) -> None:
        """Where a framing has heartbeats, its converter sends them."""
        every_s = converter.codec.framing.heartbeat_s
        if every_s is not None:
            converter.beat()
            self._then(now + every_s, lambda later: self._beat(converter, later))

    def _due(self, now: float) -> list[Action]:
        with self._inbox_lock:
            actions, self._inbox = self._inbox, []
        while self._later and self._later[0][0] <= now:
            actions.append(heapq.heappop(self._later)[2])
        return actions

    def _receive(self, ready: list[int], now: float) -> None:
        for descriptor in ready:
            if descriptor == self._wake:
                os.eventfd_read(self._wake)
            else:
                self._restless.update(self._device_of[drop] for drop in self._trunk_of[descriptor].receive(now))

    def _work(self, now: float) -> None:
        """Let every device that has something to do, and then every door, do it."""
        self._refresh(now)
        while self._touched:
            self._move(self._touched.pop(), now)
        self._refresh(now)

    def _refresh(self, now: float) -> None:
        while self._restless:
            device = self._restless.pop()
            for happening in device.refresh(now):
                self._tell(happening)
            if device.outputs_changed:
                device.outputs_changed = False
                self._touched.update(self._doors_on.get(device.spec.name, ()))
                self._look(device.spec.name, now)
            held_until = device.drop.next_due()
            if held_until is not None:
                self._then(held_until, self._each([device.spec.name], lambda _: None))

    def _look(self, device: str, now: float) -> None:
        """See what hangs on a device's outputs, and again when a pulse of it ends."""
        for output in self._aux_on.get(device, ()):
            for happening in output.look(now):
                self._tell(happening)
            due = output.next_due(now)
            if due is not None:
                self._then(due, lambda later: self._look(device, later))

    def _move(self, door: SiteDoor, now: float) -> None:
        for happening in door.move(now):
            self._tell(happening)
        self._restless.update(self._devices[contact.device] for contact in door.spec.contacts)
        due = door.next_due(now)
        if due is not None and due != door.wakes_at:
            door.wakes_at = due
            self._then(due, lambda _: self._touched.add(door))

    def _tell(self, happening: Happening) -> None:
        try:
            self._on_happening(happening)
        except Exception:
            logger.exception("a listener of the simulated site failed")
