"""Reading and writing cards by their formats: round trips, parity, inversions, and sets of formats."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from doorward.acs.decision.card_format import BitField, CardBits, CardFormat, CardToken, Parity, decode, encode_h10301
from doorward.acs.decision.card_reader import CardReader, decode_as, encode, reversed_bits, reversed_bytes
from doorward.acs.decision.predefined_formats import ACTIVE_BY_DEFAULT, PREDEFINED
from doorward.acs.decision.reason import Reason
from tests.acs.decision.formats import card_formats, numbers

H10301 = PREDEFINED["H10301"]
ACTIVE = CardReader(PREDEFINED[format_id] for format_id in ACTIVE_BY_DEFAULT)
# The manual's card: 64332, which is FB4C, in 16 bits that are all card number.
SIXTEEN = CardFormat("16", "16 bits", 16, BitField(1, 16))
FB4C = CardBits.from_int(0xFB4C, 16)


def slow_decode(card_format: CardFormat, text: str) -> tuple[int | None, int] | None:
    """The obvious way: lists of bits, one loop per rule of the manual. None: a parity is wrong."""
    order = list(text)
    if card_format.invert_bits:
        order.reverse()
    if card_format.invert_bytes:
        octets = [order[index : index + 8] for index in range(0, len(order), 8)]
        order = [bit for octet in reversed(octets) for bit in octet]
    bit = {position: int(value) for position, value in enumerate(order, start=1)}
    for parity in card_format.parities:
        ones = bit[parity.position] + sum(bit[position] for position in parity.mask)
        if ones % 2 != (1 if parity.odd else 0):
            return None

    def number(field: BitField | None) -> int | None:
        if field is None:
            return None
        total = 0
        positions = range(field.first, field.last + 1)
        for position in reversed(positions) if field.little_endian else positions:
            total = total * 2 + bit[position]
        return total

    return number(card_format.facility), number(card_format.number) or 0


@given(st.data())
def test_every_card_of_every_format_decodes_to_what_was_encoded(data: st.DataObject) -> None:
    card_format = data.draw(card_formats())
    facility, number = data.draw(numbers(card_format.facility)), data.draw(numbers(card_format.number))
    bits = encode(card_format, facility, number or 0)
    assert decode_as(card_format, bits) == CardToken("drawn", facility, number or 0)


@given(st.data())
def test_reading_agrees_with_the_slow_and_obvious_way(data: st.DataObject) -> None:
    card_format = data.draw(card_formats())
    bits = CardBits.from_int(data.draw(st.integers(0, 2**card_format.bits - 1)), card_format.bits)
    expected = slow_decode(card_format, bits.as_text())
    found = decode_as(card_format, bits)
    assert found == (Reason.CARD_PARITY_ERROR if expected is None else CardToken("drawn", *expected))


@given(st.data())
def test_a_flipped_bit_that_a_parity_covers_is_noticed(data: st.DataObject) -> None:
    card_format = data.draw(card_formats())
    assume(card_format.parities)
    plain = CardFormat(**{**{name: getattr(card_format, name) for name in card_format.__struct_fields__},
                          "invert_bits": False, "invert_bytes": False})  # fmt: skip
    facility, number = data.draw(numbers(plain.facility)), data.draw(numbers(plain.number))
    position = data.draw(st.sampled_from(sorted({p for parity in plain.parities for p in parity.mask})))
    flipped = encode(plain, facility, number or 0).as_int() ^ 1 << (plain.bits - position)
    assert decode_as(plain, CardBits.from_int(flipped, plain.bits)) is Reason.CARD_PARITY_ERROR


@given(st.integers(0, 2**26 - 1))
def test_the_general_reader_reads_26_bits_as_the_special_one_does(value: int) -> None:
    bits = CardBits.from_int(value, 26)
    assert decode_as(H10301, bits) == decode(bits)


@given(st.integers(0, 255), st.integers(0, 65535))
def test_the_general_writer_writes_26_bits_as_the_special_one_does(facility: int, number: int) -> None:
    assert encode(H10301, facility, number) == encode_h10301(facility, number)


@pytest.mark.parametrize(
    "invert_bits, invert_bytes, number",
    [(False, False, 64332), (True, False, 13023), (False, True, 19707), (True, True, 0xDF32)],
)
def test_the_manual_s_example_of_inversions_holds(invert_bits: bool, invert_bytes: bool, number: int) -> None:
    """64332 is FB4C; read from the right bit by bit it is 13023, byte by byte (4CFB) 19707."""
    card_format = CardFormat("16", "16 bits", 16, BitField(1, 16), None, (), invert_bits, invert_bytes)
    assert decode_as(card_format, FB4C) == CardToken("16", None, number)
    assert encode(card_format, None, number) == FB4C


def test_two_readers_that_differ_in_byte_order_give_one_number() -> None:
    """The other half of the manual's example: 4CFB from the second reader becomes 64332 again."""
    inverting = CardFormat("16", "16 bits", 16, BitField(1, 16), invert_bytes=True)
    assert decode_as(inverting, CardBits.from_int(0x4CFB, 16)) == decode_as(SIXTEEN, FB4C)


