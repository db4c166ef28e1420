"""A lost device or port is told at once with its reason, and is back soon after it answers again."""

import fcntl
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from osdp_sys import CMD_STATUS

from doorward.acs.devices import OsdpDevice
from doorward.hardware.driver import DeviceOffline, DeviceOnline, DriverEvent, OutputState, SetOutput
from doorward.hardware.osdp.device_link import SILENCE_S
from doorward.hardware.simulators.device import (
    DOOR_IO_CAPABILITIES,
    INPUTS,
    READER_CAPABILITIES,
    SimulatedDevice,
)
from doorward.hardware.simulators.line import SerialLine
from tests.hardware.osdp.world import Bus, Heard, Power, Received, driving, wired

NewLine = Callable[[str], SerialLine]


def test_a_dead_link_is_told_and_revived_within_seconds_not_minutes(key: bytes, told: Heard, new_line: NewLine) -> None:
    reader = SimulatedDevice(new_line("reader"), 1, key, READER_CAPABILITIES)
    with Power(reader) as power, driving([wired("reader", reader.line, key)], told):
        told.next(DeviceOnline, "reader")
        for outage in range(2):
            power.plug(False, reader)
            cut = time.monotonic()
            assert "does not answer" in told.next(DeviceOffline, "reader", after=outage).reason
            assert time.monotonic() - cut < SILENCE_S + 2.0
            power.plug(True, reader)
            mended = time.monotonic()
            told.next(DeviceOnline, "reader", after=1 + outage)
            assert time.monotonic() - mended < 2.0
    assert len([event for event in told.of(DeviceOffline) if "does not answer" in event.reason]) == 2


def test_a_missing_port_is_told_and_used_when_it_appears(key: bytes, told: Heard, tmp_path: Path) -> None:
    path = tmp_path / "dev" / "reader"
    with driving([OsdpDevice("reader", str(path), 1, key)], told):
        reason = told.next(DeviceOffline, "reader").reason
        assert str(path) in reason
        assert "Plug its adapter in" in reason
        reader = SimulatedDevice(SerialLine(path), 1, key, READER_CAPABILITIES)
        with Power(reader):
            told.next(DeviceOnline, "reader")
        # "Vanished", or "was lost" with the error that reading it gave: whichever is seen first.
        gone = told.next(DeviceOffline, "reader", after=1).reason
        assert str(path) in gone
        assert re.search("vanished|was lost", gone)


def test_a_port_that_another_program_holds_is_told_and_used_when_it_is_free(
    key: bytes, told: Heard, new_line: NewLine
) -> None:
    reader = SimulatedDevice(new_line("reader"), 1, key, READER_CAPABILITIES)
    with Power(reader):
        with reader.line.link.open("rb", buffering=0) as other_program:
            fcntl.flock(other_program, fcntl.LOCK_EX)
            with driving([wired("reader", reader.line, key)], told):
                assert "in use by another program" in told.next(DeviceOffline, "reader").reason
        with driving([wired("reader", reader.line, key)], told):
            told.next(DeviceOnline, "reader")


@pytest.mark.parametrize("shared", [False, True])
def test_a_name_that_leads_to_another_port_by_now_is_followed(
    shared: bool, key: bytes, told: Heard, new_line: NewLine, tmp_path: Path
) -> None:
    """As when a simulator was killed and its terminals have others' numbers, or adapters changed places."""
    others, path = new_line("others"), tmp_path / "reader"
    path.symlink_to(others.link.readlink())
    devices = [OsdpDevice("reader", str(path), 1, key), OsdpDevice("other", str(path), 2, key)]
    with driving(devices[: 1 + shared], told):
        assert "does not answer" in told.next(DeviceOffline, "reader").reason
        path.unlink()
        with Power(SimulatedDevice(SerialLine(path), 1, key, READER_CAPABILITIES)):
            told.next(DeviceOnline, "reader")


