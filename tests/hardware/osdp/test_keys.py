"""A device gets a new key only inside an operator's window, and nobody else ever gets it."""

import secrets
from collections.abc import Callable
from pathlib import Path

import osdp_sys
import pytest

from doorward.acs.devices import OsdpDevice
from doorward.acs.messages import ORDER_ENDS, KeyOrder, KeyWay, OrderProgress, OrderStep
from doorward.hardware.driver import (
    CommandRefused,
    DeviceOffline,
    DeviceOnline,
    InstallModeChanged,
    KeyTaken,
    Maintained,
)
from doorward.hardware.simulators.device import DOOR_IO_CAPABILITIES, READER_CAPABILITIES, SimulatedDevice
from doorward.hardware.simulators.line import SerialLine
from tests.hardware.osdp.wire import CAP, CHLNG, ID, KEYSET, SCRYPT, TappedLine
from tests.hardware.osdp.world import Bus, Heard, JumpingClock, Power, driving, eventually

NewLine = Callable[[str], SerialLine]
INSTALL_MODE = osdp_sys.FLAG_INSTALL_MODE


@pytest.fixture
def line(tmp_path: Path) -> TappedLine:
    return TappedLine(tmp_path / "dev" / "reader")


def fresh(line: SerialLine, address: int = 1) -> SimulatedDevice:
    """A reader out of its box: in install mode, with the published default key."""
    return SimulatedDevice(line, address, None, READER_CAPABILITIES, flags=INSTALL_MODE)


def planned(line: SerialLine, key: bytes, address: int = 1, device_id: str = "reader") -> OsdpDevice:
    return OsdpDevice(device_id, str(line.link), address, key, next_key=secrets.token_bytes(16), next_number=2)


def window(way: KeyWay = KeyWay.INSTALL_MODE, seconds: float = 30.0) -> KeyOrder:
    return KeyOrder("order", "reader", 2, way, seconds)


def steps(told: Heard) -> list[OrderStep]:
    return [one.news.step for one in told.of(Maintained) if isinstance(one.news, OrderProgress)]


def ended(told: Heard) -> OrderStep:
    eventually(lambda: bool(ORDER_ENDS & set(steps(told))))
    return steps(told)[-1]


def test_outside_a_window_an_impostor_in_install_mode_is_told_and_sent_nothing_but_challenges(
    key: bytes, told: Heard, line: TappedLine
) -> None:
    with Power(fresh(line)), driving([planned(line, key)], told):
        assert told.next(InstallModeChanged, "reader").active
        told.next(DeviceOffline, "reader")
        eventually(lambda: len([one for one in line.commands if one.code == CHLNG]) >= 6)
        assert {one.code for one in line.commands} == {ID, CAP, CHLNG}
        assert not told.of(DeviceOnline)


def test_a_reader_in_install_mode_gets_its_next_key_in_the_window_and_is_online_with_it(
    key: bytes, told: Heard, line: TappedLine
) -> None:
    device = planned(line, key)
    assert device.next_key is not None
    with Power(fresh(line)), driving([device], told) as driver:
        driver.order(window())
        assert ended(told) is OrderStep.DONE
        assert steps(told) == [OrderStep.WAITING, OrderStep.KEY_SENT, OrderStep.DONE]
        assert told.next(KeyTaken, "reader") == KeyTaken("reader", 2)
        assert [one.code for one in line.commands].count(KEYSET) == 1
        assert [change.active for change in told.of(InstallModeChanged)] == [True, False]
        told.next(DeviceOnline, "reader")
        # the server commits the key: the device stays online without noticing
        assert driver.rekey([OsdpDevice("reader", str(line.link), 1, device.next_key)])
        before = driver.buses()[0].devices[0].counters.replies
        eventually(lambda: driver.buses()[0].devices[0].counters.replies > before + 5)
        assert len(told.of(DeviceOnline)) == 1
        assert driver.buses()[0].devices[0].online
        for secret in (key, device.next_key):
            assert secret not in bytes(line.to_device)


