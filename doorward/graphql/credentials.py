"""Credentials in the API: what a cardholder has, as its reader may see it."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

import strawberry

from doorward.acs.actor import Actor, Permission
from doorward.acs.credentials import models
from doorward.acs.credentials.cards import raw_bit_count
from doorward.acs.credentials.condition import condition_of
from doorward.acs.credentials.queries import LastRead as FoundRead
from doorward.acs.credentials.queries import mobiles_of
from doorward.acs.credentials.record import relative_of
from doorward.acs.decision import policy
from doorward.acs.decision.card_format import CardBits
from doorward.acs.site.time_zone import site_zone
from doorward.graphql import scalars
from doorward.graphql.enums import CredentialCondition, CredentialKind, CredentialStatus, ValidityStart, ValidityUnit
from doorward.graphql.paging import Node

_LARGEST_INT = 2**31 - 1
"""GraphQL's Int ends here; `Credential.number` is text and has no end."""


@strawberry.type(description="A card of a cardholder. Credential tells more, and of every kind.")
class Card:
    """A card; its numbers are null for those who may not see them (card_number.view)."""

    id: strawberry.ID
    name: str
    format: str
    """The id of its card format."""
    facility_code: int | None
    """As it is in the card. Null: it has none, it is beyond 2147483647, or the caller may not see it."""
    number: int | None
    """As it is in the card. Null: it is beyond 2147483647, or the caller may not see it."""
    status: CredentialStatus
    """What somebody has set it to."""
    valid_from: datetime | None
    """From when it may be used. Null: it may at once."""
    valid_to: datetime | None
    """The first moment it may no longer be used. Null: it never expires."""
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")

    @classmethod
    def of(cls, actor: Actor, row: models.Credential) -> "Card":
        """The card as this actor may see it."""
        shown = Permission.CARD_NUMBER_VIEW in actor.permissions
        return cls(
            id=strawberry.ID(row.id),
            name=row.name,
            format=row.format,
            facility_code=_small(row.facility) if shown else None,
            number=_small(int(row.number)) if shown else None,
            status=row.status,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            version=row.version,
        )


def _small(value: int | None) -> int | None:
    return value if value is not None and value <= _LARGEST_INT else None


@strawberry.type(description="Valid for so many units from the first or the last use; unused, it is valid.")
class RelativeValidity:
    """An end counted from a use. Uses count the first one."""

    start: ValidityStart
    """The use from which it counts."""
    amount: int
    """How many units, at least 1."""
    unit: ValidityUnit
    """What is counted."""


@strawberry.type(description="The phone of a mobile credential, or the invitation that waits for one.")
class MobileDevice:
    """Pairing."""

    name: str | None
    """What the phone called itself; null: none is paired yet."""
    paired_at: datetime | None
    """When it was paired; null: not yet."""
    invitation_expires_at: datetime | None
    """Until when the invitation that waits can be used; null: none waits."""


@strawberry.type(description="What a cardholder shows to be let in; fields of other kinds than its own are null.")
class Credential(Node):
    """A credential. Numbers and plates are null for those who may not see them (card_number.view)."""

    id: strawberry.ID
    kind: CredentialKind
    """What it is. It never changes."""
    name: str
    status: CredentialStatus = strawberry.field(description="What it was set to.")
    condition: CredentialCondition = strawberry.field(description="What is true of it now, expiry included.")
    valid_from: datetime | None
    """From when it may be used. Null: it may at once."""
    valid_to: datetime | None
    """The first moment it is no longer valid. Null: it never expires, or relativeValidity says when."""
    relative_validity: RelativeValidity | None
    """An end that is counted from a use, in the place of validTo. Null: none."""
    first_used_at: datetime | None
    """When it was first granted access. Null: never."""
    last_used_at: datetime | None
    """When it was last granted access. Null: never."""
    uses: int
    """How often it was granted access."""
    traced: bool = strawberry.field(description="An alarm is raised when it is shown.")
    starts_lockdown: bool = strawberry.field(description="Showing it begins a lockdown.")
    format: str | None
    """Of a card: the id of its format, or raw and its number of bits. Null: it is no card."""
    facility_code: str | None
    """Of a card, decimal. Null: the format has none, or the caller may not see it."""
    number: str | None
    """Of a card, decimal. Null: it has raw bits, or the caller may not see it."""
    raw_bits: scalars.CardBits | None
    """Of a card that no format reads: 0 and 1, as they arrive. Null: it is none, or the caller may not see it."""
    plate: str | None
    """Letters and digits only. Null: it is no plate, or the caller may not see it."""
    has_duress_pin: bool | None
    """Whether there is a second PIN, which opens and raises a silent alarm. Null: it is no PIN."""
    device: MobileDevice | None
    """The phone, or the invitation that waits for one. Null: it is no mobile credential."""
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")


