"""What may be done to cards."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.credentials.models import Card
from doorward.acs.decision.card_format import H10301, MAX_FACILITY, MAX_NUMBER
from doorward.acs.decision.policy import CredentialStatus
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.people.models import Cardholder


@dataclass(frozen=True, slots=True)
class NewCard:
    """A 26-bit H10301 card to create: facility code 0-255, number 0-65535."""

    cardholder_id: str
    facility: int
    number: int
    name: str = "Card"
    valid_from: datetime | None = None
    valid_to: datetime | None = None


class CardChanges(TypedDict, total=False):
    """What to change; a missing key stays as it is."""

    name: str
    status: CredentialStatus
    valid_from: datetime | None
    valid_to: datetime | None


@operation(Permission.CARDHOLDER_WRITE)
async def create_card(work: Work, given: NewCard) -> Card:
    """A new card. Raises Conflict if somebody has it already; who, is told to those who may see cardholders."""
    if not 0 <= given.facility <= MAX_FACILITY:
        raise ValidationFailed(f"The facility code of a 26-bit card is 0 to {MAX_FACILITY}.", "facilityCode")
    if not 0 <= given.number <= MAX_NUMBER:
        raise ValidationFailed(f"The number of a 26-bit card is 0 to {MAX_NUMBER}.", "number")
    check.period(given.valid_from, given.valid_to)
    owner = await Cardholder.get_or_none(id=given.cardholder_id, using_db=work.connection)
    if owner is None:
        raise NotFound("There is no such cardholder.", "cardholderId")
    await _refuse_duplicate(work, given)
    card = await Card.create(
        using_db=work.connection,
        id=new_id(),
        cardholder_id=owner.id,
        name=check.text(given.name, "name", longest=100),
        format=H10301,
        facility=given.facility,
        number=given.number,
        valid_from=given.valid_from,
        valid_to=given.valid_to,
    )
    work.policy_changed = True
    work.audit(EventType.CARD_CREATED, after=_snapshot(card), **_subjects(card, owner))
    return card


async def _refuse_duplicate(work: Work, given: NewCard) -> None:
    other = await Card.get_or_none(
        using_db=work.connection, format=H10301, facility=given.facility, number=given.number
    )
    if other is None:
        return
    owner = await Cardholder.get(id=other.cardholder_id, using_db=work.connection)
    may_see = Permission.CARDHOLDER_VIEW in work.actor.permissions
    raise Conflict(f"This card belongs to {owner.display_name if may_see else 'somebody else'} already.", "number")


@operation(Permission.CARDHOLDER_WRITE)
async def update_card(work: Work, card_id: str, changes: CardChanges, expected_version: int | None = None) -> Card:
    """Change a card's name, status or validity. Raises Conflict if it is no longer at `expected_version`."""
    card = await Card.select_for_update().using_db(work.connection).get_or_none(id=card_id)
    if card is None:
        raise NotFound("There is no such card.", "id")
    check.version(card.version, expected_version)
    before = _snapshot(card)
    if "name" in changes:
        card.name = check.text(changes["name"], "name", longest=100)
    if "status" in changes:
        card.status = changes["status"]
    if "valid_from" in changes:
        card.valid_from = changes["valid_from"]
    if "valid_to" in changes:
        card.valid_to = changes["valid_to"]
    check.period(card.valid_from, card.valid_to)
    after = _snapshot(card)
    if before == after:
        return card
    card.version += 1
    await card.save(using_db=work.connection)
    owner = await Cardholder.get(id=card.cardholder_id, using_db=work.connection)
    work.policy_changed = True
    work.audit(EventType.CARD_UPDATED, before=before, after=after, **_subjects(card, owner))
    return card


def _subjects(card: Card, owner: Cardholder) -> dict[str, Any]:
    return {
        "credential_id": card.id,
        "cardholder_id": owner.id,
        "cardholder_name": owner.display_name,
        "photo_id": owner.photo_id,
    }


def _snapshot(card: Card) -> dict[str, Any]:
    """What the audit shows of a card: everything but the number, which only some may see."""
    return {
        "name": card.name,
        "format": card.format,
        "status": card.status.value,
        "valid_from": card.valid_from,
        "valid_to": card.valid_to,
    }
