"""Card formats in the API."""

import enum
from collections.abc import Sequence
from typing import Annotated, cast

import strawberry
from strawberry import UNSET

from doorward.acs.decision.card_explanation import Explanation, FieldReading
from doorward.acs.decision.card_format import BitField, Parity
from doorward.acs.decision.reason import WORDS, Reason
from doorward.acs.errors import AcsError, ValidationFailed
from doorward.acs.formats import models as formats_rows
from doorward.acs.formats import queries
from doorward.acs.formats.operations import (
    CardFormatChanges,
    CardFormatDraft,
    create_card_format,
    delete_card_format,
    reset_card_format,
    set_card_format_active,
    update_card_format,
)
from doorward.acs.formats.stored import StoredFormat
from doorward.graphql.context import ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.errors import OperationError
from doorward.graphql.inputs import sent
from doorward.graphql.mutation import Keyed, mutation
from doorward.graphql.paging import Node, by_actor, each, listed
from doorward.graphql.scalars import CardBits, card_bits


@strawberry.enum(description="How people read and type a number.")
class NumberBase(enum.Enum):
    """Decimal or hexadecimal."""

    DECIMAL = "decimal"
    """Digits 0 to 9."""
    HEXADECIMAL = "hexadecimal"
    """Digits 0 to 9 and A to F."""


@strawberry.enum(description="Which end of a range of bits counts most: BIG_ENDIAN, the first bit is the greatest.")
class BitOrder(enum.Enum):
    """Big or little endian."""

    BIG_ENDIAN = "big_endian"
    """The first bit that arrives is worth the most."""
    LITTLE_ENDIAN = "little_endian"
    """The first bit that arrives is worth the least."""


@strawberry.type(description="A number in a card. Bits count from 1, after any inversion.")
class CardField:
    """See BitField."""

    first_bit: int
    """Where it begins, from 1."""
    last_bit: int
    """Where it ends; this bit belongs to it."""
    base: NumberBase
    """How people read and type it."""
    bit_order: BitOrder
    """Which of its ends is worth most."""

    @classmethod
    def of(cls, field: BitField | None) -> "CardField | None":
        """The field as the API shows it."""
        if field is None:
            return None
        return cls(
            first_bit=field.first,
            last_bit=field.last,
            base=NumberBase.HEXADECIMAL if field.hexadecimal else NumberBase.DECIMAL,
            bit_order=BitOrder.LITTLE_ENDIAN if field.little_endian else BitOrder.BIG_ENDIAN,
        )


@strawberry.input(description="Where a number is to be found in a card, as CardField has it.")
class CardFieldInput:
    """See CardField."""

    first_bit: int
    last_bit: int
    base: NumberBase = NumberBase.DECIMAL
    bit_order: BitOrder = BitOrder.BIG_ENDIAN

    def given(self) -> BitField:
        """The field as the domain knows it."""
        return BitField(
            self.first_bit,
            self.last_bit,
            self.base is NumberBase.HEXADECIMAL,
            self.bit_order is BitOrder.LITTLE_ENDIAN,
        )


@strawberry.type(description="A bit that makes the number of ones among itself and `covers` odd, or even.")
class CardParity:
    """See Parity."""

    bit: int
    """Which bit it is, from 1."""
    odd: bool
    """Whether the number of ones is odd; otherwise it is even."""
    covers: list[int]
    """The bits that it is counted with, from 1."""


@strawberry.input(description="A parity bit; see CardParity. One that covers another parity bit is listed after it.")
class CardParityInput:
    """See CardParity."""

    bit: int
    odd: bool
    covers: list[int]


@strawberry.type(description="How cards of one length are read: first the inversions, then parity, then the fields.")
class CardFormat(Node):
    """A card format and its standing."""

    id: strawberry.ID
    name: str
    bits: int
    """How many bits its cards have: 1 to 256."""
    number: CardField | None
    """Where the card's number is. Null: it has none."""
    facility_code: CardField | None
    """Where the facility code is. Null: it has none."""
    parities: list[CardParity]
    """The parity bits, each checked before the fields are read."""
    invert_bit_order: bool
    """Whether all bits are first put in reverse order."""
    invert_byte_order: bool
    """Whether all bytes are first put in reverse order."""
    active: bool = strawberry.field(description="Whether readers without card formats of their own use it.")
    predefined: bool = strawberry.field(description="Only its bit order and byte order can be changed.")
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")

    @classmethod
    def of(cls, stored: StoredFormat) -> "CardFormat":
        """The format as the API shows it."""
        shown = stored.format
        return cls(
            id=strawberry.ID(shown.id),
            name=shown.name,
            bits=shown.bits,
            number=CardField.of(shown.number),
            facility_code=CardField.of(shown.facility),
            parities=[
                CardParity(bit=parity.position, odd=parity.odd, covers=list(parity.mask)) for parity in shown.parities
            ],
            invert_bit_order=shown.invert_bits,
            invert_byte_order=shown.invert_bytes,
            active=stored.active,
            predefined=stored.predefined,
            version=stored.version,
        )


