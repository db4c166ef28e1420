"""How a format's reading of a card is shown: every step, and the verdict that the reader gives."""

from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.card_explanation import explain
from doorward.acs.decision.card_format import BitField, CardBits, CardFormat, CardToken
from doorward.acs.decision.card_reader import decode_as, encode
from doorward.acs.decision.predefined_formats import PREDEFINED
from doorward.acs.decision.reason import Reason
from tests.acs.decision.formats import card_formats


def test_each_inversion_shows_its_bits() -> None:
    card_format = CardFormat(
        "16", "16 bits", 16, BitField(1, 16, hexadecimal=True), invert_bits=True, invert_bytes=True
    )
    shown = explain(card_format, CardBits.from_int(0xFB4C, 16))
    assert shown.arrived == "1111101101001100"
    assert shown.bits_inverted == "0011001011011111"
    assert shown.bytes_inverted == shown.read == "1101111100110010"
    assert shown.number is not None
    assert (shown.number.bits, shown.number.text) == ("1101111100110010", "DF32")


def test_a_step_that_the_format_does_not_have_is_not_shown() -> None:
    shown = explain(PREDEFINED["H10301"], encode(PREDEFINED["H10301"], 17, 1042))
    assert shown.bits_inverted is None
    assert shown.bytes_inverted is None
    assert shown.read == shown.arrived
    assert shown.verdict == CardToken("H10301", 17, 1042)


def test_a_wrong_parity_bit_is_shown_beside_the_right_ones() -> None:
    card_format = PREDEFINED["H10301"]
    broken = CardBits.from_int(encode(card_format, 17, 1042).as_int() ^ 1, 26)
    shown = explain(card_format, broken)
    assert shown.verdict is Reason.CARD_PARITY_ERROR
    assert [reading.expected == reading.found for reading in shown.parities] == [True, False]
    assert shown.number is not None
    assert shown.number.text == "1042"


def test_a_card_of_another_length_has_no_readings() -> None:
    shown = explain(PREDEFINED["H10301"], CardBits.from_text("1011"))
    assert (shown.arrived, shown.number, shown.facility, shown.parities) == ("1011", None, None, ())
    assert shown.verdict is Reason.CARD_LENGTH_UNKNOWN


@given(st.data())
def test_what_is_shown_is_what_the_reader_does(data: st.DataObject) -> None:
    card_format = data.draw(card_formats())
    bits = CardBits.from_int(data.draw(st.integers(0, 2**card_format.bits - 1)), card_format.bits)
    shown = explain(card_format, bits)
    assert shown.verdict == decode_as(card_format, bits)
    right = all(reading.expected == reading.found for reading in shown.parities)
    assert right == isinstance(shown.verdict, CardToken)
    if isinstance(shown.verdict, CardToken):
        for reading, value in ((shown.number, shown.verdict.number), (shown.facility, shown.verdict.facility)):
            if reading is not None:
                assert reading.field.value(reading.text) == value
