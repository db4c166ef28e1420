"""What a noisy or hostile line does to a reply never becomes an event, and costs the device a moment at most.

Each test spoils replies between the device and the panel, on a real terminal, as somebody with a knife and a
soldering iron could.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from doorward.acs.decision.card_format import encode_h10301
from doorward.hardware.driver import CardRead, DeviceOffline, DeviceOnline, TamperChanged
from doorward.hardware.osdp.device_link import SILENCE_S
from doorward.hardware.osdp.driver import OsdpDriver
from doorward.hardware.osdp.frame import MAX_FRAME_BYTES
from doorward.hardware.simulators.device import READER_CAPABILITIES, SimulatedDevice
from tests.hardware.osdp.wire import Seen, TappedLine, decode, slow_crc
from tests.hardware.osdp.world import Heard, JumpingClock, Power, driving, eventually, wired

CARD = encode_h10301(17, 1042)
SECURE_REPLIES = (0x16, 0x18)
BUSY = 0x79
RAW = 0x50

Spoil = Callable[[bytes], bytes]


def with_crc(body: bytes) -> bytes:
    return body + slow_crc(body).to_bytes(2, "little")


def wrong_crc(raw: bytes) -> bytes:
    return raw[:-1] + bytes((raw[-1] ^ 0x01,))


def wrong_sequence(raw: bytes) -> bytes:
    other = raw[4] & 3
    return with_crc(raw[:4] + bytes((raw[4] & ~3 | other % 3 + 1,)) + raw[5:-2])


def wrong_mac(raw: bytes) -> bytes:
    return with_crc(raw[:-3] + bytes((raw[-3] ^ 0x80,)))


def wrong_data(raw: bytes) -> bytes:
    return with_crc(raw[:9] + bytes((raw[9] ^ 0x40,)) + raw[10:-2])


def without_channel(raw: bytes) -> bytes:
    """The same reply as if there were no secure channel: its security block and MAC are gone."""
    body = raw[7:-6]
    length = 5 + len(body) + 2
    return with_crc(bytes((raw[0], raw[1], length & 0xFF, length >> 8, raw[4] & ~8)) + body)


def wrong_address(raw: bytes) -> bytes:
    return with_crc(bytes((raw[0], 0x80 | 9)) + raw[2:-2])


def cut_off(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def too_long(raw: bytes) -> bytes:
    """A header that promises more than the standard allows, and noise behind it."""
    length = MAX_FRAME_BYTES + 60
    return bytes((raw[0], raw[1], length & 0xFF, length >> 8, raw[4])) + raw[5:]


def noise(raw: bytes) -> bytes:
    return bytes(range(256)) + raw[::-1]


def busy(raw: bytes) -> bytes:
    """The device asks for time: a reply of sequence 0 outside of the channel."""
    return with_crc(bytes((raw[0], raw[1], 8, 0, 4, BUSY)))


def only(data: bytes) -> Seen | None:
    """The frame that a device writes at once."""
    return next(iter(decode(data)), None)


class Once:
    """Spoils the first secure reply after it is armed that fits; lets all others pass."""

    def __init__(self, how: Spoil, code: int | None = None, times: int = 1) -> None:
        self._how = how
        self._code = code
        self.left = 0
        self._times = times
        self.spoilt: list[bytes] = []

    def arm(self) -> None:
        self.left = self._times

    def __call__(self, data: bytes) -> bytes:
        frame = only(data)
        if frame is None or not self.left or frame.scs not in SECURE_REPLIES:
            return data
        if self._code is not None and frame.code != self._code:
            return data
        self.left -= 1
        self.spoilt.append(frame.raw)
        return self._how(frame.raw)


@pytest.fixture
def line(tmp_path: Path) -> TappedLine:
    return TappedLine(tmp_path / "dev" / "reader")


def counted(driver: OsdpDriver) -> dict[str, int]:
    counters = driver.buses()[0].devices[0].counters
    return {"damaged": counters.damaged, "out_of_turn": counters.out_of_turn, "unanswered": counters.unanswered}


@pytest.mark.parametrize(
    "how, counter",
    [
        (wrong_crc, "damaged"),
        (cut_off, "unanswered"),
        (too_long, "unanswered"),
        (noise, "unanswered"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_spoilt_reply_is_asked_for_again_and_the_device_stays_online(
    how: Spoil, counter: str, key: bytes, told: Heard, line: TappedLine
) -> None:
    once = Once(how)
    line.spoil = once
    reader = SimulatedDevice(line, 1, key, READER_CAPABILITIES)
    with Power(reader) as power, driving([wired("reader", line, key)], told) as driver:
        told.next(DeviceOnline, "reader")
        before = counted(driver)[counter]
        power.do(once.arm)
        eventually(lambda: counted(driver)[counter] > before)
        replies = driver.buses()[0].devices[0].counters.replies
        eventually(lambda: driver.buses()[0].devices[0].counters.replies > replies + 5)
        assert len(told.of(DeviceOnline)) - len(told.of(DeviceOffline)) == 1


@pytest.mark.parametrize(
    "how",
    [wrong_mac, wrong_data, wrong_sequence, wrong_address, without_channel, wrong_crc],
    ids=lambda how: how.__name__,
)
def test_a_card_that_was_tampered_with_on_the_wire_is_never_read_as_something_else(
    how: Spoil, key: bytes, told: Heard, line: TappedLine
) -> None:
    """It is lost, or asked for again; what arrives is the card that was shown, or not fresh any more."""
    once = Once(how, RAW)
    line.spoil = once
    reader = SimulatedDevice(line, 1, key, READER_CAPABILITIES)
    clock = JumpingClock()
    with Power(reader) as power, driving([wired("reader", line, key)], told, clock) as driver:
        told.next(DeviceOnline, "reader")
        clock.jump(1_500)  # past the time in which reads may be old
        power.do(once.arm)
        power.do(lambda: reader.present(CARD))
        eventually(lambda: bool(once.spoilt))
        eventually(lambda: driver.buses()[0].devices[0].online)
        replies = driver.buses()[0].devices[0].counters.replies
        eventually(lambda: driver.buses()[0].devices[0].counters.replies > replies + 5)
        assert {read.bits for read in told.of(CardRead)} <= {CARD}
        assert len(told.of(CardRead)) <= 1


def test_a_wrong_mac_ends_the_channel_and_a_new_one_is_made(key: bytes, told: Heard, line: TappedLine) -> None:
    once = Once(wrong_mac)
    line.spoil = once
    reader = SimulatedDevice(line, 1, key, READER_CAPABILITIES)
    with Power(reader) as power, driving([wired("reader", line, key)], told):
        told.next(DeviceOnline, "reader")
        power.do(once.arm)
        assert told.next(DeviceOffline, "reader").reason
        told.next(DeviceOnline, "reader", after=1)


def test_a_recorded_card_played_again_opens_nothing(key: bytes, told: Heard, line: TappedLine) -> None:
    """The frame of a real read is put in the place of a later reply: its MAC belongs to another moment."""
    recorded: list[bytes] = []

    def replay(data: bytes) -> bytes:
        frame = only(data)
        if frame is None or frame.scs not in SECURE_REPLIES:
            return data
        if frame.code == RAW:
            recorded.append(frame.raw)
        elif recorded and frame.sequence == recorded[0][4] & 3:
            return recorded[0]
        return data

    line.spoil = replay
    reader = SimulatedDevice(line, 1, key, READER_CAPABILITIES)
    with Power(reader) as power, driving([wired("reader", line, key)], told):
        told.next(DeviceOnline, "reader")
        power.do(lambda: reader.present(CARD))
        told.next(DeviceOffline, "reader")
        assert len(told.of(CardRead)) == 1


def test_a_device_that_asks_for_time_is_asked_again_and_stays_online(key: bytes, told: Heard, line: TappedLine) -> None:
    once = Once(busy, times=3)
    line.spoil = once
    reader = SimulatedDevice(line, 1, key, READER_CAPABILITIES)
    with Power(reader) as power, driving([wired("reader", line, key)], told) as driver:
        told.next(DeviceOnline, "reader")
        power.do(once.arm)
        eventually(lambda: len(once.spoilt) == 3)
        replies = driver.buses()[0].devices[0].counters.replies
        eventually(lambda: driver.buses()[0].devices[0].counters.replies > replies + 5)
        assert driver.buses()[0].devices[0].online


def test_the_tamper_contact_is_told_both_ways(key: bytes, told: Heard, line: TappedLine) -> None:
    reader = SimulatedDevice(line, 1, key, READER_CAPABILITIES)
    with Power(reader) as power, driving([wired("reader", line, key)], told):
        told.next(DeviceOnline, "reader")
        power.do(lambda: reader.report_tamper(True))
        assert told.next(TamperChanged, "reader").active
        power.do(lambda: reader.report_tamper(False))
        assert not told.next(TamperChanged, "reader", after=1).active


def test_every_message_after_the_handshake_is_in_the_secure_channel(key: bytes, told: Heard, line: TappedLine) -> None:
    reader = SimulatedDevice(line, 1, key, READER_CAPABILITIES)
    with Power(reader), driving([wired("reader", line, key)], told) as driver:
        told.next(DeviceOnline, "reader")
        eventually(lambda: driver.buses()[0].devices[0].counters.replies > 20)
    commands = line.commands
    assert commands[0].sequence == 0
    secure_from = next(index for index, frame in enumerate(commands) if frame.scs == 0x13) + 1
    assert {frame.code for frame in commands[:secure_from]} == {0x61, 0x62, 0x76, 0x77}
    assert all(frame.has_mac for frame in commands[secure_from:])
    assert all(frame.crc_ok for frame in commands)


def test_a_flood_from_one_reader_delays_no_other(key: bytes, told: Heard, tmp_path: Path) -> None:
    flooding, calm = TappedLine(tmp_path / "dev" / "one"), TappedLine(tmp_path / "dev" / "two")
    flooding.spoil = lambda data: data + bytes(4_000)
    one = SimulatedDevice(flooding, 1, key, READER_CAPABILITIES)
    two = SimulatedDevice(calm, 1, key[::-1], READER_CAPABILITIES)
    clock = JumpingClock()
    devices = [wired("one", flooding, key), wired("two", calm, key[::-1])]
    with Power(one, two) as power, driving(devices, told, clock):
        told.next(DeviceOnline, "two")
        clock.jump(round(SILENCE_S * 500))
        for count in range(5):
            power.do(lambda: two.present(CARD))
            told.next(CardRead, "two", after=count)
        assert not told.of(DeviceOffline, "two")
