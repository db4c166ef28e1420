"""Mobile credentials: a code invites one phone, the phone is paired once, and its credential can be revoked."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from doorward.acs import check
from doorward.acs.actor import Actor, Permission
from doorward.acs.credentials.codes import base32
from doorward.acs.credentials.condition import CredentialCondition, condition_of
from doorward.acs.credentials.keys import token_key
from doorward.acs.credentials.models import Credential, Mobile
from doorward.acs.credentials.record import Terms, add, keep, locked_credential, locked_owner, subjects
from doorward.acs.decision.policy import CredentialKind
from doorward.acs.decision.tokens import invitation_token, mobile_token
from doorward.acs.domain import Domain
from doorward.acs.errors import Conflict, Unauthenticated
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.log import NewEvent
from doorward.acs.events.operations import record_system_event
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.site.time_zone import site_zone

INVITATION_LIFETIME = timedelta(days=7)
MOST_WITHDRAWN = 1_000
"""So many expired invitations at a time: the others wait for the next day."""
_CODE_BYTES = 16
_TOKEN_BYTES = 32
_TERMS = Terms("Mobile credential")


@dataclass(frozen=True, slots=True)
class NewMobile:
    """A mobile credential to create."""

    cardholder_id: str
    terms: Terms = _TERMS


@dataclass(frozen=True, slots=True)
class Invitation:
    """What to send to the cardholder: a code of 26 letters and digits, shown this once, good for one phone."""

    credential: Credential
    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Paired:
    """What a phone gets, this once: the 32 bytes that it presents at readers from now on."""

    credential: Credential
    token: bytes


@operation(Permission.CREDENTIAL_WRITE)
async def create_mobile(work: Work, given: NewMobile) -> Invitation:
    """A new mobile credential with its first invitation."""
    owner = await locked_owner(work, given.cardholder_id)
    row = await add(work, Credential(id=new_id(), kind=CredentialKind.MOBILE), owner, given.terms)
    mobile = await Mobile.create(using_db=work.connection, id=new_id(), credential_id=row.id)
    return await _invite(work, row, mobile)


@operation(Permission.CREDENTIAL_WRITE)
async def invite_mobile(work: Work, credential_id: str, expected_version: int | None = None) -> Invitation:
    """A new invitation instead of the one before; a phone that is paired has to be revoked first."""
    row, owner = await locked_credential(work, credential_id, CredentialKind.MOBILE)
    check.version(row.version, expected_version)
    mobile = await Mobile.get(credential_id=row.id, using_db=work.connection)
    if mobile.paired_at is not None:
        raise Conflict(f"The phone {mobile.device_name} has this credential. Revoke it first.", "id")
    invitation = await _invite(work, row, mobile)
    work.audit(EventType.MOBILE_INVITED, of=row, after={"expires_at": invitation.expires_at}, **subjects(row, owner))
    return invitation


async def _invite(work: Work, row: Credential, mobile: Mobile) -> Invitation:
    code = base32(secrets.token_bytes(_CODE_BYTES))
    mobile.code_hash = invitation_token(token_key(work.domain), code).hex()
    mobile.code_expires_at = work.now + INVITATION_LIFETIME
    await mobile.save(using_db=work.connection)
    return Invitation(row, code, mobile.code_expires_at)


async def pair_mobile(domain: Domain, code: str, device_name: str, address: str | None) -> Paired:
    """Pair a phone by its invitation's code, which is all the authority it needs. Works once.

    Raises Unauthenticated, without saying which, if the code is wrong, used or expired, or the credential is not
    active. Both outcomes are audited.
    """
    guest = Actor(None, "invitation", frozenset({Permission.CREDENTIAL_WRITE}), "invitation", address)
    try:
        return await accept_invitation(domain, guest, code, device_name)
    except Unauthenticated:
        failed = NewEvent(
            EventType.MOBILE_PAIRING_FAILED, domain.clock(), data={"means": "invitation", "address": address}
        )
        await record_system_event(domain, failed)
        raise


@operation(Permission.CREDENTIAL_WRITE)
async def accept_invitation(work: Work, code: str, device_name: str) -> Paired:
    """Give the phone that has the code its token. For everybody but the phone itself: see `pair_mobile`."""
    device_name = check.text(device_name, "deviceName", longest=100)
    code_hash = invitation_token(token_key(work.domain), code).hex()
    waiting = await Mobile.get_or_none(code_hash=code_hash, using_db=work.connection)
    if waiting is None:
        raise _refused()
    row, owner = await locked_credential(work, waiting.credential_id, CredentialKind.MOBILE)
    # Looked at again, now that nobody else can use it: two phones with one code must not both be paired.
    mobile = await Mobile.get_or_none(code_hash=code_hash, using_db=work.connection)
    if mobile is None or mobile.code_expires_at is None or mobile.code_expires_at <= work.now:
        raise _refused()
    if condition_of(row, work.now, await site_zone(work.connection)) is not CredentialCondition.NOT_PAIRED:
        raise _refused()
    token = secrets.token_bytes(_TOKEN_BYTES)
    row.token = mobile_token(token_key(work.domain), token).hex()
    row.unique_key = f"mobile:{row.token}"
    mobile.code_hash, mobile.code_expires_at = None, None
    mobile.device_name, mobile.paired_at = device_name, work.now
    await mobile.save(using_db=work.connection)
    await keep(work, row, owner, EventType.MOBILE_PAIRED, before={}, after={"device": device_name})
    return Paired(row, token)


def _refused() -> Unauthenticated:
    return Unauthenticated("This invitation is wrong, used or expired. Ask for a new one.")


@operation(Permission.CREDENTIAL_WRITE)
async def withdraw_expired_invitations(work: Work) -> int:
    """Forget invitations that have expired, at most `MOST_WITHDRAWN`; how many it were. Run it daily."""
    expired = Mobile.filter(code_expires_at__lte=work.now).using_db(work.connection).order_by("code_expires_at", "id")
    count = 0
    for found in await expired.limit(MOST_WITHDRAWN).values_list("credential_id", flat=True):
        row, owner = await locked_credential(work, str(found), CredentialKind.MOBILE)
        mobile = await Mobile.get(credential_id=row.id, using_db=work.connection)
        if mobile.code_expires_at is None or mobile.code_expires_at > work.now:
            continue
        before = {"expires_at": mobile.code_expires_at}
        mobile.code_hash, mobile.code_expires_at = None, None
        await mobile.save(using_db=work.connection)
        work.audit(EventType.MOBILE_INVITATION_EXPIRED, of=row, before=before, **subjects(row, owner))
        count += 1
    return count


@operation(Permission.CREDENTIAL_WRITE)
async def revoke_mobile(work: Work, credential_id: str, expected_version: int | None = None) -> Credential:
    """Take the credential from its phone, and any invitation back. The phone opens nothing from then on."""
    row, owner = await locked_credential(work, credential_id, CredentialKind.MOBILE)
    check.version(row.version, expected_version)
    mobile = await Mobile.get(credential_id=row.id, using_db=work.connection)
    if mobile.paired_at is None and mobile.code_hash is None:
        return row
    device = mobile.device_name
    row.token, row.unique_key = None, None
    mobile.code_hash, mobile.code_expires_at, mobile.device_name, mobile.paired_at = None, None, "", None
    await mobile.save(using_db=work.connection)
    await keep(work, row, owner, EventType.MOBILE_REVOKED, before={"device": device}, after={"device": ""})
    return row