def test_a_little_endian_field_counts_its_first_bit_least() -> None:
    card_format = CardFormat("8", "8 bits", 8, BitField(5, 8), BitField(1, 4, little_endian=True))
    assert decode_as(card_format, CardBits.from_text("1000 1000")) == CardToken("8", 1, 8)


@given(st.integers(1, 256).flatmap(lambda count: st.tuples(st.just(count), st.integers(0, 2**count - 1))))
def test_reversing_the_bits_twice_changes_nothing(case: tuple[int, int]) -> None:
    count, value = case
    assert reversed_bits(reversed_bits(value, count), count) == value


@given(st.integers(1, 32).flatmap(lambda size: st.tuples(st.just(size * 8), st.integers(0, 256**size - 1))))
def test_reversing_the_bytes_twice_changes_nothing(case: tuple[int, int]) -> None:
    count, value = case
    assert reversed_bytes(reversed_bytes(value, count), count) == value


def test_a_format_with_a_facility_code_only_gives_the_number_0() -> None:
    card_format = CardFormat("8", "8 bits", 8, None, BitField(1, 8))
    assert decode_as(card_format, encode(card_format, 200, 0)) == CardToken("8", 200, 0)


@pytest.mark.parametrize(
    "format_id, facility, number, words",
    [
        ("H10301", 256, 1, "facility code of H10301 26-bit cards is 0 to 255, not 256"),
        ("H10301", 1, 65536, "number of H10301 26-bit cards is 0 to 65535"),
        ("H10301", 1, -1, "number of H10301 26-bit cards is 0 to 65535"),
        ("H10301", None, 1, "have a facility code: give it"),
        ("H10302", 1, 1, "have no facility code"),
    ],
)
def test_what_does_not_fit_a_card_is_refused(format_id: str, facility: int | None, number: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        encode(PREDEFINED[format_id], facility, number)


def test_a_number_has_no_place_on_a_card_without_a_number() -> None:
    with pytest.raises(ValueError, match="have no number"):
        encode(CardFormat("8", "8 bits", 8, None, BitField(1, 8)), 1, 1)


@pytest.mark.parametrize("format_id", sorted(ACTIVE_BY_DEFAULT))
def test_a_set_of_formats_reads_a_card_by_its_length(format_id: str) -> None:
    bits = encode(PREDEFINED[format_id], 17, 1042)
    assert ACTIVE.read(bits) == CardToken(format_id, 17, 1042)


def test_a_length_that_no_format_of_the_set_has_is_unknown() -> None:
    assert ACTIVE.read(CardBits.from_int(0, 32)) is Reason.CARD_LENGTH_UNKNOWN
    assert CardReader(()).read(encode_h10301(1, 1)) is Reason.CARD_LENGTH_UNKNOWN


def test_of_two_formats_of_one_length_the_first_whose_parity_is_right_reads_the_card() -> None:
    odd = CardFormat("odd", "Odd", 4, BitField(2, 4), None, (Parity(1, True, (2, 3, 4)),))
    even = CardFormat("even", "Even", 4, BitField(2, 4), None, (Parity(1, False, (2, 3, 4)),))
    either = CardFormat("either", "Either", 4, BitField(2, 4))
    card = encode(even, None, 5)
    assert CardReader((odd, even, either)).read(card) == CardToken("even", None, 5)
    assert CardReader((either, even)).read(card) == CardToken("either", None, 5)
