"""Cards: by the numbers that a format reads, or by their raw bits."""

from dataclasses import dataclass
from datetime import datetime

from doorward.acs.actor import Permission
from doorward.acs.credentials import site_rules
from doorward.acs.credentials.models import Credential
from doorward.acs.credentials.record import Terms, add, locked_owner, refuse_duplicate
from doorward.acs.decision.card_format import H10301, MAX_CARD_BITS, BitField, CardBits, CardFormat
from doorward.acs.decision.policy import CredentialKind, RelativeValidity
from doorward.acs.errors import ValidationFailed
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation

_RAW = "raw"
_MAX_FACILITY = 2**63 - 1


@dataclass(frozen=True, slots=True)
class NewCard:
    """A card to create: `facility` (None where the format has none) and `number` as `format` reads them.

    Or `bits`: all of them, as a text of 0 and 1 (1-256), of a card that no format needs to read.
    See Terms for the rest.
    """

    cardholder_id: str
    facility: int | None = None
    number: int | None = None
    name: str = "Card"
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    format: str = H10301
    bits: str | None = None
    relative: RelativeValidity | None = None
    traced: bool = False
    starts_lockdown: bool = False

    @property
    def terms(self) -> Terms:
        """How the card may be used."""
        return Terms(self.name, self.valid_from, self.valid_to, self.relative, self.traced, self.starts_lockdown)


def card_key(format_id: str, facility: int | None, number: int) -> str:
    """The unique key of a card."""
    return f"card:{format_id}:{'' if facility is None else facility}:{number}"


def raw_format(bit_count: int) -> str:
    """The format id of a card known by its raw bits."""
    return f"{_RAW}{bit_count}"


def raw_bit_count(format_id: str) -> int | None:
    """How many bits a card known by its raw bits has; None for a card of a format."""
    if not format_id.startswith(_RAW):
        return None
    count = format_id[len(_RAW) :]
    return int(count) if count.isdecimal() else None


@operation(Permission.CREDENTIAL_WRITE)
async def create_card(work: Work, given: NewCard) -> Credential:
    """A new card. Raises Conflict if somebody has it already, in numbers or in raw bits."""
    row = Credential(id=new_id(), kind=CredentialKind.CARD)
    others, field = await _set_raw(work, row, given.bits) if given.bits is not None else await _set(work, row, given)
    owner = await locked_owner(work, given.cardholder_id)
    for key in (row.unique_key, *others):
        await refuse_duplicate(work, key or "", "card", field)
    return await add(work, row, owner, given.terms, field)


async def _set(work: Work, row: Credential, given: NewCard) -> tuple[list[str], str]:
    """Put the card's numbers on the row; what the same card is in raw bits, and the input to blame."""
    card = await site_rules.card_format(given.format, work.connection)
    if card is None:
        raise ValidationFailed("There is no such card format.", "format")
    if card.facility is None and given.facility is not None:
        raise ValidationFailed(f"Cards of the format {card.name} have no facility code. Leave it out.", "facilityCode")
    facility = None
    if card.facility is not None:
        facility = _fits(given.facility, card.facility, card, "The facility code", "facilityCode")
        if facility > _MAX_FACILITY:
            raise ValidationFailed(f"The highest facility code is {_MAX_FACILITY}.", "facilityCode")
    number = _fits(given.number, card.number, card, "The number", "number")
    row.format, row.facility, row.number = card.id, facility, str(number)
    row.unique_key = card_key(card.id, facility, number)
    bits = site_rules.encoded(card, facility, number)
    return [card_key(raw_format(bits.bit_count), None, bits.as_int())] if bits else [], "number"


def _fits(value: int | None, field: BitField | None, card: CardFormat, what: str, path: str) -> int:
    most = 2 ** (field.last - field.first + 1) - 1 if field else 0
    if value is None or not 0 <= value <= most:
        raise ValidationFailed(f"{what} of a {card.bits}-bit card is 0 to {most}.", path)
    return value


async def _set_raw(work: Work, row: Credential, text: str) -> tuple[list[str], str]:
    """Put the card's bits on the row; what the same card is to the formats, and the input to blame."""
    if not 1 <= len(text) <= MAX_CARD_BITS or set(text) - {"0", "1"}:
        raise ValidationFailed(f"Give the bits as 1 to {MAX_CARD_BITS} characters 0 and 1.", "bits")
    bits = CardBits.from_int(int(text, 2), len(text))
    row.format, row.facility, row.number = raw_format(len(text)), None, str(bits.as_int())
    row.unique_key = card_key(row.format, None, bits.as_int())
    tokens = await site_rules.readings(bits, work.connection)
    return [card_key(token.format, token.facility, token.number) for token in tokens], "bits"
