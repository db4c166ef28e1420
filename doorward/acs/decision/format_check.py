"""Which card formats make sense: every bit inside the card, and none with two meanings."""

from doorward.acs.decision.card_format import MAX_CARD_BITS, BitField, CardFormat, Parity

MAX_FACILITY_BITS = 63
"""What a database holds as a number. Card numbers may be longer."""


class FormatRefused(ValueError):
    """A format that cannot be; the message says what to do, `path` names the part of it (camelCase)."""

    def __init__(self, message: str, *path: str) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


def check_format(card_format: CardFormat) -> None:
    """Raise FormatRefused unless cards of this format can be read, and written, in exactly one way."""
    bits = card_format.bits
    if not 1 <= bits <= MAX_CARD_BITS:
        raise FormatRefused(f"A card has 1 to {MAX_CARD_BITS} bits, not {bits}.", "bits")
    if card_format.invert_bytes and bits % 8:
        raise FormatRefused(
            f"The byte order can be inverted only if the bits fill whole bytes; {bits} is not divisible by 8.",
            "invertByteOrder",
        )
    if card_format.number is None and card_format.facility is None:
        raise FormatRefused("Give the range of the card number, of the facility code, or of both.", "number")
    if card_format.facility is not None and card_format.facility.size > MAX_FACILITY_BITS:
        raise FormatRefused(
            f"A facility code has at most {MAX_FACILITY_BITS} bits. Make the others part of the card number.",
            "facilityCode",
        )
    owners: dict[int, str] = {}
    for field, name, path in (
        (card_format.facility, "facility code", "facilityCode"),
        (card_format.number, "card number", "number"),
    ):
        if field is not None:
            _check_field(field, bits, name, path)
            _claim(owners, range(field.first, field.last + 1), name, path)
    for parity in card_format.parities:
        _check_parity(parity, bits)
        _claim(owners, (parity.position,), "parity", "parities")
    _check_order(card_format.parities)


def _check_field(field: BitField, bits: int, name: str, path: str) -> None:
    if not 1 <= field.first <= field.last <= bits:
        raise FormatRefused(
            f"The {name} cannot be at bits {field.first} to {field.last}: give a range within 1 to {bits}.", path
        )


def _check_parity(parity: Parity, bits: int) -> None:
    if not 1 <= parity.position <= bits:
        raise FormatRefused(f"A parity bit cannot be at {parity.position}: give a bit from 1 to {bits}.", "parities")
    place = f"The parity bit {parity.position}"
    if not parity.mask:
        raise FormatRefused(f"{place} covers no bits. Name those that it covers.", "parities")
    if outside := [bit for bit in parity.mask if not 1 <= bit <= bits]:
        raise FormatRefused(f"{place} covers bit {outside[0]}, but the card has bits 1 to {bits}.", "parities")
    if parity.position in parity.mask:
        raise FormatRefused(f"{place} counts itself already. Leave it out of the bits that it covers.", "parities")
    if len(set(parity.mask)) < len(parity.mask):
        raise FormatRefused(f"{place} names a bit twice. Name each bit that it covers once.", "parities")


def _claim(owners: dict[int, str], positions: range | tuple[int, ...], name: str, path: str) -> None:
    for position in positions:
        if other := owners.get(position):
            raise FormatRefused(f"Bit {position} belongs to the {other} already. Give each bit one meaning.", path)
        owners[position] = name


def _check_order(parities: tuple[Parity, ...]) -> None:
    """Each parity bit is worked out once, in the order given, so it may cover only parity bits before it."""
    later = {parity.position for parity in parities}
    for parity in parities:
        later.discard(parity.position)
        if covered := later.intersection(parity.mask):
            raise FormatRefused(
                f"The parity bit {parity.position} covers the parity bit {min(covered)}. List that one before it.",
                "parities",
            )
