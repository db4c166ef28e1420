"""The simulated site: acts reach the right door, and cameras see what their doors do."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from doorward.acs.decision.card_format import CardBits, encode_h10301
from doorward.acs.decision.policy import Side
from doorward.demo.acts import Badge, DoorAct, Force, Hold, PressExit, Replug, Unplug
from doorward.demo.burnt_in import DOCK, ENTRANCE, OFFICE, SERVER_ROOM, new_hardware
from doorward.demo.directory import DemoDirectory
from doorward.demo.errors import ActRefused
from doorward.demo.simulation import PlayDoor, Simulation
from doorward.demo.strike_log import StrikeLog, read_strike_log
from doorward.hardware.simulators.door import DoorSpec


class RecordingDoor:
    """Stands in for a SimulatedDoor: writes down what it is asked, and lets the test move it."""

    def __init__(self, spec: DoorSpec, on_door_moved: object, on_strike: object) -> None:
        self.spec = spec
        self.on_door_moved = on_door_moved
        self.on_strike = on_strike
        self.asked: list[tuple[object, ...]] = []
        self.running = False
        self.breaks = False

    def start(self) -> None:
        if self.breaks:
            raise OSError("no more pseudo-terminals")
        self.running = True

    def stop(self) -> None:
        self.running = False

    def badge(self, side: Side, bits: CardBits) -> None:
        if side not in {reader.side for reader in self.spec.readers}:
            raise ValueError(f"{self.spec.name} has no reader on side {side}.")
        self.asked.append(("badge", side, bits))

    def rex(self) -> None:
        self.asked.append(("rex",))

    def force(self) -> None:
        self.asked.append(("force",))

    def hold(self, seconds: float) -> None:
        self.asked.append(("hold", seconds))

    def unplug(self, side: Side | None) -> None:
        self.asked.append(("unplug", side))

    def replug(self, side: Side | None) -> None:
        self.asked.append(("replug", side))


class RecordingCamera:
    """Stands in for a SimulatedCamera."""

    def __init__(self) -> None:
        self.running = False
        self.moves: list[bool] = []

    def start(self) -> None:
        self.running = True

    def stop(self) -> None:
        self.running = False

    def door_moved(self, is_open: bool) -> None:
        self.moves.append(is_open)


@dataclass
class Stage:
    simulation: Simulation
    strikes: Path
    doors: dict[str, RecordingDoor] = field(default_factory=dict)
    cameras: dict[str, RecordingCamera] = field(default_factory=dict)

    @property
    def devices(self) -> list[RecordingDoor | RecordingCamera]:
        return [*self.doors.values(), *self.cameras.values()]

    def move(self, door: str, *positions: bool) -> None:
        for is_open in positions:
            moved = self.doors[door].on_door_moved
            assert callable(moved)
            moved(door, is_open)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    directory = DemoDirectory.at(tmp_path)
    site = new_hardware(directory, 4711)
    doors: dict[str, RecordingDoor] = {}
    cameras = {camera.name: RecordingCamera() for camera in site.cameras}

    def play(spec: DoorSpec, on_door_moved: object, on_strike: object) -> RecordingDoor:
        doors[spec.name] = RecordingDoor(spec, on_door_moved, on_strike)
        return doors[spec.name]

    play_door: PlayDoor = play
    with closing(StrikeLog(directory.strike_log)) as strikes:
        pairs = [(camera, cameras[camera.name]) for camera in site.cameras]
        simulation = Simulation(directory, site, strikes, pairs, play_door)
        yield Stage(simulation, directory.strike_log, doors, cameras)


CARD = encode_h10301(17, 1042)


@pytest.mark.parametrize(
    "act,asked",
    [
        (Badge(ENTRANCE, Side.B, 17, 1042), ("badge", Side.B, CARD)),
        (Badge(ENTRANCE, Side.A, bits=CARD.as_text()), ("badge", Side.A, CARD)),
        (Badge(ENTRANCE, Side.A, bits="0001"), ("badge", Side.A, CardBits.from_int(1, 4))),
        (PressExit(ENTRANCE), ("rex",)),
        (Force(ENTRANCE), ("force",)),
        (Hold(ENTRANCE, 20), ("hold", 20)),
        (Unplug(ENTRANCE, Side.A), ("unplug", Side.A)),
        (Unplug(ENTRANCE), ("unplug", None)),
        (Replug(ENTRANCE), ("replug", None)),
    ],
)
def test_an_act_reaches_its_door_and_is_confirmed_in_words(
    stage: Stage, act: DoorAct, asked: tuple[object, ...]
) -> None:
    assert ENTRANCE in stage.simulation.perform(act)
    assert stage.doors[ENTRANCE].asked == [asked]
    assert not any(door.asked for name, door in stage.doors.items() if name != ENTRANCE)


@pytest.mark.parametrize("name", ["main entrance", " Main Entrance ", "main-entrance"])
def test_a_door_is_found_however_its_name_is_typed(stage: Stage, name: str) -> None:
    stage.simulation.perform(Force(name))
    assert stage.doors[ENTRANCE].asked == [("force",)]


@pytest.mark.parametrize(
    "act,words",
    [
        (Force("Cellar"), "The doors are: Main entrance, Office, Server room, Loading dock"),
        (Badge(OFFICE, Side.B, 17, 1042), "Office has no reader on side B"),
        (Badge(OFFICE, Side.A, 256, 1042), "facility code of a 26-bit card is 0 to 255"),
        (Badge(OFFICE, Side.A, 17, 65536), "number of a 26-bit card is 0 to 65535"),
        (Badge(OFFICE, Side.A, bits="01x1"), "each 0 or 1"),
        (Badge(OFFICE, Side.A, bits=""), "each 0 or 1"),
        (Badge(OFFICE, Side.A, bits="1" * 257), "1 to 256 digits"),
        (Hold(OFFICE, 0), "more than 0 seconds"),
        (Hold(OFFICE, float("nan")), "more than 0 seconds"),
    ],
)
def test_what_cannot_be_done_is_refused_with_what_could_be(stage: Stage, act: DoorAct, words: str) -> None:
    with pytest.raises(ActRefused, match=words):
        stage.simulation.perform(act)
    assert not any(door.asked for door in stage.doors.values())


def test_only_the_camera_that_sees_a_door_shows_it_move(stage: Stage) -> None:
    stage.move(SERVER_ROOM, True, False)
    stage.move(DOCK, True, False)
    assert stage.cameras["Dock camera"].moves == [True, False, True, False]
    assert stage.cameras["Entrance camera"].moves == []


def test_each_opening_lets_somebody_walk_even_while_another_door_of_the_scene_is_open(stage: Stage) -> None:
    stage.move(ENTRANCE, True)
    stage.move(OFFICE, True, False)
    assert stage.cameras["Entrance camera"].moves == [True, False, True]
    stage.move(ENTRANCE, False)
    assert stage.cameras["Entrance camera"].moves == [True, False, True, False]


def test_strike_movements_are_logged(stage: Stage) -> None:
    on_strike = stage.doors[OFFICE].on_strike
    assert callable(on_strike)
    on_strike(OFFICE, True, 1_800_000_000.5)
    (move,) = read_strike_log(stage.strikes)
    assert (move.door, move.energised, move.time.timestamp()) == (OFFICE, True, 1_800_000_000.5)


def test_everything_runs_between_start_and_stop(stage: Stage) -> None:
    stage.simulation.start()
    assert all(device.running for device in stage.devices)
    stage.simulation.stop()
    assert not any(device.running for device in stage.devices)
    stage.simulation.stop()


def test_a_device_that_cannot_start_leaves_none_running(stage: Stage) -> None:
    stage.doors[DOCK].breaks = True
    with pytest.raises(OSError, match="no more pseudo-terminals"):
        stage.simulation.start()
    assert not any(device.running for device in stage.devices)
