"""A communication hub over OSDP: its locks, and what it says of them in the declared reply. Simulated on ptys only."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.hardware.driver import (
    BatteryChanged,
    BatteryLevel,
    DeviceOnline,
    InputsChanged,
    LockJammed,
    OutputState,
    RadioChanged,
    SetOutput,
)
from doorward.hardware.osdp.hub import LockReport, decode_report, encode_report
from doorward.hardware.simulators.device import HUB_CAPABILITIES, SimulatedDevice
from doorward.hardware.simulators.line import SerialLine
from tests.hardware.osdp.world import Heard, Power, Received, driving, wired

NewLine = Callable[[str], SerialLine]
REPORTS = st.builds(
    LockReport,
    st.integers(0, 255),
    st.sampled_from(BatteryLevel),
    st.none() | st.integers(0, 100),
    st.booleans(),
    st.booleans(),
)


@given(REPORTS)
def test_a_report_survives_its_bytes(report: LockReport) -> None:
    assert decode_report(encode_report(report)) == report


@given(st.binary(max_size=8))
def test_any_other_bytes_say_nothing_or_what_they_would_be_made_of(data: bytes) -> None:
    report = decode_report(data)
    if report is not None:
        assert decode_report(encode_report(report)) == report


@pytest.mark.parametrize("data", [b"", b"\x01\x03\x63", b"\x02\x03\x63\x00", b"\x01\x03\x65\x00", b"\x01\x03\x63\x10"])
def test_bytes_that_are_not_declared_say_nothing(data: bytes) -> None:
    assert decode_report(data) is None


def test_a_hub_is_driven_lock_by_lock_and_its_reports_arrive(key: bytes, told: Heard, new_line: NewLine) -> None:
    hub = SimulatedDevice(new_line("hub"), 5, key, HUB_CAPABILITIES)
    with Power(hub) as power, driving([wired("hub", hub.line, key, 5)], told) as driver:
        told.next(DeviceOnline, "hub")
        closed = (False,) * 16
        power.do(lambda: hub.report_inputs(closed))
        assert told.next(InputsChanged, "hub").inputs == closed
        power.do(lambda: hub.report_lock(LockReport(12, BatteryLevel.LOW, 18, jammed=True, reachable=False)))
        assert told.next(BatteryChanged, "hub") == BatteryChanged("hub", 12, BatteryLevel.LOW, 18)
        assert told.next(LockJammed, "hub") == LockJammed("hub", 12, True)
        assert told.next(RadioChanged, "hub") == RadioChanged("hub", 12, False)
        driver.submit(SetOutput("hub", 12, OutputState.PULSE, 5_000))
        power.commands.until(
            lambda items: any(isinstance(item, Received) and item.command.get("output_no") == 12 for item in items)
        )