def test_a_reader_that_has_its_key_gets_none_in_the_window(key: bytes, told: Heard, line: TappedLine) -> None:
    """It waits for the operator to put the reader in install mode, until its time runs out."""
    clock = JumpingClock()
    reader = SimulatedDevice(line, 1, key, READER_CAPABILITIES)
    with Power(reader), driving([planned(line, key)], told, clock) as driver:
        told.next(DeviceOnline, "reader")
        driver.order(window(seconds=60))
        eventually(lambda: steps(told) == [OrderStep.WAITING])
        with pytest.raises(CommandRefused, match="already"):
            driver.order(window())
        clock.jump(60_000)
        assert ended(told) is OrderStep.EXPIRED
        assert KEYSET not in {one.code for one in line.commands}


def test_a_window_that_is_stopped_gives_no_key_any_more(key: bytes, told: Heard, line: TappedLine) -> None:
    line.plugged = False
    reader = fresh(line)
    with Power(reader) as power, driving([planned(line, key)], told) as driver:
        driver.order(window())
        eventually(lambda: steps(told) == [OrderStep.WAITING])
        driver.stop_order("order")
        assert ended(told) is OrderStep.STOPPED
        power.plug(True, reader)
        assert told.next(InstallModeChanged, "reader").active
        assert not {SCRYPT, KEYSET} & {one.code for one in line.commands}


def test_the_key_changes_over_the_secure_channel_without_the_reader_being_lost(
    key: bytes, told: Heard, line: TappedLine
) -> None:
    device = planned(line, key)
    assert device.next_key is not None
    reader = SimulatedDevice(line, 1, key, READER_CAPABILITIES)
    with Power(reader):
        with driving([device], told) as driver:
            told.next(DeviceOnline, "reader")
            driver.order(window(KeyWay.SECURE_CHANNEL))
            assert ended(told) is OrderStep.DONE
            assert told.next(KeyTaken, "reader").number == 2
            assert not told.of(DeviceOffline)
            assert device.next_key not in bytes(line.to_device)
        after = Heard()
        with driving([OsdpDevice("reader", str(line.link), 1, key)], after):
            assert "no secure channel" in after.next(DeviceOffline, "reader").reason
        with driving([OsdpDevice("reader", str(line.link), 1, device.next_key)], after):
            after.next(DeviceOnline, "reader")


@pytest.mark.parametrize("way", list(KeyWay))
def test_a_reader_that_refuses_the_key_keeps_the_one_it_has(
    way: KeyWay, key: bytes, told: Heard, line: TappedLine
) -> None:
    reader = SimulatedDevice(line, 1, key, READER_CAPABILITIES) if way is KeyWay.SECURE_CHANNEL else fresh(line)
    reader.refuses.add(osdp_sys.CMD_KEYSET)
    clock = JumpingClock()
    with Power(reader), driving([planned(line, key)], told, clock) as driver:
        if way is KeyWay.SECURE_CHANNEL:
            told.next(DeviceOnline, "reader")
        driver.order(window(way, seconds=4))
        assert ended(told) in {OrderStep.FAILED, OrderStep.EXPIRED}
        assert not told.of(KeyTaken)
        if way is KeyWay.SECURE_CHANNEL:
            told.next(DeviceOnline, "reader", after=1)


def test_a_reader_that_took_the_key_unheard_is_found_with_it(key: bytes, told: Heard, line: TappedLine) -> None:
    """Its power failed, or ours, after it took the key and before it could say so."""
    device = planned(line, key)
    with Power(SimulatedDevice(line, 1, device.next_key, READER_CAPABILITIES)), driving([device], told):
        assert told.next(KeyTaken, "reader").number == 2
        told.next(DeviceOnline, "reader")
        assert not told.of(InstallModeChanged)


def test_a_reader_on_a_shared_bus_gets_its_key_and_the_others_are_back_at_once(
    key: bytes, told: Heard, tmp_path: Path
) -> None:
    bus = Bus(tmp_path / "dev" / "bus")
    reader = fresh(bus.drop(1))
    door = SimulatedDevice(bus.drop(2), 2, key[::-1], DOOR_IO_CAPABILITIES)
    devices = [planned(bus.line, key), OsdpDevice("io", str(bus.line.link), 2, key[::-1])]
    with Power(reader, door, bus=bus), driving(devices, told) as driver:
        told.next(DeviceOnline, "io")
        driver.order(window())
        assert ended(told) is OrderStep.DONE
        told.next(DeviceOnline, "reader")
        eventually(lambda: all(device.online for device in driver.buses()[0].devices))
