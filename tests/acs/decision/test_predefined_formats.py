"""Cards whose bits and numbers others have published, with where; each is read, and written back bit by bit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.card_format import CardBits, CardFormat, CardToken
from doorward.acs.decision.card_reader import decode_as, encode
from doorward.acs.decision.predefined_formats import PREDEFINED
from doorward.acs.decision.reason import Reason
from tests.acs.decision.formats import numbers

VECTORS = {
    # Z9 Security, community-proto-csharp, TestBinaryFormatter.cs: cards that were read, with what is printed on them.
    "iCLASS, Z9": ("H10301", "10000000100000010001011001", 1, 556),
    "Prox, Z9": ("H10301", "00000000100010100101000011", 1, 5281),
    "PhotoProx, Z9": ("H10301", "01110100101110110011111011", 233, 30333),
    "Prox Card II, Z9": ("H10301", "10111000100011011100111000", 113, 7068),
    "OSDP test card, Z9": ("H10301", "10000101100000010011111010", 11, 637),
    "EM4100 fob, Z9": ("H10301", "11001000000100011001011011", 144, 9005),
    # AccessGrid, "Examples of every access control bit format" (2025).
    "26 bits, AccessGrid": ("H10301", "10010101000000000010001010", 42, 69),
    "Indala 26, AccessGrid": ("IND26", "10000001010100000010001010", 42, 69),
    "Indala 27, AccessGrid": ("IND27", "000000010101000000001000101", 42, 69),
    # npm wiegand-encoder, README.
    "26 bits, wiegand-encoder": ("H10301", "00101101000000001010001000", 90, 324),
    # Civintec, CN56X0B-X user manual, 6.4.2, 6.4.3 and 6.4.5: data D41B81, 30 bits, and 89D41B81.
    "26 bits, Civintec": ("H10301", "1 11010100 0001101110000001 0", 0xD4, 0x1B81),
    "32 bits, Civintec": ("W32", "1 001111110101010 101010110010000 1", 0b001111110101010, 0b101010110010000),
    "34 bits, Civintec": ("W34", "1 10001001 11010100 00011011 10000001 1", None, 0x89D41B81),
    # Hikvision, Wiegand camera operation manual, page 9: card number 1234567890.
    "34 bits, Hikvision": ("W34", "1 0100100110010110 0000001011010010 0", None, 1234567890),
    "34 bits, Hikvision, as two numbers": ("H10306", "1 0100100110010110 0000001011010010 0", 0x4996, 0x02D2),
}
RAW_VECTORS = {
    # Doppelganger RFID, the log line of a captured card.
    "35 bits, Doppelganger": ("C1k35s", 0x2D4A64FB8E & (1 << 35) - 1, 2643, 163271),
    # Proxmark3, tools/pm3_tests.sh: `lf hid clone -r 01400076000c86` is found again as Corporate 1000 48-bit. Its
    # parity is the proof; facility code 118 and number 1603 are those of its 26-bit sibling 2006ec0c86.
    "48 bits, Proxmark3": ("C1k48s", 0x400076000C86, 118, 1603),
    "26 bits, Proxmark3": ("H10301", 0x2006EC0C86 & (1 << 26) - 1, 118, 1603),
    # Reddit r/AskElectronics 10llyy: a 26-bit read worked through by hand, parity included.
    "26 bits, by hand": ("H10301", 0x21A6616, 13, 13067),
}
# The layouts as their sources draw them: P even parity, Q odd parity at the end, F facility code, C card number.
DRAWN = {
    # rf IDEAS, "proximity card formats".
    "H10301": ("PFFFFFFFFCCCCCCCCCCCCCCCCQ", "EXXXXXXXXXXXX.............", ".............XXXXXXXXXXXXO"),
    # Open Options, knowledge base, "37 Bit Card Format (with facility code)".
    "H10304": (
        "PFFFFFFFFFFFFFFFFCCCCCCCCCCCCCCCCCCCQ",
        "EXXXXXXXXXXXXXXXXXX..................",
        "..................XXXXXXXXXXXXXXXXXXO",
    ),
    # Z9 Security, CommonDataFormats.cs: fields and parity masks as positions, drawn out.
    "H10302": ("P" + "C" * 35 + "Q", "E" + "X" * 18 + "." * 18, "." * 18 + "X" * 18 + "O"),
    "H10306": ("P" + "F" * 16 + "C" * 16 + "Q", "E" + "X" * 16 + "." * 17, "." * 17 + "X" * 16 + "O"),
    "W50": ("P" + "F" * 16 + "C" * 32 + "Q", "E" + "X" * 24 + "." * 25, "." * 25 + "X" * 24 + "O"),
    "C1k35s": ("?P" + "F" * 12 + "C" * 20 + "Q", ".E" + "XX." * 10 + "XX.", "." + "XX." * 11 + "O"),
    "C1k48s": ("?P" + "F" * 22 + "C" * 23 + "Q", ".E." + "XX." * 14 + "XX.", ".." + "XX." * 14 + "XX.O"),
}


def bits_of(format_id: str, text: str) -> CardBits:
    bits = CardBits.from_text(text)
    assert bits.bit_count == PREDEFINED[format_id].bits
    return bits


@pytest.mark.parametrize("format_id, text, facility, number", VECTORS.values(), ids=VECTORS)
def test_a_published_card_is_read_and_written(format_id: str, text: str, facility: int | None, number: int) -> None:
    bits = bits_of(format_id, text)
    assert decode_as(PREDEFINED[format_id], bits) == CardToken(format_id, facility, number)
    assert encode(PREDEFINED[format_id], facility, number) == bits


@pytest.mark.parametrize("format_id, value, facility, number", RAW_VECTORS.values(), ids=RAW_VECTORS)
def test_a_published_raw_number_is_read_and_written(format_id: str, value: int, facility: int, number: int) -> None:
    card_format = PREDEFINED[format_id]
    assert decode_as(card_format, CardBits.from_int(value, card_format.bits)) == CardToken(format_id, facility, number)
    assert encode(card_format, facility, number).as_int() == value


def marked(drawing: str, mark: str) -> tuple[int, ...]:
    return tuple(position for position, letter in enumerate(drawing, start=1) if letter == mark)


@pytest.mark.parametrize("format_id", DRAWN)
def test_a_layout_is_the_one_that_its_source_draws(format_id: str) -> None:
    fields, even, odd = DRAWN[format_id]
    card_format = PREDEFINED[format_id]
    for field, mark in ((card_format.facility, "F"), (card_format.number, "C")):
        assert (tuple(range(field.first, field.last + 1)) if field else ()) == marked(fields, mark)
    masks = {parity.position: (parity.odd, parity.mask) for parity in card_format.parities}
    assert masks[marked(even, "E")[0]] == (False, marked(even, "X"))
    assert masks[marked(odd, "O")[0]] == (True, marked(odd, "X"))


def test_the_first_bit_of_corporate_1000_is_odd_parity_over_all_others() -> None:
    for format_id in ("C1k35s", "C1k48s"):
        last = PREDEFINED[format_id].parities[-1]
        assert (last.position, last.odd, last.mask) == (1, True, tuple(range(2, PREDEFINED[format_id].bits + 1)))


@given(st.integers(0, 4095), st.integers(0, 65535))
def test_the_last_byte_of_p10001_is_the_exclusive_or_of_the_others(facility: int, number: int) -> None:
    """Proxmark3, wiegand_formats.c, P10001. Its first four bits are ones, which no field and no reader needs."""
    first, second, third, fourth, last = encode(PREDEFINED["P10001"], facility, number).data
    assert last == first ^ second ^ third ^ fourth


@given(st.data())
def test_every_predefined_format_reads_what_it_writes(data: st.DataObject) -> None:
    card_format = data.draw(st.sampled_from(list(PREDEFINED.values())))
    facility, number = data.draw(numbers(card_format.facility)), data.draw(numbers(card_format.number))
    bits = encode(card_format, facility, number or 0)
    assert decode_as(card_format, bits) == CardToken(card_format.id, facility, number or 0)


@given(st.data())
def test_a_flipped_bit_is_noticed_by_every_format_whose_parity_covers_all_bits(data: st.DataObject) -> None:
    whole = [card_format for card_format in PREDEFINED.values() if covered(card_format) == card_format.bits]
    assert len(whole) >= 10
    card_format = data.draw(st.sampled_from(whole))
    facility, number = data.draw(numbers(card_format.facility)), data.draw(numbers(card_format.number))
    flipped = encode(card_format, facility, number or 0).as_int() ^ 1 << data.draw(st.integers(0, card_format.bits - 1))
    assert decode_as(card_format, CardBits.from_int(flipped, card_format.bits)) is Reason.CARD_PARITY_ERROR


def covered(card_format: CardFormat) -> int:
    return len({bit for parity in card_format.parities for bit in (parity.position, *parity.mask)})
