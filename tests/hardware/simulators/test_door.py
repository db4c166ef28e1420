"""The simulated door as the real driver meets it: over serial lines and a secure channel."""

import secrets
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from doorward.acs.decision.card_format import CardBits, encode_h10301
from doorward.acs.decision.policy import Side
from doorward.acs.devices import OsdpDevice
from doorward.hardware.driver import (
    CardRead,
    DeviceOffline,
    DeviceOnline,
    InputsChanged,
    OutputState,
    SetOutput,
)
from doorward.hardware.osdp.driver import OsdpDriver
from doorward.hardware.simulators.door import DoorSpec, ReaderSpec, SimulatedDoor
from tests.hardware.osdp.world import Heard, driving

CARD = encode_h10301(17, 1042)
OPEN, CLOSED = (True, False, False, False), (False, False, False, False)
EXIT_PRESSED = (False, True, False, False)


@dataclass(frozen=True)
class Moved:
    """The door leaf moved."""

    door: str
    is_open: bool


@dataclass(frozen=True)
class Struck:
    """The strike output changed."""

    door: str
    energised: bool
    at: float


@dataclass(frozen=True)
class Place:
    """A simulated door with everything that is told about it."""

    door: SimulatedDoor
    driver: OsdpDriver
    told: Heard
    seen: Heard


def new_spec(directory: Path) -> DoorSpec:
    def key() -> bytes:
        return secrets.token_bytes(16)

    readers = (
        ReaderSpec(Side.A, directory / "main-a", 1, key()),
        ReaderSpec(Side.B, directory / "main-b", 2, key()),
    )
    return DoorSpec("Main entrance", directory / "main-io", 3, key(), readers)


def wiring(spec: DoorSpec) -> list[OsdpDevice]:
    return [
        OsdpDevice("io", str(spec.link), spec.address, spec.key),
        *(OsdpDevice(side.side, str(side.link), side.address, side.key) for side in spec.readers),
    ]


