"""What all kinds of credentials have in common: their terms, their row, their audit, and that no two are one.

Locks are taken in one order: the cardholder, the credential, the site, the log.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from tortoise.exceptions import IntegrityError

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.credentials.models import Credential
from doorward.acs.decision.policy import (
    CredentialKind,
    CredentialStatus,
    RelativeValidity,
    ValidityStart,
    ValidityUnit,
)
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.operation import Work
from doorward.acs.people.models import Cardholder
from doorward.acs.policy_part import PolicyPart

LONGEST = {
    ValidityUnit.DAYS: 36_500,
    ValidityUnit.MONTHS: 1_200,
    ValidityUnit.YEARS: 100,
    ValidityUnit.USES: 1_000_000,
}
"""The most that a relative validity may be."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a new credential may be used. `valid_to` is the first moment it is not; `relative` is in its place.

    `traced`: an alarm when it is shown. `starts_lockdown`: showing it begins a lockdown.
    """

    name: str
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    relative: RelativeValidity | None = None
    traced: bool = False
    starts_lockdown: bool = False


class CredentialChanges(TypedDict, total=False):
    """What to change; a missing key stays as it is."""

    name: str
    status: CredentialStatus
    valid_from: datetime | None
    valid_to: datetime | None
    relative: RelativeValidity | None
    traced: bool
    starts_lockdown: bool


async def locked_owner(work: Work, cardholder_id: str) -> Cardholder:
    """The cardholder that a new credential is for. Raises NotFound."""
    owner = await Cardholder.select_for_update().using_db(work.connection).get_or_none(id=cardholder_id)
    if owner is None:
        raise NotFound("There is no such cardholder.", "cardholderId")
    return owner


async def locked_credential(
    work: Work, credential_id: str, *kinds: CredentialKind, expected_version: int | None = None
) -> tuple[Credential, Cardholder]:
    """A credential (of one of the kinds, if any are named) and its owner, to be changed."""
    found = await Credential.get_or_none(id=credential_id, using_db=work.connection)
    if found is None or (kinds and found.kind not in kinds):
        raise _no_such()
    owner = await locked_owner(work, found.cardholder_id)
    row = await Credential.select_for_update().using_db(work.connection).get_or_none(id=credential_id)
    if row is None or (row.kind is CredentialKind.PIN and Permission.PIN_MANAGE not in work.actor.permissions):
        raise _no_such()
    check.version(row.version, expected_version)
    return row, owner


def _no_such() -> NotFound:
    return NotFound("There is no such credential.", "id")


async def refuse_duplicate(work: Work, unique_key: str, what: str, *path: str) -> None:
    """Raise Conflict if somebody has it already; who, is told to those who may search for it, and see cardholders."""
    other = await Credential.get_or_none(using_db=work.connection, unique_key=unique_key)
    if other is None:
        return
    owner = await Cardholder.get(id=other.cardholder_id, using_db=work.connection)
    may_see = {Permission.CARDHOLDER_VIEW, Permission.CARD_NUMBER_VIEW} <= work.actor.permissions
    raise Conflict(f"This {what} belongs to {owner.display_name if may_see else 'somebody else'} already.", *path)


async def add(work: Work, row: Credential, owner: Cardholder, terms: Terms, *path: str) -> Credential:
    """Write a new credential with its terms. `path` is the input that must be nobody else's."""
    row.cardholder_id = owner.id
    row.status = CredentialStatus.ACTIVE
    apply(
        row,
        {
            "name": terms.name,
            "valid_from": terms.valid_from,
            "valid_to": terms.valid_to,
            "relative": terms.relative,
            "traced": terms.traced,
            "starts_lockdown": terms.starts_lockdown,
        },
    )
    try:
        await row.save(using_db=work.connection, force_create=True)
    except IntegrityError as error:
        # Its owner is locked, so this can only be another transaction that has just taken the same token.
        raise Conflict("This belongs to somebody else already, since a moment ago.", *path) from error
    work.changed(PolicyPart.CREDENTIAL, row.id)
    work.audit(EventType.CREDENTIAL_CREATED, of=row, after=snapshot(row), **subjects(row, owner))
    return row


async def keep(
    work: Work,
    row: Credential,
    owner: Cardholder,
    event_type: EventType,
    *,
    before: dict[str, Any],
    after: dict[str, Any] | None = None,
) -> None:
    """Write a changed credential, and that it was."""
    row.version += 1
    await row.save(using_db=work.connection)
    work.changed(PolicyPart.CREDENTIAL, row.id)
    after = snapshot(row) if after is None else after
    work.audit(event_type, of=row, before=before, after=after, **subjects(row, owner))


def apply(row: Credential, changes: CredentialChanges) -> None:
    """Check the changes and put them on the row, without saving it."""
    if "name" in changes:
        row.name = check.text(changes["name"], "name", longest=100)
    if "status" in changes:
        row.status = changes["status"]
    if "valid_from" in changes:
        row.valid_from = changes["valid_from"]
    if "valid_to" in changes:
        row.valid_to = changes["valid_to"]
    if "relative" in changes:
        _set_relative(row, changes["relative"])
    if "traced" in changes:
        row.traced = changes["traced"]
    if "starts_lockdown" in changes:
        row.starts_lockdown = changes["starts_lockdown"]
    check.period(row.valid_from, row.valid_to)
    if row.valid_to is not None and row.relative_unit is not None:
        raise ValidationFailed("Give an end date, or an end counted from a use, but not both.", "relative")


def _set_relative(row: Credential, relative: RelativeValidity | None) -> None:
    if relative is not None:
        most = LONGEST[relative.unit]
        if not 1 <= relative.amount <= most:
            raise ValidationFailed(f"This is 1 to {most} {relative.unit.value}.", "relative", "amount")
        if relative.unit is ValidityUnit.USES and relative.start is not ValidityStart.FIRST_USE:
            raise ValidationFailed("Uses are counted from the first one. Choose from first use.", "relative", "start")
    row.relative_start = relative.start if relative else None
    row.relative_amount = relative.amount if relative else None
    row.relative_unit = relative.unit if relative else None


def relative_of(row: Credential) -> RelativeValidity | None:
    """The end counted from a use, if the credential has one."""
    if row.relative_start is None or row.relative_amount is None or row.relative_unit is None:
        return None
    return RelativeValidity(row.relative_start, row.relative_amount, row.relative_unit)


def subjects(row: Credential, owner: Cardholder) -> dict[str, Any]:
    """What an audit event of a credential points at."""
    return {
        "credential_id": row.id,
        "cardholder_id": owner.id,
        "cardholder_name": owner.display_name,
        "photo_id": owner.photo_id,
    }


def snapshot(row: Credential) -> dict[str, Any]:
    """What the audit shows of a credential: no number, no PIN, no code and no plate, which only some may see."""
    relative = relative_of(row)
    return {
        "kind": row.kind.value,
        "name": row.name,
        "format": row.format,
        "status": row.status.value,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "relative": f"{relative.amount} {relative.unit.value} from {relative.start.value}" if relative else None,
        "traced": row.traced,
        "starts_lockdown": row.starts_lockdown,
    }
