"""A device goes to another address and speed over the wire, and is found again whoever dies in between."""

import termios
from collections.abc import Callable
from pathlib import Path

import osdp_sys
import pytest

from doorward.acs.devices import OsdpDevice
from doorward.acs.messages import ORDER_ENDS, MoveOrder, OrderProgress, OrderStep
from doorward.hardware.driver import DeviceOffline, DeviceOnline, Maintained, PlaceTaken
from doorward.hardware.simulators.device import DOOR_IO_CAPABILITIES, READER_CAPABILITIES, SimulatedDevice
from doorward.hardware.simulators.line import SerialLine
from tests.hardware.osdp.wire import TappedLine
from tests.hardware.osdp.world import Bus, Heard, JumpingClock, Power, driving, eventually

NewLine = Callable[[str], SerialLine]
COMSET = 0x6E
SECURE_DATA = 0x17
"""The security block of a command whose data is encrypted."""


class SpeedyLine(TappedLine):
    """A line on which a device hears only those who speak at its own speed, as on a real one."""

    device: SimulatedDevice | None = None

    @property
    def in_step(self) -> bool:
        speed = termios.tcgetattr(self._far_end)[5]
        return self.device is None or speed == getattr(termios, f"B{self.device.baud}")

    def read(self, size: int) -> bytes:
        data = super().read(size)
        return data if self.in_step else b"\xf8" * len(data)

    def write(self, data: bytes) -> int:
        if not self.in_step:
            super().write(b"\x1e" * len(data))
            return len(data)
        return super().write(data)


@pytest.fixture
def line(tmp_path: Path) -> SpeedyLine:
    return SpeedyLine(tmp_path / "dev" / "reader")


def reader_on(line: SerialLine, key: bytes, address: int = 1, baud: int = 9_600) -> SimulatedDevice:
    reader = SimulatedDevice(line, address, key, READER_CAPABILITIES)
    reader.baud = baud
    if isinstance(line, SpeedyLine):
        line.device = reader
    return reader


def planned(line: SerialLine, key: bytes, address: int = 5, baud: int = 38_400) -> OsdpDevice:
    return OsdpDevice("reader", str(line.link), 1, key, 9_600, next_address=address, next_baud=baud)


def order(address: int = 5, baud: int = 38_400, seconds: float = 30.0) -> MoveOrder:
    return MoveOrder("order", "reader", address, baud, seconds)


def steps(told: Heard) -> list[OrderStep]:
    return [one.news.step for one in told.of(Maintained) if isinstance(one.news, OrderProgress)]


def ended(told: Heard) -> OrderStep:
    eventually(lambda: bool(ORDER_ENDS & set(steps(told))))
    return steps(told)[-1]


def test_a_reader_goes_to_its_new_address_and_speed_and_is_heard_there(
    key: bytes, told: Heard, line: SpeedyLine
) -> None:
    reader = reader_on(line, key)
    with Power(reader), driving([planned(line, key)], told) as driver:
        told.next(DeviceOnline, "reader")
        assert not told.of(PlaceTaken)
        driver.order(order())
        assert ended(told) is OrderStep.DONE
        assert steps(told) == [OrderStep.WAITING, OrderStep.RUNNING, OrderStep.DONE]
        assert told.of(PlaceTaken) == [PlaceTaken("reader", 5, 38_400)]
        assert (reader.address, reader.baud) == (5, 38_400)
        comset = [one for one in line.commands if one.code == COMSET]
        assert [(one.scs, one.has_mac) for one in comset] == [(SECURE_DATA, True)]
        # the server commits the place: the device stays online without noticing
        came_up = len(told.of(DeviceOnline))
        assert driver.rekey([OsdpDevice("reader", str(line.link), 5, key, 38_400)])
        (bus,) = driver.buses()
        before = bus.devices[0].counters.replies
        eventually(lambda: driver.buses()[0].devices[0].counters.replies > before + 5)
        assert (bus.baud, bus.devices[0].address, bus.devices[0].online) == (38_400, 5, True)
        assert len(told.of(DeviceOnline)) == came_up


def test_a_reader_that_refuses_to_move_stays_where_it_is(key: bytes, told: Heard, line: SpeedyLine) -> None:
    reader = reader_on(line, key)
    reader.refuses.add(osdp_sys.CMD_COMSET)
    with Power(reader), driving([planned(line, key)], told) as driver:
        told.next(DeviceOnline, "reader")
        driver.order(order())
        assert ended(told) is OrderStep.FAILED
        told.next(DeviceOnline, "reader", after=1)
        assert not told.of(PlaceTaken)
        assert driver.buses()[0].devices[0].address == 1


@pytest.mark.parametrize("gone", [True, False])
def test_a_controller_that_died_while_a_reader_moved_finds_it_wherever_it_is(
    gone: bool, key: bytes, told: Heard, line: SpeedyLine
) -> None:
    """Nobody wrote down that it went, or it was never told."""
    reader = reader_on(line, key, 5, 38_400) if gone else reader_on(line, key)
    with Power(reader), driving([planned(line, key)], told):
        told.next(DeviceOnline, "reader")
        assert told.of(PlaceTaken) == ([PlaceTaken("reader", 5, 38_400)] if gone else [])


