"""The bus view says who is there, how it speaks, and what goes wrong on the line."""

from collections.abc import Callable

from doorward.acs.messages import DeviceReport
from doorward.hardware.driver import DeviceOffline, DeviceOnline
from doorward.hardware.osdp.driver import OsdpDriver
from doorward.hardware.simulators.device import READER_CAPABILITIES, SimulatedDevice
from doorward.hardware.simulators.line import SerialLine
from tests.hardware.osdp.world import Heard, Power, driving, eventually, wired

NewLine = Callable[[str], SerialLine]


def seen(driver: OsdpDriver) -> DeviceReport:
    return driver.buses()[0].devices[0]


def test_a_device_is_shown_with_who_it_is_and_how_fast_it_answers(key: bytes, told: Heard, new_line: NewLine) -> None:
    reader = SimulatedDevice(new_line("reader"), 7, key, READER_CAPABILITIES)
    with Power(reader), driving([wired("reader", reader.line, key, address=7)], told) as driver:
        assert not seen(driver).online
        told.next(DeviceOnline, "reader")
        eventually(lambda: seen(driver).counters.replies > 10)
        shown = seen(driver)
        assert (driver.buses()[0].port, shown.address, shown.online, shown.problem) == (
            str(reader.line.link), 7, True, "",
        )  # fmt: skip
        assert shown.identity is not None
        assert (shown.identity.vendor, shown.identity.serial, shown.identity.firmware) == ("00d00d", 7, "0.0.1")
        assert {(one.code, one.level) for one in shown.capabilities} >= {one[:2] for one in READER_CAPABILITIES}
        assert sum(shown.counters.latency) == shown.counters.replies
        assert 0 <= (shown.online_s or -1.0) < 10


def test_silence_is_counted_and_explained(key: bytes, told: Heard, new_line: NewLine) -> None:
    reader = SimulatedDevice(new_line("reader"), 1, key, READER_CAPABILITIES)
    with Power(reader) as power, driving([wired("reader", reader.line, key)], told) as driver:
        told.next(DeviceOnline, "reader")
        power.plug(False, reader)
        told.next(DeviceOffline, "reader")
        shown = seen(driver)
        assert shown.counters.unanswered >= 1
        assert shown.counters.repeated >= 1
        assert "does not answer" in shown.problem
        assert shown.online_s is None
