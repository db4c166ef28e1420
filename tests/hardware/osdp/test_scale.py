"""64 readers on 16 buses in one process, on real terminals; and buses that are cut and mended."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from doorward.acs.decision.card_format import encode_h10301
from doorward.hardware.driver import CardRead, DeviceOffline, DeviceOnline
from doorward.hardware.simulators.reader_buses import reader_buses, wired_to
from doorward.hardware.simulators.site import SimulatedSite
from tests.hardware.osdp.world import Heard, driving

BUSES, READERS = 16, 4
BACK_WITHIN_S = 2.0


@contextmanager
def simulated(ports: Path, buses: int, readers: int) -> Iterator[SimulatedSite]:
    field = SimulatedSite(reader_buses(buses, readers), ports, lambda _: None)
    field.start()
    try:
        yield field
    finally:
        field.stop()


def all_online(told: Heard, count: int) -> None:
    told.until(lambda items: len([one for one in items if isinstance(one, DeviceOnline)]) >= count)


@pytest.mark.slow
def test_64_readers_on_16_buses_are_online_and_every_card_arrives(tmp_path: Path, told: Heard) -> None:
    devices = wired_to(reader_buses(BUSES, READERS), tmp_path)
    with simulated(tmp_path, BUSES, READERS) as field, driving(devices, told) as driver:
        all_online(told, BUSES * READERS)
        used = time.process_time()
        began = time.monotonic()
        for number in range(5):
            for device in devices:
                field.badge(device.id, encode_h10301(17, number))
            for device in devices:
                told.next(CardRead, device.id, after=number)
        share = (time.process_time() - used) / (time.monotonic() - began)
        assert not told.of(DeviceOffline)
        assert all(device.online for bus in driver.buses() for device in bus.devices)
        assert share < 1.9  # the simulators, which are in here too, included


@pytest.mark.parametrize("cut_s", [1, 10, pytest.param(600, marks=pytest.mark.slow)])
@pytest.mark.timeout(900)
def test_a_cut_bus_is_back_within_two_seconds_and_a_card_shown_meanwhile_is_not_fresh(
    cut_s: int, tmp_path: Path, told: Heard
) -> None:
    devices = wired_to(reader_buses(1, 1), tmp_path)
    with simulated(tmp_path, 1, 1) as field, driving(devices, told):
        all_online(told, 1)
        field.plug(["0.1"], False)
        cut = time.monotonic()
        lost = cut_s > 5
        if lost:
            told.next(DeviceOffline, "0.1")
        field.badge("0.1", encode_h10301(17, 1))
        while time.monotonic() - cut < cut_s:
            time.sleep(0.05)  # the outage itself, in real time: libosdp has clocks of its own
        field.plug(["0.1"], True)
        mended = time.monotonic()
        if lost:
            told.next(DeviceOnline, "0.1", after=1)
            assert time.monotonic() - mended < BACK_WITHIN_S
        read = told.next(CardRead, "0.1")
        assert time.monotonic() - mended < 2 * BACK_WITHIN_S
        assert not read.fresh