def test_a_reader_that_lost_its_power_after_it_agreed_is_found_when_it_is_back(
    key: bytes, told: Heard, line: SpeedyLine
) -> None:
    reader = reader_on(line, key)
    with Power(reader) as power, driving([planned(line, key)], told) as driver:
        told.next(DeviceOnline, "reader")

        def cut_once_told(items: list[object]) -> bool:
            return reader.address == 5

        driver.order(order())
        power.commands.until(cut_once_told)
        power.plug(False, reader)
        power.do(lambda: reader.restart(key))
        told.until(lambda _: OrderStep.RUNNING in steps(told))
        power.plug(True, reader)
        assert ended(told) is OrderStep.DONE
        assert told.next(PlaceTaken, "reader") == PlaceTaken("reader", 5, 38_400)


def test_a_reader_that_agreed_and_went_silent_is_looked_for_after_the_window_too(
    key: bytes, told: Heard, line: SpeedyLine
) -> None:
    clock = JumpingClock()
    reader = reader_on(line, key)
    with Power(reader) as power, driving([planned(line, key)], told, clock) as driver:
        told.next(DeviceOnline, "reader")
        driver.order(order())
        power.commands.until(lambda _: reader.address == 5)
        power.plug(False, reader)
        eventually(lambda: OrderStep.RUNNING in steps(told))
        clock.jump(30_000)
        assert ended(told) is OrderStep.EXPIRED
        last = [one.news for one in told.of(Maintained)][-1]
        assert isinstance(last, OrderProgress)
        assert "looked for at both places" in last.detail
        power.plug(True, reader)
        assert told.next(PlaceTaken, "reader") == PlaceTaken("reader", 5, 38_400)


def test_an_offline_reader_is_told_nothing_and_the_operator_hears_why(
    key: bytes, told: Heard, line: SpeedyLine
) -> None:
    clock = JumpingClock()
    line.plugged = False
    reader = reader_on(line, key)
    with Power(reader), driving([planned(line, key)], told, clock) as driver:
        assert "address 5 and 38400 baud" in told.next(DeviceOffline, "reader").reason
        driver.order(order(seconds=20))
        eventually(lambda: steps(told) == [OrderStep.WAITING])
        clock.jump(20_000)
        assert ended(told) is OrderStep.EXPIRED
        assert COMSET not in {one.code for one in line.commands}


def test_an_order_that_was_stopped_moves_nothing(key: bytes, told: Heard, line: SpeedyLine) -> None:
    line.plugged = False
    reader = reader_on(line, key)
    with Power(reader) as power, driving([planned(line, key)], told) as driver:
        driver.order(order())
        eventually(lambda: steps(told) == [OrderStep.WAITING])
        driver.stop_order("order")
        assert ended(told) is OrderStep.STOPPED
        power.plug(True, reader)
        told.next(DeviceOnline, "reader")
        assert COMSET not in {one.code for one in line.commands}


def test_a_device_that_is_told_another_place_than_it_is_to_go_to_is_not_moved(
    key: bytes, told: Heard, line: SpeedyLine
) -> None:
    """The order came before the wiring, or after another one."""
    clock = JumpingClock()
    reader = reader_on(line, key)
    with Power(reader), driving([planned(line, key, address=6)], told, clock) as driver:
        told.next(DeviceOnline, "reader")
        driver.order(order(address=5))
        eventually(lambda: steps(told) == [OrderStep.WAITING])
        clock.jump(1_500)
        eventually(lambda: driver.buses()[0].devices[0].online)
        assert COMSET not in {one.code for one in line.commands}
        assert driver.rekey([planned(line, key)])
        assert ended(told) is OrderStep.DONE


def test_on_a_shared_line_one_moves_and_the_other_is_back_at_once(key: bytes, told: Heard, tmp_path: Path) -> None:
    bus = Bus(tmp_path / "dev" / "bus")
    reader = reader_on(bus.drop(1), key)
    bus.drops[5] = bus.drops[1]  # it hears its new address as well
    door = SimulatedDevice(bus.drop(2), 2, key[::-1], DOOR_IO_CAPABILITIES)
    port = str(bus.line.link)
    devices = [planned(bus.line, key, baud=9_600), OsdpDevice("io", port, 2, key[::-1], 9_600)]
    with Power(reader, door, bus=bus), driving(devices, told) as driver:
        told.next(DeviceOnline, "reader")
        told.next(DeviceOnline, "io")
        driver.order(order(baud=9_600))
        assert ended(told) is OrderStep.DONE
        eventually(lambda: [(one.address, one.online) for one in driver.buses()[0].devices] == [(2, True), (5, True)])


def test_a_place_that_nobody_is_looked_for_at_begins_anew(key: bytes, told: Heard, line: SpeedyLine) -> None:
    """Somebody set the reader by hand, and then edited the device."""
    reader = reader_on(line, key, 9, 57_600)
    with Power(reader), driving([planned(line, key)], told) as driver:
        told.next(DeviceOffline, "reader")
        assert not driver.rekey([OsdpDevice("reader", str(line.link), 9, key, 57_600)])