def test_a_path_that_is_no_serial_port_is_told(key: bytes, told: Heard, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a port")
    with driving([OsdpDevice("reader", str(path), 1, key)], told):
        assert str(path) in told.next(DeviceOffline, "reader").reason


def test_an_adapter_pulled_out_and_put_back_is_used_again(key: bytes, told: Heard, tmp_path: Path) -> None:
    path = tmp_path / "dev" / "reader"
    with driving([OsdpDevice("reader", str(path), 1, key)], told):
        for count in range(2):
            with Power(SimulatedDevice(SerialLine(path), 1, key, READER_CAPABILITIES)):
                told.next(DeviceOnline, "reader", after=count)


def test_two_devices_with_one_address_on_one_port_are_told(key: bytes, told: Heard, new_line: NewLine) -> None:
    line = new_line("shared")
    with driving([wired("one", line, key), wired("two", line, key)], told):
        for device_id in ("one", "two"):
            assert "same address" in told.next(DeviceOffline, device_id).reason
    line.close()


def test_one_of_two_devices_on_a_port_is_lost_and_revived_without_the_other_noticing(
    key: bytes, told: Heard, tmp_path: Path
) -> None:
    bus = Bus(tmp_path / "dev" / "bus")
    reader = SimulatedDevice(bus.drop(1), 1, key, READER_CAPABILITIES)
    door = SimulatedDevice(bus.drop(2), 2, key[::-1], DOOR_IO_CAPABILITIES)
    devices = [wired("reader", bus.line, key), wired("io", bus.line, key[::-1], address=2)]
    with Power(reader, door, bus=bus) as power, driving(devices, told) as driver:
        for device in devices:
            told.next(DeviceOnline, device.id)
        power.do(lambda: door.report_inputs((False,) * INPUTS))
        power.plug(False, reader)
        told.next(DeviceOffline, "reader")
        driver.submit(SetOutput("io", 0, OutputState.ON))
        power.commands.next(Received)
        power.plug(True, reader)
        told.next(DeviceOnline, "reader", after=1)
        assert not told.of(DeviceOffline, "io")


def test_a_device_that_libosdp_dropped_for_minutes_is_back_in_seconds_on_a_shared_port_too(
    key: bytes, told: Heard, tmp_path: Path
) -> None:
    bus = Bus(tmp_path / "dev" / "bus")
    reader = SimulatedDevice(bus.drop(1), 1, key, READER_CAPABILITIES)
    door = SimulatedDevice(bus.drop(2), 2, key[::-1], DOOR_IO_CAPABILITIES)
    devices = [wired("reader", bus.line, key), wired("io", bus.line, key[::-1], address=2)]
    with Power(reader, door, bus=bus) as power, driving(devices, told):
        told.next(DeviceOnline, "io")
        power.do(lambda: door.report_inputs((True, False)))  # fewer than declared: it refuses the next poll
        told.next(DeviceOffline, "io")
        lost = time.monotonic()
        told.next(DeviceOnline, "io", after=1)
        assert time.monotonic() - lost < 5.0
        assert not told.of(DeviceOffline, "reader")


def test_a_listener_that_fails_does_not_stop_the_bus(key: bytes, told: Heard, new_line: NewLine) -> None:
    failures = iter([True])

    def fail_once(event: DriverEvent) -> None:
        told(event)
        if isinstance(event, DeviceOnline) and next(failures, False):
            raise RuntimeError("the listener failed")

    reader = SimulatedDevice(new_line("reader"), 1, key, READER_CAPABILITIES)
    with Power(reader), driving([wired("reader", reader.line, key)], fail_once):
        told.next(DeviceOnline, "reader", after=1)


def test_stop_ends_every_thread_tells_the_end_and_frees_the_port(key: bytes, told: Heard, new_line: NewLine) -> None:
    reader = SimulatedDevice(new_line("reader"), 1, key, READER_CAPABILITIES)
    before = set(threading.enumerate())
    with Power(reader):
        with driving([wired("reader", reader.line, key), wired("ghost", reader.line, key, address=2)], told):
            told.next(DeviceOnline, "reader")
        assert "no longer driven" in told.of(DeviceOffline, "reader")[-1].reason
        assert not {thread for thread in set(threading.enumerate()) - before if "osdp" in thread.name}
        with reader.line.link.open("rb", buffering=0) as port:
            fcntl.flock(port, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_device_that_never_answers_is_told_once(key: bytes, told: Heard, new_line: NewLine) -> None:
    line = new_line("silent")
    answering = SimulatedDevice(new_line("reader"), 1, key, READER_CAPABILITIES)
    devices = [wired("silent", line, key), wired("reader", answering.line, key)]
    with Power(answering) as power, driving(devices, told):
        told.next(DeviceOffline, "silent")
        for outage in range(2):  # long enough for the silent one to be tried again
            told.next(DeviceOnline, "reader", after=outage)
            power.plug(False, answering)
            told.next(DeviceOffline, "reader", after=outage)
            power.plug(True, answering)
        assert len(told.of(DeviceOffline, "silent")) == 1
    line.close()


def test_a_device_that_refuses_to_tell_its_inputs_is_back_at_once_and_never_asked_again(
    key: bytes, told: Heard, new_line: NewLine
) -> None:
    """libosdp's own device answers the question with a refusal, after which a panel drops it for 300 s."""
    door = SimulatedDevice(new_line("io"), 1, key, DOOR_IO_CAPABILITIES)
    devices = [wired("io", door.line, key)]
    with Power(door) as power, driving(devices, told):
        assert "refused" in told.next(DeviceOffline, "io").reason
        told.next(DeviceOnline, "io", after=1)
        power.plug(False, door)
        told.next(DeviceOffline, "io", after=1)
        power.plug(True, door)
        told.next(DeviceOnline, "io", after=2)
        power.commands.next(Received)
        assert [received.command["command"] for received in power.commands.of(Received)] == [CMD_STATUS]


def test_a_device_that_refuses_a_message_is_told_so_and_back_within_two_seconds(
    key: bytes, told: Heard, new_line: NewLine
) -> None:
    """A device that declares four inputs and reports two answers with a refusal instead."""
    door = SimulatedDevice(new_line("io"), 1, key, DOOR_IO_CAPABILITIES)
    with Power(door) as power, driving([wired("io", door.line, key)], told):
        told.next(DeviceOnline, "io")
        power.do(lambda: door.report_inputs((True, False)))
        assert "refused a message" in told.next(DeviceOffline, "io").reason
        lost = time.monotonic()
        told.next(DeviceOnline, "io", after=1)
        assert time.monotonic() - lost < 2.0


@pytest.mark.parametrize("address", [-1, 0x7F])
def test_an_address_that_osdp_does_not_have_is_told(address: int, key: bytes, told: Heard, new_line: NewLine) -> None:
    line = new_line("reader")
    with driving([wired("reader", line, key, address=address)], told):
        assert "address is 0 to 126" in told.next(DeviceOffline, "reader").reason
    line.close()
