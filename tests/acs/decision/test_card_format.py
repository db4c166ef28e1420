"""Card formats: H10301 from bits to token and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.card_format import CardBits, CardToken, decode, encode_h10301
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
