"""What a device tells reaches the sink: cards with their bits, inputs, tamper."""

from collections.abc import Callable
from pathlib import Path

import pytest

from doorward.acs.decision.card_format import CardBits, encode_h10301
from doorward.hardware.driver import CardRead, DeviceOffline, DeviceOnline, InputsChanged, KeysPressed, TamperChanged
from doorward.hardware.osdp.driver import OsdpDriver
from doorward.hardware.simulators.device import DOOR_IO_CAPABILITIES, READER_CAPABILITIES, SimulatedDevice
from doorward.hardware.simulators.line import SerialLine
from tests.hardware.osdp.wire import TappedLine
from tests.hardware.osdp.world import Heard, JumpingClock, Power, driving, eventually, wired

CARD = encode_h10301(17, 1042)
OTHER_CARD = encode_h10301(17, 7)
OPEN = (True, False, False, False)
REX = (False, True, False, False)
HALF_THE_DISTRUST_MS = 600

NewLine = Callable[[str], SerialLine]


def pass_some_polls(driver: OsdpDriver) -> None:
    """Wait until a device that has nothing to tell has said so."""
    replies = driver.buses()[0].devices[0].counters.replies
    eventually(lambda: driver.buses()[0].devices[0].counters.replies > replies + 3)


def pass_the_first_moments(
    power: Power, reader: SimulatedDevice, driver: OsdpDriver, told: Heard, clock: JumpingClock
) -> None:
    """Make it later in two jumps, with a sign of life between them: a silent reader would be given up."""
    for tampered in (True, False):
        before = len(told.of(TamperChanged))
        clock.jump(HALF_THE_DISTRUST_MS)
        power.do(lambda tampered=tampered: reader.report_tamper(tampered))  # type: ignore[misc]
        told.next(TamperChanged, after=before)
    pass_some_polls(driver)


@pytest.mark.parametrize(
    "bits",
    [
        CARD,
        CardBits.from_int(0b1, 1),
        CardBits.from_int(0x5A5A5A5A5, 35),
        CardBits.from_int(1 << 199 | 5, 200),
    ],
    ids=lambda bits: f"{bits.bit_count} bits",
)
def test_a_card_arrives_with_exactly_its_bits(bits: CardBits, key: bytes, told: Heard, new_line: NewLine) -> None:
    reader = SimulatedDevice(new_line("reader"), 1, key, READER_CAPABILITIES)
    with Power(reader) as power, driving([wired("reader", reader.line, key)], told):
        told.next(DeviceOnline, "reader")
        power.do(lambda: reader.present(bits))
        read = told.next(CardRead, "reader")
    assert (read.bits.bit_count, read.bits.as_text()) == (bits.bit_count, bits.as_text())


def test_keys_arrive_in_order_and_those_that_waited_in_the_reader_do_not(
    key: bytes, told: Heard, new_line: NewLine
) -> None:
    reader = SimulatedDevice(new_line("reader"), 1, key, READER_CAPABILITIES)
    clock = JumpingClock()
    with Power(reader) as power, driving([wired("reader", reader.line, key)], told, clock) as driver:
        told.next(DeviceOnline, "reader")
        power.do(lambda: reader.press("99"))
        pass_the_first_moments(power, reader, driver, told, clock)
        power.do(lambda: reader.press("2580#"))
        assert told.next(KeysPressed, "reader") == KeysPressed("reader", "2580#")


def test_a_card_shown_to_a_settled_reader_is_fresh(key: bytes, told: Heard, new_line: NewLine) -> None:
    reader = SimulatedDevice(new_line("reader"), 1, key, READER_CAPABILITIES)
    clock = JumpingClock()
    with Power(reader) as power, driving([wired("reader", reader.line, key)], told, clock) as driver:
        told.next(DeviceOnline, "reader")
        pass_the_first_moments(power, reader, driver, told, clock)
        power.do(lambda: reader.present(CARD))
        assert told.next(CardRead, "reader") == CardRead("reader", told.of(CardRead)[0].bits, fresh=True)


