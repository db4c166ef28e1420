"""Each device is driven by the driver of its kind."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from doorward.acs.devices import Device
from doorward.hardware import drivers
from doorward.hardware.driver import CommandRefused, EventSink, OutputState, SetOutput
from doorward.hardware.drivers import Drivers
from tests.hardware.site import FakeDriver


@dataclass(frozen=True)
class Left:
    id: str


@dataclass(frozen=True)
class Right:
    id: str


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> dict[type, FakeDriver]:
    """The driver that was made for each kind."""
    found: dict[type, FakeDriver] = {}

    def maker(kind: type) -> drivers.MakeDriver:
        def make(devices: Sequence[Device], sink: EventSink) -> FakeDriver:
            found[kind] = FakeDriver(devices, sink)
            return found[kind]

        return make

    monkeypatch.setattr(drivers, "MAKERS", {kind: maker(kind) for kind in (Left, Right)})
    return found


def test_commands_go_to_the_driver_of_their_device_and_to_no_other(made: dict[type, FakeDriver]) -> None:
    both = Drivers([Left("a"), Right("b"), Left("c")], lambda event: None)  # type: ignore[list-item]
    both.start()
    command = SetOutput("b", 0, OutputState.ON)
    both.submit(command)
    assert (made[Left].commands, made[Right].commands) == ([], [command])
    assert [device.id for device in made[Left].devices] == ["a", "c"]
    with pytest.raises(CommandRefused, match="not configured"):
        both.submit(SetOutput("d", 0, OutputState.ON))


def test_all_are_stopped_even_when_one_fails(made: dict[type, FakeDriver], monkeypatch: pytest.MonkeyPatch) -> None:
    both = Drivers([Left("a"), Right("b")], lambda event: None)  # type: ignore[list-item]
    both.start()

    def fail() -> None:
        raise OSError("stuck")

    monkeypatch.setattr(made[Left], "stop", fail)
    with pytest.raises(OSError, match="stuck"):
        both.stop()
    assert not made[Right].running