async def shown_credentials(actor: Actor, rows: Sequence[models.Credential], now: datetime) -> list[Credential]:
    """The credentials as this actor may see them, at `now`."""
    mobiles = await mobiles_of(rows)
    zone = await site_zone()
    return [_shown(actor, row, mobiles.get(row.id), now, zone) for row in rows]


def _shown(
    actor: Actor, row: models.Credential, mobile: models.Mobile | None, now: datetime, zone: tzinfo
) -> Credential:
    is_card = row.kind is policy.CredentialKind.CARD
    may_see = Permission.CARD_NUMBER_VIEW in actor.permissions
    bit_count = raw_bit_count(row.format)
    return Credential(
        id=strawberry.ID(row.id),
        kind=row.kind,
        name=row.name,
        status=row.status,
        condition=condition_of(row, now, zone),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        relative_validity=_relative(relative_of(row)),
        first_used_at=row.first_used_at,
        last_used_at=row.last_used_at,
        uses=row.uses,
        traced=row.traced,
        starts_lockdown=row.starts_lockdown,
        format=row.format if is_card else None,
        facility_code=str(row.facility) if may_see and row.facility is not None else None,
        number=row.number if may_see and is_card and bit_count is None else None,
        raw_bits=scalars.card_bits(
            CardBits.from_int(int(row.number), bit_count).as_text() if may_see and bit_count else None
        ),
        plate=row.number if may_see and row.kind is policy.CredentialKind.PLATE else None,
        has_duress_pin=row.duress is not None if row.kind is policy.CredentialKind.PIN else None,
        device=_device(mobile),
        version=row.version,
    )


def _relative(relative: policy.RelativeValidity | None) -> RelativeValidity | None:
    return RelativeValidity(start=relative.start, amount=relative.amount, unit=relative.unit) if relative else None


def _device(mobile: models.Mobile | None) -> MobileDevice | None:
    if mobile is None:
        return None
    return MobileDevice(
        name=mobile.device_name or None, paired_at=mobile.paired_at, invitation_expires_at=mobile.code_expires_at
    )


@strawberry.type(description="The bits of a card as an active format reads them.")
class CardReading:
    """What would be sent to createCardCredential."""

    format: str
    """The id of the card format that reads it so."""
    facility_code: str | None
    """As the format finds it, decimal. Null: the format has none."""
    number: str
    """As the format finds it, decimal."""


@strawberry.type(description="The last card shown at a reader: one that is nobody's with its bits, or a known one.")
class LastRead:
    """For enrolment."""

    at: datetime
    """When it was shown."""
    bit_count: int | None
    """How many bits the card has; null for a known card."""
    bits: scalars.CardBits | None = strawberry.field(description="0 and 1, as they arrived; null for a known card.")
    readings: list[CardReading]
    """What the active formats make of its bits, each a card that it could become; empty for a known card."""
    credential: Credential | None
    """The known card; null for one that is nobody's."""
    cardholder_id: strawberry.ID | None = strawberry.field(
        description="Its owner's. Null: nobody's, or without cardholder.view."
    )
    cardholder_name: str | None
    """Its owner's name; null without an owner or cardholder.view."""

    @classmethod
    async def of(cls, actor: Actor, found: FoundRead, now: datetime) -> "LastRead":
        """The read as this actor may see it."""
        credentials = await shown_credentials(actor, [found.credential] if found.credential else [], now)
        return cls(
            at=found.at,
            bit_count=found.bits.bit_count if found.bits else None,
            bits=scalars.card_bits(found.bits.as_text() if found.bits else None),
            readings=[
                CardReading(
                    format=token.format,
                    facility_code=None if token.facility is None else str(token.facility),
                    number=str(token.number),
                )
                for token in found.readings
            ],
            credential=credentials[0] if credentials else None,
            cardholder_id=strawberry.ID(found.owner.id) if found.owner else None,
            cardholder_name=found.owner.display_name if found.owner else None,
        )
