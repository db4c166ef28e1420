"""Which card formats are refused, and what the refusal says to do."""

import pytest
from hypothesis import given

from doorward.acs.decision.card_format import BitField, CardFormat, Parity
from doorward.acs.decision.format_check import FormatRefused, check_format
from doorward.acs.decision.predefined_formats import ACTIVE_BY_DEFAULT, PREDEFINED
from tests.acs.decision.formats import card_formats

WHOLE = BitField(1, 8)


def made(
    bits: int = 8, number: BitField | None = WHOLE, facility: BitField | None = None, **rest: object
) -> CardFormat:
    return CardFormat("x", "X", bits, number, facility, **rest)  # type: ignore[arg-type]


@given(card_formats())
def test_a_sensible_format_is_accepted(card_format: CardFormat) -> None:
    check_format(card_format)


@pytest.mark.parametrize("card_format", PREDEFINED.values(), ids=PREDEFINED)
def test_the_predefined_formats_are_sensible(card_format: CardFormat) -> None:
    check_format(card_format)


def test_no_two_formats_active_by_default_have_one_length() -> None:
    lengths = [PREDEFINED[format_id].bits for format_id in ACTIVE_BY_DEFAULT]
    assert len(set(lengths)) == len(lengths)


def test_predefined_formats_have_names_of_their_own() -> None:
    assert len({card_format.name for card_format in PREDEFINED.values()}) == len(PREDEFINED)


@pytest.mark.parametrize(
    "card_format, path, words",
    [
        (made(bits=0), "bits", "1 to 256 bits, not 0"),
        (made(bits=257), "bits", "1 to 256 bits, not 257"),
        (made(bits=9, invert_bytes=True), "invertByteOrder", "9 is not divisible by 8"),
        (made(number=None), "number", "Give the range of the card number"),
        (made(number=BitField(0, 3)), "number", "within 1 to 8"),
        (made(number=BitField(4, 3)), "number", "within 1 to 8"),
        (made(number=BitField(2, 9)), "number", "within 1 to 8"),
        (made(number=None, facility=BitField(2, 9)), "facilityCode", "facility code cannot be at bits 2 to 9"),
        (made(99, number=None, facility=BitField(1, 64)), "facilityCode", "at most 63 bits"),
        (made(number=BitField(4, 8), facility=BitField(1, 4)), "number", "Bit 4 belongs to the facility code"),
        (made(parities=(Parity(8, True, (1,)),)), "parities", "Bit 8 belongs to the card number"),
        (made(bits=9, parities=(Parity(9, True, ()),)), "parities", "covers no bits"),
        (made(bits=9, parities=(Parity(10, True, (1,)),)), "parities", "give a bit from 1 to 9"),
        (made(bits=9, parities=(Parity(9, True, (0,)),)), "parities", "covers bit 0"),
        (made(bits=9, parities=(Parity(9, True, (1, 10)),)), "parities", "covers bit 10"),
        (made(bits=9, parities=(Parity(9, True, (1, 9)),)), "parities", "counts itself already"),
        (made(bits=9, parities=(Parity(9, True, (1, 1)),)), "parities", "names a bit twice"),
        (made(bits=9, parities=(Parity(9, True, (1,)), Parity(9, True, (2,)))), "parities", "belongs to the parity"),
        (made(bits=10, parities=(Parity(9, True, (10,)), Parity(10, True, (1,)))), "parities", "List that one before"),
    ],
)
def test_a_senseless_format_is_refused_with_what_to_do(card_format: CardFormat, path: str, words: str) -> None:
    with pytest.raises(FormatRefused, match=words) as caught:
        check_format(card_format)
    assert caught.value.path == (path,)


def test_a_parity_bit_may_cover_one_that_was_listed_before_it() -> None:
    check_format(made(bits=10, parities=(Parity(10, True, (1,)), Parity(9, True, (10,)))))
