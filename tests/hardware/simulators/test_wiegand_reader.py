"""Simulated Wiegand readers are read by the real driver, over a real line, in every framing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from doorward.acs.decision.card_format import CardBits, encode_h10301
from doorward.acs.devices import WiegandDevice
from doorward.acs.doors.wiegand import FRAMINGS, KeypadMode
from doorward.acs.doors.wiring import Circuit
from doorward.hardware.driver import CardRead, DeviceOffline, DeviceOnline, KeysPressed, Presented, TamperChanged
from doorward.hardware.simulators.site import SimulatedSite
from doorward.hardware.simulators.site_spec import SiteSpec, WiegandReaderSpec
from doorward.hardware.wiegand.driver import WiegandDriver
from doorward.hardware.wiegand.keypad import Key, burst_of_key, read_burst
from tests.hardware.osdp.world import Heard, JumpingClock
from tests.hardware.wiegand.world import FRESH_MS

CARD = encode_h10301(17, 1042)
FORTY_BITS = CardBits.from_int(0x62E3086CED, 40)


@contextmanager
def played(ports: Path, *readers: WiegandReaderSpec) -> Iterator[SimulatedSite]:
    site = SimulatedSite(SiteSpec(name="gate", wiegand_readers=readers), ports, lambda _: None)
    site.start()
    try:
        yield site
    finally:
        site.stop()


@contextmanager
def read(ports: Path, told: Heard, *readers: WiegandReaderSpec) -> Iterator[None]:
    """The real driver on the other end; what it tells from now on is fresh."""
    devices = [
        WiegandDevice(
            one.name, str(ports / one.port), one.framing, one.channel, keypad=one.keypad,
            pin_facility=one.pin_facility, tamper_when=Circuit.OPEN,
        )
        for one in readers
    ]  # fmt: skip
    clock = JumpingClock()
    driver = WiegandDriver(devices, told, lambda: clock() / 1000)
    driver.start()
    try:
        for device in devices:
            told.next(DeviceOnline, device.id)
        clock.jump(FRESH_MS)
        yield
    finally:
        driver.stop()


@pytest.fixture
def told() -> Heard:
    return Heard()


@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_card_is_read_in_every_framing(framing: str, tmp_path: Path, told: Heard) -> None:
    card = FORTY_BITS if FRAMINGS[framing].card_bits == FORTY_BITS.bit_count else CARD
    reader = WiegandReaderSpec(name="gate", port="line", framing=framing)
    with played(tmp_path, reader) as site, read(tmp_path, told, reader):
        site.badge("gate", CardBits.from_int(1, 3))  # shorter than any card: told by nobody
        site.badge("gate", card)
        assert told.next(CardRead, "gate").bits == card


def test_readers_of_one_converter_are_told_apart_and_a_cut_one_is_silent(tmp_path: Path, told: Heard) -> None:
    readers = [WiegandReaderSpec(name=f"gate {n}", port="line", framing="channel-frames", channel=n) for n in range(3)]
    with played(tmp_path, *readers) as site, read(tmp_path, told, *readers):
        site.plug(["gate 1"], False)
        for number in range(3):
            site.badge(f"gate {number}", encode_h10301(17, number))
        assert told.next(CardRead, "gate 2").bits == encode_h10301(17, 2)
        site.plug(["gate 1"], True)
        site.badge("gate 1", CARD)
        assert told.next(CardRead, "gate 1").bits == CARD
        assert told.of(CardRead, "gate 0")[0].bits == encode_h10301(17, 0)
        site.tamper(["gate 2"], True)
        assert told.next(TamperChanged, "gate 2").active
        assert not told.of(DeviceOffline), "the converter's heartbeats go on"


@pytest.mark.parametrize("mode", [KeypadMode.BURST_4, KeypadMode.BURST_6, KeypadMode.BURST_8])
def test_keys_arrive_as_they_are_pressed(mode: KeypadMode, tmp_path: Path, told: Heard) -> None:
    reader = WiegandReaderSpec(name="gate", port="line", framing="hex-count", keypad=mode)
    with played(tmp_path, reader) as site, read(tmp_path, told, reader):
        site.press("gate", "2580#")
        told.until(lambda items: "".join(one.keys for one in items if isinstance(one, KeysPressed)) == "2580#")


def test_a_keypad_that_keeps_a_pin_sends_it_whole(tmp_path: Path, told: Heard) -> None:
    buffered = KeypadMode.BUFFERED_26
    reader = WiegandReaderSpec(name="gate", port="line", framing="hex-count", keypad=buffered, pin_facility=200)
    with played(tmp_path, reader) as site, read(tmp_path, told, reader):
        site.press("gate", "99*1234#")
        told.next(Presented, "gate")
        assert len(told.of(Presented)) == 1


@pytest.mark.parametrize("key", "0123456789*#")
@pytest.mark.parametrize("mode", [KeypadMode.BURST_4, KeypadMode.BURST_6, KeypadMode.BURST_8])
def test_what_is_sent_for_a_key_is_read_as_that_key(mode: KeypadMode, key: str) -> None:
    device = WiegandDevice("gate", "line", "hex-count", keypad=mode)
    assert read_burst(device, burst_of_key(mode, key)) == Key(key)
