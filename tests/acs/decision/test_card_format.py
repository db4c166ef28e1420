"""Card formats: H10301 from bits to token and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.card_format import BitField, CardBits, CardToken, decode, encode_h10301
from doorward.acs.decision.reason import Reason

cards = st.tuples(st.integers(0, 255), st.integers(0, 65535))


@given(cards)
def test_every_card_decodes_to_what_was_encoded(card: tuple[int, int]) -> None:
    assert decode(encode_h10301(*card)) == CardToken("H10301", *card)


@given(cards, st.integers(0, 25))
def test_one_flipped_bit_is_never_taken_for_a_card(card: tuple[int, int], bit: int) -> None:
    bits = encode_h10301(*card)
    flipped = CardBits.from_int(bits.as_int() ^ (1 << bit), 26)
    assert decode(flipped) is Reason.CARD_PARITY_ERROR


@given(st.integers(1, 256).filter(lambda count: count != 26))
def test_any_other_length_is_unknown(count: int) -> None:
    assert decode(CardBits.from_int(0, count)) is Reason.CARD_LENGTH_UNKNOWN


def test_a_card_from_the_field_has_its_known_bits() -> None:
    """Facility 17, number 1042, worked out by hand from the layout of the format."""
    assert encode_h10301(17, 1042).as_text() == "0" + "00010001" + "0000010000010010" + "0"


@pytest.mark.parametrize("facility, number", [(-1, 0), (256, 0), (0, -1), (0, 65536)])
def test_numbers_outside_the_format_are_refused(facility: int, number: int) -> None:
    with pytest.raises(ValueError, match="26-bit card"):
        encode_h10301(facility, number)


@given(st.integers(1, 256).flatmap(lambda count: st.tuples(st.just(count), st.integers(0, 2**count - 1))))
def test_bits_survive_left_justification(case: tuple[int, int]) -> None:
    count, value = case
    bits = CardBits.from_int(value, count)
    assert bits.as_int() == value
    assert len(bits.as_text()) == count


def test_unused_tail_bits_do_not_count() -> None:
    bits = encode_h10301(17, 1042)
    noisy = CardBits(bits.data[:-1] + bytes([bits.data[-1] | 0b0011_1111]), 26)
    assert decode(noisy) == decode(bits)


@pytest.mark.parametrize("data, count", [(b"", 1), (b"\0", 9), (b"\0" * 40, 257), (b"\0", 0)])
def test_impossible_bits_are_refused(data: bytes, count: int) -> None:
    with pytest.raises(ValueError, match="bits"):
        CardBits(data, count)


@pytest.mark.parametrize(
    "text, count, value",
    [("FB4C", 16, 0xFB4C), ("fb:4c", 16, 0xFB4C), ("00 FB4C", 16, 0xFB4C), ("3", 2, 3), ("0", 26, 0)],
)
def test_bits_are_typed_in_hexadecimal(text: str, count: int, value: int) -> None:
    assert CardBits.from_hexadecimal(text, count) == CardBits.from_int(value, count)


@pytest.mark.parametrize(
    "text, count", [("", 8), ("XY", 8), ("0x12", 8), ("100", 8), ("1", 0), ("1", 257), ("F" * 999, 8)]
)
def test_impossible_hexadecimal_is_refused(text: str, count: int) -> None:
    with pytest.raises(ValueError, match=r"bits|hexadecimal"):
        CardBits.from_hexadecimal(text, count)


@given(st.integers(1, 256).flatmap(lambda count: st.tuples(st.just(count), st.integers(0, 2**count - 1))))
def test_bits_are_typed_as_they_are_shown(case: tuple[int, int]) -> None:
    bits = CardBits.from_int(case[1], case[0])
    assert CardBits.from_text(bits.as_text()) == bits


@pytest.mark.parametrize("text", ["", "012", "\u0660\u0661", "0" * 257])
def test_impossible_bit_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"0 and 1|256 bits"):
        CardBits.from_text(text)


@given(st.integers(1, 64), st.booleans(), st.data())
def test_a_field_s_number_is_typed_as_it_is_shown(size: int, hexadecimal: bool, data: st.DataObject) -> None:
    field = BitField(3, size + 2, hexadecimal)
    value = data.draw(st.integers(0, field.largest))
    assert field.value(field.text(value)) == value


def test_a_field_shows_its_number_in_its_base() -> None:
    assert BitField(1, 16).text(0xFB4C) == "64332"
    assert BitField(1, 16, hexadecimal=True).text(0xFB4C) == "FB4C"
    assert BitField(1, 16, hexadecimal=True).text(0xC) == "000C"
    assert BitField(1, 16, hexadecimal=True).value("fb4c") == 0xFB4C


@pytest.mark.parametrize("text", ["", "-1", "65536", "FB4C", "1_0", "\u0663", "9" * 500])
def test_what_is_no_number_of_a_field_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"decimal number|does not fit"):
        BitField(1, 16).value(text)