def test_a_card_kept_by_the_reader_before_we_came_is_not_fresh(key: bytes, told: Heard, new_line: NewLine) -> None:
    reader = SimulatedDevice(new_line("reader"), 1, key, READER_CAPABILITIES)
    reader.present(CARD)
    with Power(reader), driving([wired("reader", reader.line, key)], told):
        assert not told.next(CardRead, "reader").fresh


def test_a_card_shown_while_unplugged_arrives_after_the_return_and_is_not_fresh(
    key: bytes, told: Heard, new_line: NewLine
) -> None:
    reader = SimulatedDevice(new_line("reader"), 1, key, READER_CAPABILITIES)
    clock = JumpingClock()
    with Power(reader) as power, driving([wired("reader", reader.line, key)], told, clock) as driver:
        told.next(DeviceOnline, "reader")
        pass_the_first_moments(power, reader, driver, told, clock)
        power.plug(False, reader)
        power.do(lambda: reader.present(CARD))
        power.do(lambda: reader.present(OTHER_CARD))
        told.until(lambda events: "DeviceOffline" in {type(event).__name__ for event in events})
        power.plug(True, reader)
        kept = [told.next(CardRead, "reader", after=count) for count in range(2)]
        assert [read.fresh for read in kept] == [False, False]
        assert [read.bits.as_text() for read in kept] == [CARD.as_text(), OTHER_CARD.as_text()]
        pass_the_first_moments(power, reader, driver, told, clock)
        power.do(lambda: reader.present(CARD))
        assert told.next(CardRead, "reader", after=2).fresh


def test_cards_that_a_reader_hands_over_slowly_after_an_outage_are_all_old(
    key: bytes, told: Heard, tmp_path: Path
) -> None:
    """It takes longer for each than any time that a controller could wait, and is busy in between."""
    line = TappedLine(tmp_path / "dev" / "reader")
    reader = SimulatedDevice(line, 1, key, READER_CAPABILITIES)
    clock = JumpingClock()
    with Power(reader) as power, driving([wired("reader", line, key)], told, clock) as driver:
        told.next(DeviceOnline, "reader")
        power.plug(False, reader)
        for card in (CARD, OTHER_CARD) * 2:
            power.do(lambda card=card: reader.present(card))  # type: ignore[misc]
        told.next(DeviceOffline, "reader")
        power.plug(True, reader)
        for count in range(4):
            told.next(CardRead, "reader", after=count)
            clock.jump(HALF_THE_DISTRUST_MS)
        assert not any(read.fresh for read in told.of(CardRead))
        pass_some_polls(driver)
        clock.jump(HALF_THE_DISTRUST_MS)
        power.do(lambda: reader.present(CARD))
        assert told.next(CardRead, "reader", after=4).fresh


def test_inputs_are_told_when_the_device_comes_online_and_when_they_change(
    key: bytes, told: Heard, new_line: NewLine
) -> None:
    door = SimulatedDevice(new_line("io"), 1, key, DOOR_IO_CAPABILITIES)
    with Power(door) as power, driving([wired("io", door.line, key)], told):
        told.next(DeviceOnline, "io")
        for inputs in (REX, REX, OPEN):
            power.do(lambda inputs=inputs: door.report_inputs(inputs))  # type: ignore[misc]
        told.next(InputsChanged, "io", after=1)
    assert told.of(InputsChanged) == [InputsChanged("io", REX), InputsChanged("io", OPEN)]


def test_tamper_is_told(key: bytes, told: Heard, new_line: NewLine) -> None:
    reader = SimulatedDevice(new_line("reader"), 1, key, READER_CAPABILITIES)
    with Power(reader) as power, driving([wired("reader", reader.line, key)], told):
        told.next(DeviceOnline, "reader")
        power.do(lambda: reader.report_tamper(True))
        assert told.next(TamperChanged, "reader") == TamperChanged("reader", active=True)