@contextmanager
def started(spec: DoorSpec, seen: Callable[[object], None]) -> Iterator[SimulatedDoor]:
    door = SimulatedDoor(
        spec,
        lambda name, is_open: seen(Moved(name, is_open)),
        lambda name, energised, at: seen(Struck(name, energised, at)),
    )
    door.start()
    try:
        yield door
    finally:
        door.stop()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A started door, driven by the real driver, with all its devices online."""
    told, seen = Heard(), Heard()
    spec = new_spec(tmp_path / "dev")
    with started(spec, seen) as door, driving(wiring(spec), told) as driver:
        for device_id in ("io", "A", "B"):
            told.next(DeviceOnline, device_id)
        assert told.next(InputsChanged, "io").inputs == CLOSED
        yield Place(door, driver, told, seen)


@pytest.mark.parametrize("side", Side)
def test_a_badge_is_read_at_its_side_and_the_release_lets_the_person_through(place: Place, side: Side) -> None:
    place.door.badge(side, CARD)
    assert place.told.next(CardRead, side).bits.as_text() == CARD.as_text()
    before = time.time()
    place.driver.submit(SetOutput("io", 0, OutputState.PULSE, 1_000))
    assert [place.seen.next(Moved, after=count).is_open for count in range(2)] == [True, False]
    assert [place.told.next(InputsChanged, "io", after=count).inputs for count in (1, 2)] == [OPEN, CLOSED]
    released, locked = (place.seen.next(Struck, after=count) for count in range(2))
    assert (released.energised, locked.energised) == (True, False)
    assert before <= released.at <= before + 2
    assert 0.9 < locked.at - released.at < 3


def test_the_device_ends_a_pulse_by_itself_when_the_controller_is_gone(tmp_path: Path) -> None:
    told, seen = Heard(), Heard()
    spec = new_spec(tmp_path)
    with started(spec, seen):
        with driving(wiring(spec), told) as driver:
            told.next(DeviceOnline, "io")
            driver.submit(SetOutput("io", 0, OutputState.PULSE, 300))
            assert seen.next(Struck).energised
        assert not seen.next(Struck, after=1).energised


def test_who_does_not_walk_through_leaves_the_door_shut(place: Place) -> None:
    place.door.badge(Side.A, CARD, walk_through=False)
    place.told.next(CardRead, "A")
    place.driver.submit(SetOutput("io", 0, OutputState.PULSE, 800))
    assert not place.seen.next(Struck, after=1).energised
    assert not place.seen.of(Moved)


def test_rex_is_told_as_pressed_then_the_door_opens(place: Place) -> None:
    place.door.rex()
    inputs = [place.told.next(InputsChanged, "io", after=count).inputs for count in range(1, 4)]
    assert inputs == [EXIT_PRESSED, CLOSED, OPEN]


def test_a_forced_door_opens_without_release(place: Place) -> None:
    place.door.force()
    assert place.told.next(InputsChanged, "io", after=1).inputs == OPEN
    assert place.seen.of(Moved) == [Moved("Main entrance", is_open=True)]
    assert not place.seen.of(Struck)


def test_hold_opens_and_keeps_open(place: Place) -> None:
    place.door.hold(0.3)
    assert [place.seen.next(Moved, after=count).is_open for count in range(2)] == [True, False]


def test_an_unplugged_reader_is_lost_alone_and_back_after_replug(place: Place) -> None:
    place.door.unplug(Side.B)
    place.told.next(DeviceOffline, "B")
    place.door.badge(Side.B, CARD)
    place.door.replug(Side.B)
    assert not place.told.next(CardRead, "B").fresh
    assert {event.device_id for event in place.told.of(DeviceOffline)} == {"B"}


def test_what_happened_while_unplugged_is_told_as_it_is_afterwards(place: Place) -> None:
    place.door.unplug()
    for device_id in ("io", "A", "B"):
        place.told.next(DeviceOffline, device_id)
    place.door.force()
    place.seen.next(Moved)
    place.door.replug()
    place.told.next(DeviceOnline, "io", after=1)
    assert place.told.next(InputsChanged, "io", after=1).inputs == OPEN


def test_what_happened_in_an_outage_too_short_to_be_noticed_is_told_after_it(place: Place) -> None:
    place.door.unplug()
    place.door.force()
    place.door.replug()
    assert place.told.next(InputsChanged, "io", after=1).inputs == OPEN
    assert not place.told.of(DeviceOffline)


def test_a_second_driver_is_told_the_inputs_again(place: Place) -> None:
    place.door.force()
    place.told.next(InputsChanged, "io", after=1)
    place.driver.stop()
    told = Heard()
    with driving(wiring(place.door.spec), told):
        assert told.next(InputsChanged, "io").inputs == OPEN


def test_a_side_without_a_reader_is_refused(tmp_path: Path) -> None:
    spec = new_spec(tmp_path)
    lone = DoorSpec(spec.name, spec.link, spec.address, spec.key, spec.readers[:1])
    with started(lone, Heard()) as door, pytest.raises(ValueError, match="no reader on side B"):
        door.badge(Side.B, CardBits.from_int(1, 26))


def test_an_action_on_a_stopped_door_is_refused(tmp_path: Path) -> None:
    door = SimulatedDoor(new_spec(tmp_path))
    with pytest.raises(ValueError, match="not started"):
        door.rex()


def test_start_replaces_the_links_of_a_killed_run_and_stop_removes_its_own(tmp_path: Path) -> None:
    spec = new_spec(tmp_path)
    spec.link.symlink_to(tmp_path / "gone")
    threads = set(threading.enumerate())
    with started(spec, Heard()):
        assert stat.S_ISCHR(spec.link.stat().st_mode)
    assert list(tmp_path.iterdir()) == []
    assert set(threading.enumerate()) == threads


def test_a_start_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "main-b").mkdir()
    with pytest.raises(OSError, match="main-b"):
        SimulatedDoor(new_spec(tmp_path)).start()
    assert [path.name for path in tmp_path.iterdir()] == ["main-b"]


def test_a_listener_that_fails_does_not_stop_the_door(tmp_path: Path) -> None:
    moved = threading.Semaphore(0)

    def fail(name: str, is_open: bool) -> None:
        moved.release()
        raise RuntimeError(f"{name} {is_open}")

    door = SimulatedDoor(new_spec(tmp_path), fail)
    door.start()
    door.hold(0.1)
    assert all(moved.acquire(timeout=5) for _ in range(2))
    door.stop()


def test_keys_are_not_shown() -> None:
    spec = new_spec(Path("dev"))
    assert str(spec.key) not in repr(spec)
    assert str(spec.readers[0].key) not in repr(spec)