def _parities(given: Sequence[CardParityInput]) -> tuple[Parity, ...]:
    return tuple(Parity(parity.bit, parity.odd, tuple(parity.covers)) for parity in given)


@strawberry.input(description="A card format to create or to try. It has a number, a facility code, or both.")
class CardFormatInput:
    """See CardFormat."""

    name: str
    bits: int = strawberry.field(description="How many bits a card has, 1 to 256.")
    number: CardFieldInput | None = None
    facility_code: CardFieldInput | None = None
    parities: list[CardParityInput] = strawberry.field(default_factory=list)
    invert_bit_order: bool = False
    invert_byte_order: bool = False
    """Whether all bytes are first put in reverse order; only where bits is divisible by 8."""

    def draft(self) -> CardFormatDraft:
        """The format as the domain takes it."""
        return CardFormatDraft(
            self.name,
            self.bits,
            self.number.given() if self.number else None,
            self.facility_code.given() if self.facility_code else None,
            _parities(self.parities),
            self.invert_bit_order,
            self.invert_byte_order,
        )


_STORED_AS = {
    "name": "name",
    "bits": "bits",
    "number": "number",
    "facility_code": "facility",
    "parities": "parities",
    "invert_bit_order": "invert_bits",
    "invert_byte_order": "invert_bytes",
}
"""The fields that can be changed, as the operations call them."""
_CARD_FIELDS = frozenset({"number", "facility_code"})


@strawberry.input(description="What to change of a card format; a field left out stays as it is.")
class UpdateCardFormatInput(Keyed):
    """See CardFormat."""

    id: strawberry.ID
    expected_version: int | None = None
    name: str | None = UNSET
    bits: int | None = UNSET
    number: CardFieldInput | None = UNSET
    facility_code: CardFieldInput | None = UNSET
    parities: list[CardParityInput] | None = UNSET
    invert_bit_order: bool | None = UNSET
    invert_byte_order: bool | None = UNSET

    def changes(self) -> CardFormatChanges:
        """The fields that were sent; null means nothing except for the two fields of a card."""
        given = sent(self, _STORED_AS, may_be_null=_CARD_FIELDS)
        for name in _CARD_FIELDS & given.keys():
            given[name] = given[name].given() if given[name] else None
        if "parities" in given:
            given["parities"] = _parities(given["parities"])
        return cast(CardFormatChanges, {_STORED_AS[name]: value for name, value in given.items()})


@strawberry.type(description="A field as it was found on a card.")
class TriedField:
    """See FieldReading."""

    bits: CardBits
    """Its bits, 0 and 1, in the order of the format."""
    text: str = strawberry.field(description="The number in the field's base.")

    @classmethod
    def of(cls, reading: FieldReading | None) -> "TriedField | None":
        """The reading as the API shows it."""
        return None if reading is None else cls(bits=CardBits(reading.bits), text=reading.text)


@strawberry.type(description="A parity bit as it was found on a card, and as the bits that it covers want it.")
class TriedParity:
    """See ParityReading."""

    bit: int
    """Which bit of the card it is, from 1, in the order after any inversion."""
    odd: bool
    """Whether it makes the number of ones odd, otherwise even."""
    expected: bool
    """What the bits that it covers want it to be."""
    found: bool
    """What it is on the card; differs where the card is not of this format."""


@strawberry.type(description="What a card format makes of a card, step by step. Bits are strings of 0 and 1.")
class CardTrial:
    """See Explanation."""

    arrived: CardBits
    """The bits as they were given."""
    bits_inverted: CardBits | None = strawberry.field(
        description="After inverting the bit order; null without that step."
    )
    bytes_inverted: CardBits | None = strawberry.field(
        description="After inverting the byte order; null without that step."
    )
    read: CardBits = strawberry.field(description="The bits in which parities and fields count.")
    facility_code: TriedField | None
    """The facility code as it is found. Null: the format has none, or the card is of another length."""
    number: TriedField | None
    """The number as it is found. Null: the format has none, or the card is of another length."""
    parities: list[TriedParity]
    """Each parity bit, as found and as it should be; none of a card of another length."""
    accepted: bool = strawberry.field(description="Whether a reader with this format would take the card.")
    reason: str | None
    """Why it would not: a stable code. Null: it would."""
    words: str = strawberry.field(description="The verdict in words.")

    @classmethod
    def of(cls, shown: Explanation) -> "CardTrial":
        """The trial as the API shows it."""
        reason = shown.verdict if isinstance(shown.verdict, Reason) else None
        return cls(
            arrived=CardBits(shown.arrived),
            bits_inverted=card_bits(shown.bits_inverted),
            bytes_inverted=card_bits(shown.bytes_inverted),
            read=CardBits(shown.read),
            facility_code=TriedField.of(shown.facility),
            number=TriedField.of(shown.number),
            parities=[
                TriedParity(
                    bit=reading.parity.position,
                    odd=reading.parity.odd,
                    expected=reading.expected,
                    found=reading.found,
                )
                for reading in shown.parities
            ],
            accepted=reason is None,
            reason=None if reason is None else reason.value,
            words="The card is of this format." if reason is None else WORDS[reason],
        )


