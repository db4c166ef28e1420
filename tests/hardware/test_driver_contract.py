"""What every driver keeps to, whatever it drives: the declared interface of `doorward.hardware.driver`.

Each is given devices that are not there, which is all that a driver of any kind can be given here alike. A new driver
joins by a row in `absent`.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from doorward.acs.devices import Device, GpioDevice, IpDevice, OsdpDevice, PinInput, PinOutput, ReadKind, WiegandDevice
from doorward.hardware.driver import (
    CommandRefused,
    DeviceOffline,
    DeviceOnline,
    Driver,
    OutputState,
    SetOutput,
)
from doorward.hardware.drivers import MAKERS, Drivers
from tests.hardware.osdp.world import Heard


def absent(folder: Path) -> dict[type, Device]:
    """A device of each kind that cannot be reached."""
    line = str(folder / "no-such-line")
    return {
        OsdpDevice: OsdpDevice("absent", line, 1, bytes(16)),
        WiegandDevice: WiegandDevice("absent", line, "tagged-ascii"),
        GpioDevice: GpioDevice("absent", str(folder / "no-such-chip"), (PinInput(1),), (PinOutput(2),)),
        IpDevice: IpDevice("absent", (ReadKind.CARD,)),
    }


@contextmanager
def driving(device: Device, told: Heard) -> Iterator[Driver]:
    driver = MAKERS[type(device)]([device], told)
    driver.start()
    try:
        yield driver
    finally:
        driver.stop()


@pytest.fixture
def told() -> Heard:
    return Heard()


@pytest.fixture(params=MAKERS, ids=lambda kind: kind.__name__)
def device(request: pytest.FixtureRequest, tmp_path: Path) -> Device:
    return absent(tmp_path)[request.param]


def test_every_kind_of_device_is_here(tmp_path: Path) -> None:
    assert absent(tmp_path).keys() == MAKERS.keys()


def test_a_device_that_is_not_there_is_told_to_be_offline_with_what_to_do_and_once(device: Device, told: Heard) -> None:
    with driving(device, told):
        offline = told.next(DeviceOffline, "absent")
        assert offline.reason.endswith(".")
        time.sleep(0.3)  # a tenth of what some drivers wait before they look again: nothing to wait for
    assert not told.of(DeviceOnline)
    assert len({one.reason for one in told.of(DeviceOffline)}) == len(told.of(DeviceOffline))


@pytest.mark.parametrize("device_id", ["absent", "nobody's"])
def test_an_output_that_cannot_be_set_is_refused_in_words_and_not_kept(
    device_id: str, device: Device, told: Heard
) -> None:
    with driving(device, told) as driver, pytest.raises(CommandRefused, match=r"\w\.$"):
        driver.submit(SetOutput(device_id, 0, OutputState.PULSE, 5_000))


def test_a_driver_that_has_stopped_has_no_thread_left(device: Device, told: Heard) -> None:
    before = set(threading.enumerate())
    with driving(device, told):
        told.next(DeviceOffline, "absent")
    assert not set(threading.enumerate()) - before


def test_a_driver_may_be_stopped_at_once_and_twice(device: Device, told: Heard) -> None:
    with driving(device, told) as driver:
        driver.stop()


def test_all_of_them_drive_side_by_side(tmp_path: Path) -> None:
    devices = [replace(given, id=kind.__name__) for kind, given in absent(tmp_path).items()]
    told = Heard()
    drivers = Drivers(devices, told)
    drivers.start()
    for given in devices:
        told.next(DeviceOffline, given.id)
        with pytest.raises(CommandRefused):
            drivers.submit(SetOutput(given.id, 0, OutputState.ON))
    drivers.stop()
