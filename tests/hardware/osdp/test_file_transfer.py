"""A file reaches a device whole, or its operator is told that it did not."""

import secrets
from collections.abc import Callable

import osdp_sys

from doorward.acs.messages import ORDER_ENDS, FileOrder, OrderProgress, OrderStep
from doorward.hardware.driver import DeviceOffline, DeviceOnline, Maintained, OutputState, SetOutput
from doorward.hardware.simulators.device import DOOR_IO_CAPABILITIES, READER_CAPABILITIES, SimulatedDevice
from doorward.hardware.simulators.line import SerialLine
from tests.hardware.osdp.world import Heard, Power, Received, driving, eventually, wired

NewLine = Callable[[str], SerialLine]


def progress(told: Heard) -> list[OrderProgress]:
    return [one.news for one in told.of(Maintained) if isinstance(one.news, OrderProgress)]


def ended(told: Heard) -> OrderProgress:
    eventually(lambda: bool(progress(told)) and progress(told)[-1].step in ORDER_ENDS)
    return progress(told)[-1]


def order(data: bytes) -> FileOrder:
    return FileOrder("file", "io", 1, data, 60)


def test_a_file_arrives_whole_with_progress_while_doors_go_on(key: bytes, told: Heard, new_line: NewLine) -> None:
    firmware = secrets.token_bytes(3_000)
    door = SimulatedDevice(new_line("io"), 1, key, DOOR_IO_CAPABILITIES)
    door.take_files()
    with Power(door) as power, driving([wired("io", door.line, key)], told) as driver:
        told.next(DeviceOnline, "io")
        power.do(lambda: door.report_inputs((False,) * 4))
        driver.order(order(firmware))
        driver.submit(SetOutput("io", 0, OutputState.ON))
        last = ended(told)
        assert (last.step, last.done, last.total) == (OrderStep.DONE, 3_000, 3_000)
        assert len({one.done for one in progress(told)}) > 3
        assert door.files == [(1, firmware)]
        commands = [one.command["command"] for one in power.commands.of(Received)]
        assert osdp_sys.CMD_OUTPUT in commands
        assert not told.of(DeviceOffline)


def test_a_file_is_stopped(key: bytes, told: Heard, new_line: NewLine) -> None:
    door = SimulatedDevice(new_line("io"), 1, key, READER_CAPABILITIES)
    door.take_files()
    with Power(door), driving([wired("io", door.line, key)], told) as driver:
        told.next(DeviceOnline, "io")
        driver.order(order(secrets.token_bytes(100_000)))
        eventually(lambda: bool(progress(told)))
        driver.stop_order("file")
        assert ended(told).step is OrderStep.STOPPED
        assert door.files == []


def test_a_device_that_takes_no_files_refuses_and_is_back(key: bytes, told: Heard, new_line: NewLine) -> None:
    door = SimulatedDevice(new_line("io"), 1, key, READER_CAPABILITIES)
    with Power(door), driving([wired("io", door.line, key)], told) as driver:
        told.next(DeviceOnline, "io")
        driver.order(order(b"firmware"))
        assert ended(told).step is OrderStep.FAILED
        told.next(DeviceOnline, "io", after=1)


def test_a_device_lost_on_the_way_has_not_got_the_file(key: bytes, told: Heard, new_line: NewLine) -> None:
    door = SimulatedDevice(new_line("io"), 1, key, READER_CAPABILITIES)
    door.take_files()
    with Power(door) as power, driving([wired("io", door.line, key)], told) as driver:
        told.next(DeviceOnline, "io")
        driver.order(order(secrets.token_bytes(100_000)))
        eventually(lambda: bool(progress(told)))
        power.plug(False, door)
        last = ended(told)
        assert last.step is OrderStep.FAILED
        assert "lost" in last.detail