@strawberry.input(description="A card to try a format on: either formatId or draft.")
class TryCardFormatInput:
    """See try_card_format."""

    bits: str = strawberry.field(description="0 and 1; with bitCount, a hexadecimal number that ends with the card.")
    bit_count: int | None = None
    """How many bits the hexadecimal number stands for; null: bits has 0 and 1."""
    format_id: strawberry.ID | None = None
    draft: CardFormatInput | None = None
    """A format as it is being written, in place of formatId."""

    def tried(self) -> str | CardFormatDraft:
        """The one format that was given. Raises ValidationFailed for none and for two."""
        if (self.format_id is None) == (self.draft is None):
            raise ValidationFailed("Give a formatId or a draft.", "formatId")
        return self.draft.draft() if self.draft else str(self.format_id)


@strawberry.type(description="What the format makes of the card, or why nothing could be tried.")
class CardTrialPayload:
    """Result of tryCardFormat."""

    trial: CardTrial | None = None
    """What it makes of the card. Null where nothing could be tried."""
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="The card format as it now is, or why nothing was done.")
class CardFormatPayload:
    """Result of a card format mutation."""

    card_format: CardFormat | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.input(description="Which card formats; what is left out, or null, does not restrict.")
class CardFormatFilter:
    """See CardFormat."""

    active: bool | None = None
    """Those that readers without formats of their own use, or those that they do not."""
    predefined: bool | None = None
    """Those that came with Doorward, or those that the site has made."""


@strawberry.type
class FormatQuery:
    """Queries about card formats and PIN rules."""

    card_formats = listed(
        CardFormat,
        by_actor(queries.page_card_formats),
        each(CardFormat.of),
        "Card formats, shortest first. Permission: configuration.view.",
        filter=CardFormatFilter,
        rows=formats_rows.CardFormatRow,
    )

    @strawberry.field(description="What a card format makes of a card. Permission: configuration.view.")
    async def try_card_format(self, info: ApiInfo, input: TryCardFormatInput) -> CardTrialPayload:
        try:
            _, shown = await queries.try_card_format(info.context.actor, input.tried(), input.bits, input.bit_count)
        except AcsError as error:
            return CardTrialPayload(errors=[OperationError.of(error)])
        return CardTrialPayload(trial=CardTrial.of(shown))


@strawberry.type
class FormatMutation:
    """Changes to card formats and PIN rules."""

    @mutation(description="Create a card format, not active yet. Permission: configuration.write.")
    async def create_card_format(self, info: ApiInfo, input: CardFormatInput) -> CardFormatPayload:
        stored = await create_card_format(info.context.domain, info.context.actor, input.draft())
        return CardFormatPayload(card_format=CardFormat.of(stored))

    @mutation(description="Change a card format. Permission: configuration.write.")
    async def update_card_format(self, info: ApiInfo, input: UpdateCardFormatInput) -> CardFormatPayload:
        domain, actor = info.context.domain, info.context.actor
        stored = await update_card_format(domain, actor, input.id, input.changes(), input.expected_version)
        return CardFormatPayload(card_format=CardFormat.of(stored))

    @mutation(
        description="Give a predefined card format its own bit and byte order back. Permission: configuration.write."
    )
    async def reset_card_format(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> CardFormatPayload:
        stored = await reset_card_format(info.context.domain, info.context.actor, id, expected_version)
        return CardFormatPayload(card_format=CardFormat.of(stored))

    @mutation(
        description="Let readers without card formats of their own use this one, or no longer. "
        "No two of one length can be active. Permission: configuration.write."
    )
    async def set_card_format_active(
        self,
        info: ApiInfo,
        id: strawberry.ID,
        active: Annotated[
            bool, strawberry.argument(description="Whether readers read it that have no formats of their own.")
        ],
        expected_version: int | None = None,
    ) -> CardFormatPayload:
        stored = await set_card_format_active(info.context.domain, info.context.actor, id, active, expected_version)
        return CardFormatPayload(card_format=CardFormat.of(stored))

    @mutation(
        description="Delete a card format that is not predefined and that nothing uses. "
        "Permission: configuration.write."
    )
    async def delete_card_format(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await delete_card_format(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)
