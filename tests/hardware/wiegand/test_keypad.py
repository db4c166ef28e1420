"""What a burst is, by its number of bits and the reader's keypad."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.card_format import CardBits, encode_h10301
from doorward.acs.devices import WiegandDevice
from doorward.acs.doors.wiegand import KeypadMode
from doorward.hardware.wiegand.codec import Noise
from doorward.hardware.wiegand.keypad import Key, WholePin, read_burst

KEYS = "0123456789*#"
PUBLISHED = {
    KeypadMode.BURST_4: "0000 0001 0010 0011 0100 0101 0110 0111 1000 1001 1010 1011",
    KeypadMode.BURST_6: "000001 000010 000100 000111 101001 101010 101100 101111 110001 110010 110100 110111",
    KeypadMode.BURST_8: (
        "11110000 11100001 11010010 11000011 10110100 10100101 10010110 10000111 01111000 01101001 01011010 01001011"
    ),
}
"""What makers print in their manuals, for 0 to 9, * and #."""


def device(keypad: KeypadMode, pin_facility: int | None = None, pin_digits: int = 4) -> WiegandDevice:
    return WiegandDevice("r", "/dev/r", "bits", keypad=keypad, pin_facility=pin_facility, pin_digits=pin_digits)


@pytest.mark.parametrize("mode", PUBLISHED)
def test_the_bursts_that_makers_publish_are_keys_and_no_others_are(mode: KeypadMode) -> None:
    published = PUBLISHED[mode].split()
    size = len(published[0])
    for value in range(2**size):
        bits = CardBits.from_int(value, size)
        found = read_burst(device(mode), bits)
        if bits.as_text() in published:
            assert found == Key(KEYS[published.index(bits.as_text())])
        else:
            assert isinstance(found, Noise)


@given(st.sampled_from(KeypadMode), st.integers(1, 256), st.data())
def test_a_card_is_a_card_whatever_the_keypad_and_short_bursts_never_are(
    mode: KeypadMode, count: int, data: st.DataObject
) -> None:
    bits = CardBits.from_int(data.draw(st.integers(0, 2**count - 1)), count)
    found = read_burst(device(mode, 255 if mode is KeypadMode.BUFFERED_26 else None), bits)
    if count >= 16 and (mode is not KeypadMode.BUFFERED_26 or count != 26):
        assert found is bits
    elif count < 16:
        assert not isinstance(found, CardBits | WholePin)


def test_keys_are_not_expected_where_no_keypad_is_set() -> None:
    assert isinstance(read_burst(device(KeypadMode.NONE), CardBits.from_int(5, 4)), Noise)
    assert isinstance(read_burst(device(KeypadMode.BURST_8), CardBits.from_int(5, 4)), Noise)


@pytest.mark.parametrize(
    "number, digits, pin", [(1042, 4, "1042"), (42, 4, "0042"), (42, 1, "42"), (65535, 4, "65535")]
)
def test_a_buffered_pin_is_known_by_its_facility_code(number: int, digits: int, pin: str) -> None:
    keypad = device(KeypadMode.BUFFERED_26, 255, digits)
    assert read_burst(keypad, encode_h10301(255, number)) == WholePin(pin)
    card = encode_h10301(17, number)
    assert read_burst(keypad, card) is card


def test_a_buffered_pin_with_wrong_parity_is_not_taken_for_one() -> None:
    wrong = CardBits.from_int(encode_h10301(255, 1042).as_int() ^ 1, 26)
    assert read_burst(device(KeypadMode.BUFFERED_26, 255), wrong) is wrong


def test_what_was_typed_is_in_no_repr() -> None:
    assert "7" not in repr(Key("7"))
    assert "1042" not in repr(WholePin("1042"))
