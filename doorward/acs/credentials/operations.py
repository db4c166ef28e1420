"""What may be done to credentials. Each kind has a module of its own; here is what all have in common."""

from doorward.acs.actor import Permission
from doorward.acs.credentials.cards import NewCard, create_card
from doorward.acs.credentials.codes import NewQr, QrContent, create_dynamic_qr, create_qr, show_qr
from doorward.acs.credentials.mobile import (
    Invitation,
    NewMobile,
    Paired,
    accept_invitation,
    create_mobile,
    invite_mobile,
    pair_mobile,
    revoke_mobile,
)
from doorward.acs.credentials.models import Credential
from doorward.acs.credentials.pins import NewPin, change_pin, create_pin, refuse_second_pin
from doorward.acs.credentials.plates import NewPlate, create_plate
from doorward.acs.credentials.record import (
    CredentialChanges,
    Terms,
    apply,
    keep,
    locked_credential,
    snapshot,
    subjects,
)
from doorward.acs.decision.policy import CredentialKind, CredentialStatus
from doorward.acs.events.catalogue import EventType
from doorward.acs.operation import Work, operation
from doorward.acs.policy_part import PolicyPart

__all__ = [
    "CredentialChanges",
    "Invitation",
    "NewCard",
    "NewMobile",
    "NewPin",
    "NewPlate",
    "NewQr",
    "Paired",
    "QrContent",
    "Terms",
    "accept_invitation",
    "change_pin",
    "create_card",
    "create_dynamic_qr",
    "create_mobile",
    "create_pin",
    "create_plate",
    "create_qr",
    "delete_credential",
    "invite_mobile",
    "pair_mobile",
    "revoke_mobile",
    "show_qr",
    "update_card",
    "update_credential",
]


@operation(Permission.CREDENTIAL_WRITE)
async def update_credential(
    work: Work, credential_id: str, changes: CredentialChanges, expected_version: int | None = None
) -> Credential:
    """Change a credential's name, status or terms. Raises Conflict if it is no longer at `expected_version`."""
    return await _update(work, credential_id, changes, expected_version)


@operation(Permission.CREDENTIAL_WRITE)
async def update_card(
    work: Work, card_id: str, changes: CredentialChanges, expected_version: int | None = None
) -> Credential:
    """The same, for a card only."""
    return await _update(work, card_id, changes, expected_version, CredentialKind.CARD)


async def _update(
    work: Work, credential_id: str, changes: CredentialChanges, expected_version: int | None, *kinds: CredentialKind
) -> Credential:
    row, owner = await locked_credential(work, credential_id, *kinds, expected_version=expected_version)
    before = snapshot(row)
    apply(row, changes)
    if snapshot(row) == before:
        return row
    if row.kind is CredentialKind.PIN and row.status is CredentialStatus.ACTIVE:
        await refuse_second_pin(work, row, owner)
    await keep(work, row, owner, EventType.CREDENTIAL_UPDATED, before=before)
    return row


@operation(Permission.CREDENTIAL_WRITE)
async def delete_credential(work: Work, credential_id: str, expected_version: int | None = None) -> None:
    """Delete a credential for good. What it did stays in the log."""
    row, owner = await locked_credential(work, credential_id, expected_version=expected_version)
    await row.delete(using_db=work.connection)
    work.changed(PolicyPart.CREDENTIAL, row.id)
    work.audit(EventType.CREDENTIAL_DELETED, of=row, before=snapshot(row), **subjects(row, owner))
