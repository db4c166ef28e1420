"""Devices behind a TCP-to-serial converter are driven like those on a port of this machine."""

import os
import socket
import time
from collections.abc import Callable

import pytest

from doorward.acs.devices import OsdpDevice
from doorward.acs.doors.line import check_line
from doorward.acs.errors import ValidationFailed
from doorward.hardware.driver import DeviceOffline, DeviceOnline, OutputState, SetOutput
from doorward.hardware.osdp.socket_port import SocketPort
from doorward.hardware.reopening import PortUnusable
from doorward.hardware.simulators.device import DOOR_IO_CAPABILITIES, SimulatedDevice
from doorward.hardware.simulators.line import SerialLine
from tests.hardware.osdp.converter import converting
from tests.hardware.osdp.world import Heard, Power, Received, driving

NewLine = Callable[[str], SerialLine]


def test_a_device_behind_a_converter_is_driven_and_back_within_two_seconds_of_a_lost_connection(
    key: bytes, told: Heard, new_line: NewLine
) -> None:
    door = SimulatedDevice(new_line("io"), 1, key, DOOR_IO_CAPABILITIES)
    with (
        Power(door) as power,
        converting(door.line.link) as converter,
        driving([OsdpDevice("io", converter.port, 1, key)], told) as driver,
    ):
        told.next(DeviceOnline, "io")
        driver.submit(SetOutput("io", 0, OutputState.ON))
        assert power.commands.next(Received).command["output_no"] == 0
        converter.drop()
        assert "converter" in told.next(DeviceOffline, "io").reason
        lost = time.monotonic()
        told.next(DeviceOnline, "io", after=1)
        assert time.monotonic() - lost < 2.0
        assert converter.connections == 2


def test_a_converter_that_is_away_is_told_and_used_when_it_is_there(key: bytes, told: Heard) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with driving([OsdpDevice("io", f"socket://127.0.0.1:{port}", 1, key)], told):
        assert "cannot be reached" in told.next(DeviceOffline, "io").reason


def test_stopping_does_not_wait_for_a_converter_that_does_not_answer(key: bytes, told: Heard) -> None:
    """A listener whose queue is full takes no connection and refuses none."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        place = full.getsockname()
        with socket.create_connection(place):
            with driving([OsdpDevice("io", f"socket://127.0.0.1:{place[1]}", 1, key)], told):
                pass
            wake = os.eventfd(1)
            began = time.monotonic()
            with pytest.raises(PortUnusable, match="cannot be reached"):
                SocketPort(f"socket://127.0.0.1:{place[1]}", wake, lambda _: None, lambda _: None)
            assert time.monotonic() - began < 2.5  # It gives up after 3 by itself.
            os.close(wake)


@pytest.mark.parametrize(
    "port", ["socket://", "socket://host", "socket://host:none", "socket://a@b:1", "socket://h:1/x", "spy://x:1"]
)
def test_a_place_that_is_none_is_refused_where_it_is_configured(port: str) -> None:
    with pytest.raises(ValidationFailed):
        check_line(port)


@pytest.mark.parametrize("port", ["/dev/ttyUSB0", "socket://192.0.2.10:4001", "socket://[2001:db8::1]:4001"])
def test_paths_and_converters_are_taken(port: str) -> None:
    check_line(port)
