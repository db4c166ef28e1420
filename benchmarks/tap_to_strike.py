"""From a card at the reader to the output command at the door, beside libosdp's own stock Python loop.

Both drive the same simulated readers (up to four on a bus) and door device, which play in a process of their own
behind serial lines (ptys) with OSDP secure channel; every tap is at one of the readers, at random.

Ours is the whole controller: driver, decision, journal
with its fsync, and only then the output command, plus green light and tone. The peer is the `osdp`
package's ControlPanel as it comes, whose event handler sends the output command at once: it decides
nothing and writes nothing down.
"""

import argparse
import asyncio
import json
import math
import multiprocessing
import random
import secrets
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import osdp
import osdp_sys
import serial

from doorward.acs.decision.card_format import H10301, encode_h10301
from doorward.acs.decision.policy import (
    AccessRulePolicy,
    CardholderPolicy,
    CredentialPolicy,
    DoorPolicy,
    DoorSide,
    Policy,
    ReaderPolicy,
    Side,
)
from doorward.acs.decision.schedule import Interval, Schedule
from doorward.acs.devices import InputLine, LockLine, OsdpDevice, ReaderLine, Wiring
from doorward.acs.doors.wiring import InputPurpose
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import (
    Hello,
    JournalAck,
    JournalBatch,
    JournalRecord,
    PolicySnapshot,
    Welcome,
)
from doorward.hardware.controller import Controller
from doorward.hardware.drivers import Drivers
from doorward.hardware.journal import Entry, Journal
from doorward.hardware.link import LinkClosed, ServerEnd, memory_link
from doorward.hardware.simulators.door import DoorSpec, SimulatedDoor
from doorward.hardware.simulators.reader_buses import reader_buses, wired_to
from doorward.hardware.simulators.site import SimulatedSite
from doorward.hardware.simulators.site_spec import SiteSpec

FACILITY, NUMBER = 17, 1042
DOOR_ADDRESS = 2
ON_A_BUS = 4
PULSE_MS = 100
WARM_UP_TAPS = 5
NO_ANSWER_S = 2.0
READY_S = 30.0
GAP_S = (0.05, 0.15)
"""Between taps, at random: so that they fall anywhere between two polls."""
AIM_MS = 70.0


