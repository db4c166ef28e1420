"""What may be asked about credentials: those of people, and the last card at a reader."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.queryset import QuerySet

from doorward.acs.actor import Actor, Permission
from doorward.acs.credentials import site_rules
from doorward.acs.credentials.models import LONGEST_NUMBER, Credential, Mobile
from doorward.acs.decision.card_format import CardBits, CardToken
from doorward.acs.decision.policy import CredentialKind
from doorward.acs.domain import Domain
from doorward.acs.errors import ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.keyset import NAMES, NameOrder, page_rows
from doorward.acs.paging import Page, PageRequest
from doorward.acs.people.models import Cardholder

LONGEST_AGO = timedelta(minutes=10)
_LOOKED_AT = 20


async def credentials_of(actor: Actor, cardholder_ids: Sequence[str]) -> dict[str, list[Credential]]:
    """The credentials of cardholders that the caller was allowed to read, oldest first; PINs only for pin.manage."""
    found: dict[str, list[Credential]] = defaultdict(list)
    rows = _seen(actor).filter(cardholder_id__in=list(cardholder_ids))
    for row in await rows.order_by("id"):
        found[row.cardholder_id].append(row)
    return found


async def mobiles_of(credentials: Sequence[Credential]) -> dict[str, Mobile]:
    """The phones and invitations of those of them that are mobile, by credential."""
    ids = [row.id for row in credentials if row.kind is CredentialKind.MOBILE]
    return {row.credential_id: row for row in await Mobile.filter(credential_id__in=ids)} if ids else {}


async def credential_by_id(actor: Actor, credential_id: str) -> Credential | None:
    """One credential."""
    actor.require(Permission.CARDHOLDER_VIEW)
    return await _seen(actor).get_or_none(id=credential_id)


def _seen(actor: Actor) -> QuerySet[Credential]:
    """Without pin.manage nobody sees that somebody has a PIN."""
    if Permission.PIN_MANAGE in actor.permissions:
        return Credential.all()
    return Credential.exclude(kind=CredentialKind.PIN)


def may_see(actor: Actor, row: Credential) -> bool:
    """The same of a credential that is there."""
    return row.kind is not CredentialKind.PIN or Permission.PIN_MANAGE in actor.permissions


async def credentials_by_id(actor: Actor, request: PageRequest) -> Page[Credential]:
    """Credentials, oldest first; PINs only for pin.manage."""
    actor.require(Permission.CARDHOLDER_VIEW)
    return await page_rows(_seen(actor), {NameOrder.OLDEST: NAMES[NameOrder.OLDEST]}, request)


async def cards_numbered(actor: Actor, request: PageRequest, number: str) -> Page[Credential]:
    """The cards with this number, of any format and facility code, with their cardholders; the oldest first."""
    actor.require(Permission.CARDHOLDER_VIEW)
    actor.require(Permission.CARD_NUMBER_VIEW)
    number = number.strip()
    cards = Credential.filter(kind=CredentialKind.CARD, number=number)
    sought = bool(number) and len(number) <= LONGEST_NUMBER
    rows = (cards if sought else Credential.filter(id="")).select_related("cardholder")
    return await page_rows(rows, {NameOrder.OLDEST: NAMES[NameOrder.OLDEST]}, request)


@dataclass(frozen=True, slots=True)
class LastRead:
    """The last card shown at a reader.

    An unknown one has its `bits` and what each active format reads in them; a known one has its `credential`, and
    `owner` for those who may see cardholders.
    """

    at: datetime
    bits: CardBits | None
    readings: tuple[CardToken, ...]
    credential: Credential | None
    owner: Cardholder | None


async def last_read(domain: Domain, actor: Actor, reader_id: str, within: timedelta) -> LastRead | None:
    """The last card shown at a reader `within` (at most ten minutes) until now, so that it can be given to somebody.

    Whoever may give cards sees the numbers of one that is nobody's; those of a known card are for card_number.view.
    """
    actor.require(Permission.CREDENTIAL_WRITE)
    if not timedelta() < within <= LONGEST_AGO:
        raise ValidationFailed("Look back 1 to 600 seconds.", "within")
    rows = Event.filter(
        reader_id=reader_id,
        type__in=[EventType.ACCESS_GRANTED, EventType.ACCESS_DENIED],
        at__gte=domain.clock() - within,
    )
    for event in await rows.order_by("-position").limit(_LOOKED_AT):
        found = await _card_of(actor, event)
        if found is not None:
            return found
    return None


async def _card_of(actor: Actor, event: Event) -> LastRead | None:
    """The card of an event; None if something else was shown, or the card is gone."""
    credential = await Credential.get_or_none(id=event.credential_id, kind=CredentialKind.CARD)
    if credential is not None:
        may_see = Permission.CARDHOLDER_VIEW in actor.permissions
        owner = await Cardholder.get(id=credential.cardholder_id) if may_see else None
        return LastRead(event.at, None, (), credential, owner)
    text = event.data.get("bits")
    if not isinstance(text, str):
        return None
    bits = CardBits.from_int(int(text, 2), len(text))
    return LastRead(event.at, bits, await site_rules.readings(bits), None, None)
