"""A capture is what passed, frame by frame, and holds no key."""

import secrets
import struct
from collections.abc import Callable
from pathlib import Path

import osdp_sys
import pytest

from doorward.acs.devices import OsdpDevice
from doorward.acs.messages import Captured, CaptureOrder, KeyOrder, KeyWay, OrderProgress, OrderStep
from doorward.hardware.driver import CommandRefused, DeviceOnline, Feedback, Maintained
from doorward.hardware.simulators.device import READER_CAPABILITIES, SimulatedDevice
from doorward.hardware.simulators.line import SerialLine
from tests.hardware.osdp.wire import CAP, CHLNG, ID, KEYSET, SCRYPT, Seen, TappedLine, decode
from tests.hardware.osdp.world import Heard, JumpingClock, Power, driving, eventually, wired

NewLine = Callable[[str], SerialLine]
PDID, PDCAP, CCRYPT, RMAC_I = 0x45, 0x46, 0x76, 0x78
SCBK_D = bytes(range(0x30, 0x40))


def pcap_of(told: Heard) -> bytes:
    return b"".join(one.news.data for one in told.of(Maintained) if isinstance(one.news, Captured))


def ended(told: Heard) -> bool:
    return any(
        isinstance(one.news, OrderProgress) and one.news.id == "capture" and one.news.step is not OrderStep.RUNNING
        for one in told.of(Maintained)
    )


def records(pcap: bytes) -> list[bytes]:
    """The records of a pcap file, read as its format is published."""
    magic, major, minor, _, _, _, link_type = struct.unpack_from("<IHHiIII", pcap)
    assert (magic, major, minor, link_type) == (0xA1B2C3D4, 2, 4, 162)
    found, at = [], 24
    while at < len(pcap):
        _, microseconds, kept, length = struct.unpack_from("<IIII", pcap, at)
        assert microseconds < 1_000_000
        assert kept == length
        found.append(pcap[at + 16 : at + 16 + kept])
        at += 16 + kept
    return found


def test_our_tap_and_the_checker_of_the_standard_agree_on_every_frame(key: bytes, told: Heard, tmp_path: Path) -> None:
    """CRC, sequence and MAC of all that passed, from the first challenge on; and none but the device's own frames."""
    line = TappedLine(tmp_path / "dev" / "reader")
    reader = SimulatedDevice(line, 1, key, READER_CAPABILITIES)
    line.plugged = False
    with Power(reader) as power, driving([wired("reader", line, key)], told) as driver:
        driver.order(CaptureOrder("capture", "reader", 60, 100_000))
        eventually(lambda: bool(told.of(Maintained)))
        power.plug(True, reader)
        told.next(DeviceOnline, "reader")
        driver.submit(Feedback("reader", granted=True))
        eventually(lambda: driver.buses()[0].devices[0].counters.replies > 30)
        driver.stop_order("capture")
        eventually(lambda: ended(told))
        captured = [decode(record)[0] for record in records(pcap_of(told))]
    assert all(frame.crc_ok for frame in captured)
    commands = [frame for frame in captured if not frame.reply]
    replies = [frame for frame in captured if frame.reply]
    said = iter(frame.raw for frame in decode(bytes(line.from_device)))
    assert all(frame.raw in said for frame in replies), "in the order of the device, and nothing that it did not say"
    assert any(frame.has_mac for frame in captured)
    assert {frame.code for frame in commands if not frame.has_mac} == {ID, CAP, CHLNG, SCRYPT}
    assert {frame.code for frame in replies if not frame.has_mac} == {PDID, PDCAP, CCRYPT, RMAC_I}
    check_sequence(commands)
    for command, reply in pairs(captured):
        assert reply.sequence == command.sequence


def check_sequence(commands: list[Seen]) -> None:
    """0 begins anew; then 1, 2, 3, 1 ...; the same again only for the same message."""
    for before, after in zip(commands, commands[1:], strict=False):
        following = before.sequence % 3 + 1
        assert after.sequence in (0, following) or after.raw == before.raw


def pairs(frames: list[Seen]) -> list[tuple[Seen, Seen]]:
    return [(one, two) for one, two in zip(frames, frames[1:], strict=False) if not one.reply and two.reply]


def test_a_key_given_during_a_capture_is_not_in_it(key: bytes, told: Heard, tmp_path: Path) -> None:
    line = TappedLine(tmp_path / "dev" / "reader")
    reader = SimulatedDevice(line, 1, None, READER_CAPABILITIES, flags=osdp_sys.FLAG_INSTALL_MODE)
    device = OsdpDevice("reader", str(line.link), 1, key, next_key=secrets.token_bytes(16), next_number=2)
    with Power(reader), driving([device], told) as driver:
        driver.order(CaptureOrder("capture", "reader", 60, 100_000))
        driver.order(KeyOrder("key", "reader", 2, KeyWay.INSTALL_MODE, 30))
        told.next(DeviceOnline, "reader")
        driver.stop_order("capture")
        eventually(lambda: ended(told))
    (sent,) = [frame for frame in line.commands if frame.code == KEYSET]
    (kept,) = [frame for frame in (decode(raw)[0] for raw in records(pcap_of(told))) if frame.code == KEYSET]
    assert kept.crc_ok
    assert sent.raw[9:-2] not in pcap_of(told)
    assert not any(kept.raw[8:-2])
    assert len(kept.raw) == len(sent.raw)


def test_a_capture_ends_with_its_bytes_or_its_time_and_there_is_one_at_a_time(
    key: bytes, told: Heard, new_line: NewLine
) -> None:
    clock = JumpingClock()
    reader = SimulatedDevice(new_line("reader"), 1, key, READER_CAPABILITIES)
    with Power(reader), driving([wired("reader", reader.line, key)], told, clock) as driver:
        driver.order(CaptureOrder("capture", "reader", 60, 1_000))
        eventually(lambda: ended(told))
        assert len(pcap_of(told)) <= 1_000
        assert len(records(pcap_of(told))) > 5
        driver.order(CaptureOrder("second", "reader", 60, 100_000))
        eventually(lambda: any(getattr(one.news, "id", "") == "second" for one in told.of(Maintained)))
        with pytest.raises(CommandRefused, match="captured already"):
            driver.order(CaptureOrder("third", "reader", 60, 100_000))
        clock.jump(60_000)
        eventually(lambda: OrderStep.DONE in [getattr(one.news, "step", None) for one in told.of(Maintained)[-1:]])