@dataclass(frozen=True, slots=True)
class Wires:
    """Where the devices are found, and the key of the door's."""

    folder: Path
    readers: int
    door_key: bytes

    @property
    def field(self) -> SiteSpec:
        """The readers, as they are simulated."""
        return reader_buses(-(-self.readers // ON_A_BUS), min(self.readers, ON_A_BUS))

    @property
    def door_port(self) -> Path:
        """The line of the door's device."""
        return self.folder / "door"

    @property
    def reader_devices(self) -> list[OsdpDevice]:
        """The readers, as a controller is told of them."""
        return wired_to(self.field, self.folder)


@dataclass(frozen=True, slots=True)
class Measured:
    """The taps in milliseconds, and the share of one core that the driving process used meanwhile."""

    times: list[float]
    cpu_percent: float


def main() -> None:
    """Measure both, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--taps", type=int, default=75, help="measured taps for each (default: 75)")
    parser.add_argument("--readers", default="1", help="numbers of readers, for example 1,16,64 (default: 1)")
    parser.add_argument("--journal-dir", type=Path, help="where the journal is written (default: a new folder)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    osdp_sys.set_loglevel(osdp_sys.LOG_CRIT)
    with ExitStack() as stack:
        folder = options.journal_dir or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        fsync_ms = commit_ms(folder)
        found: dict[int, tuple[Measured, Measured]] = {}
        for readers in (int(part) for part in options.readers.split(",")):
            found[readers] = (
                measure(our_controller, folder / f"ours{readers}", readers, options),
                measure(stock_loop, folder / f"peer{readers}", readers, options),
            )
    report(found, fsync_ms)


def report(found: dict[int, tuple[Measured, Measured]], fsync_ms: float) -> None:
    """The table, and the one line for programs. Its main figures are those of the fewest readers."""
    out = sys.stdout.write
    ours, peer = found[min(found)][0].times, found[min(found)][1].times
    out(f"card presented -> output command at the door, {len(ours)} taps each, secure channel, milliseconds\n")
    out(f"{'':<46}{'p50':>8}{'p95':>8}{'p99':>8}{'worst':>8}{'CPU %':>8}\n")
    for readers, both in found.items():
        names = ("doorward (with journal and decision)", "libosdp's stock loop (neither)")
        for name, measured in zip(names, both, strict=True):
            figures = [*percentiles(measured.times).values(), max(measured.times), measured.cpu_percent]
            out(f"{readers:>3} readers {name:<35}" + "".join(f"{figure:>8.1f}" for figure in figures) + "\n")
    p95 = percentiles(ours)["p95"]
    out(f"one durable journal entry takes {fsync_ms:.2f} ms (median) on this disk\n")
    out(f"the aim is p95 <= {AIM_MS:.0f} ms: {'reached' if p95 <= AIM_MS else 'missed'}\n")
    result = {
        "name": "tap_to_strike",
        "unit": "ms",
        "ours": percentiles(ours),
        "peer": percentiles(peer),
        "ratio": {name: round(value / percentiles(ours)[name], 2) for name, value in percentiles(peer).items()},
        "ratio_unit": "peer / ours (above 1: ours is faster)",
        "readers": {
            readers: {
                name: {**percentiles(measured.times), "cpu_percent": round(measured.cpu_percent, 1)}
                for name, measured in zip(("ours", "peer"), both, strict=True)
            }
            for readers, both in found.items()
        },
    }
    out(json.dumps(result) + "\n")


def percentiles(times: list[float]) -> dict[str, float]:
    """Nearest rank: each is a time that was really measured."""
    ordered = sorted(times)
    return {f"p{percent}": round(ordered[math.ceil(len(ordered) * percent / 100) - 1], 1) for percent in (50, 95, 99)}


def commit_ms(folder: Path) -> float:
    """What the disk asks for one durable journal entry: the median of 50."""
    times = []
    with Journal(folder / "fsync.db", secrets.token_bytes(32)) as journal:
        for _ in range(50):
            record = JournalRecord(0, "boot", datetime.now(UTC), 0, EventType.DOOR_OPENED, "bench")
            began = time.perf_counter()
            journal.append(Entry([record]))
            times.append((time.perf_counter() - began) * 1000)
    return sorted(times)[len(times) // 2]


def measure(drive: Any, folder: Path, readers: int, options: argparse.Namespace) -> Measured:
    """What the taps took while `drive` (a context) drives the simulated door."""
    folder.mkdir(exist_ok=True)
    wires = Wires(folder, readers, secrets.token_bytes(16))
    context = multiprocessing.get_context("spawn")
    near, far = context.Pipe()
    hardware = context.Process(target=play_hardware, args=(far, wires, options.taps, options.seed))
    hardware.start()
    try:
        if near.recv() != "powered":
            raise SystemExit("the simulated hardware did not start")
        with drive(folder, wires):
            near.send("tap")
            used, began = time.process_time(), time.monotonic()
            answer = near.recv()
            share = (time.process_time() - used) / (time.monotonic() - began)
    finally:
        near.close()
        hardware.join(NO_ANSWER_S)
        hardware.kill()
        hardware.join()
    if isinstance(answer, str):
        raise SystemExit(answer)
    return Measured(answer, share * 100)


def play_hardware(parent: Connection, wires: Wires, taps: int, seed: int) -> None:
    """The other process: the reader, the door, and the person with the card, who holds the stopwatch."""
    osdp_sys.set_loglevel(osdp_sys.LOG_CRIT)
    released, locked = threading.Event(), threading.Event()
    released_at = [0.0]

    def on_strike(_: str, energised: bool, __: float) -> None:
        if energised:
            released_at[0] = time.perf_counter()
            released.set()
        else:
            locked.set()

    door = SimulatedDoor(DoorSpec("bench", wires.door_port, DOOR_ADDRESS, wires.door_key, ()), on_strike=on_strike)
    readers = [device.id for device in wires.reader_devices]
    dice = random.Random(seed)

    def tap() -> float | None:
        released.clear()
        locked.clear()
        began = time.perf_counter()
        field.badge(dice.choice(readers), encode_h10301(FACILITY, NUMBER))
        if not released.wait(NO_ANSWER_S):
            return None
        took_ms = (released_at[0] - began) * 1000
        locked.wait(NO_ANSWER_S)
        time.sleep(dice.uniform(*GAP_S))
        return took_ms

    field = SimulatedSite(wires.field, wires.folder, lambda _: None)
    door.start()
    field.start()
    try:
        parent.send("powered")
        parent.recv()
        warm, give_up = 0, time.monotonic() + READY_S
        while warm < WARM_UP_TAPS and time.monotonic() < give_up:
            warm += tap() is not None
        times = [tap() for _ in range(taps)] if warm == WARM_UP_TAPS else [None]
        lost = times.count(None)
        parent.send(f"{lost} of {len(times)} taps released no strike: nothing to compare" if lost else times)
    finally:
        field.stop()
        door.stop()


@contextmanager
def our_controller(folder: Path, wires: Wires) -> Iterator[None]:
    """The controller as `doorward serve` runs it, with a server at its link that stores what it is sent."""
    loop = asyncio.new_event_loop()
    controller_end, server_end = memory_link(loop)
    server = threading.Thread(target=lambda: loop.run_until_complete(serve(server_end, snapshot(wires))), name="server")
    server.start()
    try:
        with Controller("bench", folder / "journal.db", secrets.token_bytes(32), Drivers) as controller:
            controller.attach(controller_end)
            yield
    finally:
        server_end.close()
        server.join()
        loop.close()


async def serve(link: ServerEnd, policy: PolicySnapshot) -> None:
    """Play the server until the link closes."""
    while True:
        try:
            message = await link.receive()
        except LinkClosed:
            return
        match message:
            case Hello():
                link.send(Welcome(0))
                link.send(policy)
            case JournalBatch():
                link.send(JournalAck(message.records[-1].sequence))


def snapshot(wires: Wires) -> PolicySnapshot:
    """One door, one reader, one card that may always pass."""
    always = Schedule("always", "Always", tuple((Interval(0, 1440),) for _ in range(7)))
    policy = Policy(
        1,
        "UTC",
        doors=(DoorPolicy("door", "Bench", access_time_ms=PULSE_MS),),
        readers=tuple(ReaderPolicy(f"reader {device.id}", "door", Side.A) for device in wires.reader_devices),
        credentials=(CredentialPolicy("card", "person", H10301, FACILITY, NUMBER),),
        cardholders=(CardholderPolicy("person"),),
        schedules=(always,),
        rules=(AccessRulePolicy("rule", "Rule", (), ("person",), ("always",), (DoorSide("door", Side.A),)),),
    )
    wiring = Wiring(
        (
            *wires.reader_devices,
            OsdpDevice("door-io", str(wires.door_port), DOOR_ADDRESS, wires.door_key),
        ),
        tuple(ReaderLine(f"reader {device.id}", "door", device.id) for device in wires.reader_devices),
        (LockLine("door", "door-io", 0),),
        (InputLine("door", InputPurpose.POSITION, "door-io", 0),),
    )
    return PolicySnapshot(policy, wiring)


class SerialChannel(osdp.Channel):  # type: ignore[misc]
    """A serial port for the stock loop: reads and writes that never wait."""

    def __init__(self, port: str) -> None:
        super().__init__()
        self._serial = serial.Serial(port, 115_200, timeout=0, write_timeout=0, exclusive=True)
        self.id = self._serial.fileno()

    def read(self, max_bytes: int) -> bytes:
        return bytes(self._serial.read(max_bytes))

    def write(self, buf: bytes) -> int:
        return int(self._serial.write(buf) or 0)

    def flush(self) -> None:
        self._serial.reset_input_buffer()

    def close(self) -> None:
        self._serial.close()


@contextmanager
def stock_loop(_: Path, wires: Wires) -> Iterator[None]:
    """The `osdp` package's control panel with an event handler that releases the strike for every card."""
    door_line = SerialChannel(str(wires.door_port))
    secure = [osdp.LibFlag.EnforceSecure]
    door_device = osdp.PDInfo(DOOR_ADDRESS, door_line, scbk=wires.door_key, flags=secure)
    lines = {port: SerialChannel(port) for port in {device.port for device in wires.reader_devices}}
    on_port: dict[str, list[osdp.PDInfo]] = {}
    for device in wires.reader_devices:
        info = osdp.PDInfo(device.address, lines[device.port], scbk=device.key, flags=secure)
        on_port.setdefault(device.port, []).append(info)
    release = {
        "command": osdp.Command.Output,
        "output_no": 0,
        "control_code": 5,  # on for a time
        "timer_count": PULSE_MS // 100,
    }

    def on_event(_: int, event: dict[str, Any]) -> int:
        # Not the wrapper's own submit_command: its lock is held while it calls this handler.
        if event["event"] == osdp.Event.CardRead:
            door.ctx.submit_command(0, release)
        return 0

    door = osdp.ControlPanel([door_device], log_level=osdp.LogLevel.Critical, event_handler=on_event)
    panels = [
        door,
        *(
            osdp.ControlPanel(devices, log_level=osdp.LogLevel.Critical, event_handler=on_event)
            for devices in on_port.values()
        ),
    ]
    for panel in panels:
        panel.start()
    try:
        if not all(panel.sc_wait_all(timeout=int(READY_S)) for panel in panels):
            raise SystemExit("the stock loop brought no secure channel up")
        yield
    finally:
        for panel in panels:
            panel.teardown()
        for line in (door_line, *lines.values()):
            line.close()


if __name__ == "__main__":
    main()
