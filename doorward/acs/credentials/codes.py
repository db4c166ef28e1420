"""QR codes: static ones that stay the same, and dynamic ones that a phone makes anew every 30 seconds."""

import base64
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from doorward.acs.actor import Permission
from doorward.acs.credentials.keys import seal_context, token_key
from doorward.acs.credentials.models import Credential
from doorward.acs.credentials.record import Terms, add, locked_credential, locked_owner, subjects
from doorward.acs.decision.policy import CredentialKind
from doorward.acs.decision.tokens import SECRET_BYTES, STEP_S, dynamic_qr, qr_token, step_of
from doorward.acs.errors import Conflict
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation

STATIC_PREFIX = "DS1"
_STATIC_BYTES = 16
_TERMS = Terms("QR code")


@dataclass(frozen=True, slots=True)
class NewQr:
    """A QR code to create."""

    cardholder_id: str
    terms: Terms = _TERMS


@dataclass(frozen=True, slots=True)
class QrContent:
    """What to show or send: the text that the QR code holds.

    A dynamic one is good until `valid_until`, and `secret` is what a phone needs to make the next ones.
    """

    credential: Credential
    text: str
    valid_until: datetime | None = None
    secret: bytes | None = None


@operation(Permission.CREDENTIAL_WRITE)
async def create_qr(work: Work, given: NewQr) -> QrContent:
    """A new static QR code of 128 random bits."""
    owner = await locked_owner(work, given.cardholder_id)
    text = STATIC_PREFIX + base32(secrets.token_bytes(_STATIC_BYTES))
    row = Credential(id=new_id(), kind=CredentialKind.QR)
    row.token = qr_token(token_key(work.domain), text).hex()
    row.unique_key = f"qr:{row.token}"
    row.sealed = work.domain.sealer.seal(text.encode(), seal_context(row.id))
    return QrContent(await add(work, row, owner, given.terms), text)


@operation(Permission.CREDENTIAL_WRITE)
async def create_dynamic_qr(work: Work, given: NewQr) -> QrContent:
    """A new dynamic QR code. Doors take it together with the cardholder's PIN only."""
    owner = await locked_owner(work, given.cardholder_id)
    secret = secrets.token_bytes(SECRET_BYTES)
    row = Credential(id=new_id(), kind=CredentialKind.DYNAMIC_QR)
    row.sealed = work.domain.sealer.seal(secret, seal_context(row.id))
    return _dynamic(await add(work, row, owner, given.terms), secret, work.now)


@operation(Permission.CREDENTIAL_WRITE)
async def show_qr(work: Work, credential_id: str) -> QrContent:
    """The content of a QR code again, to show or to send once more; that somebody saw it is audited."""
    row, owner = await locked_credential(work, credential_id, CredentialKind.QR, CredentialKind.DYNAMIC_QR)
    if row.sealed is None:
        raise Conflict("This QR code was not kept. Delete it and create another.", "id")
    plain = work.domain.sealer.open(bytes(row.sealed), seal_context(row.id))
    work.audit(EventType.CREDENTIAL_QR_SHOWN, of=row, **subjects(row, owner))
    if row.kind is CredentialKind.QR:
        return QrContent(row, plain.decode())
    return _dynamic(row, plain, work.now)


def _dynamic(row: Credential, secret: bytes, now: datetime) -> QrContent:
    step = step_of(now)
    until = datetime.fromtimestamp((step + 1) * STEP_S, UTC)
    return QrContent(row, dynamic_qr(secret, row.id, step), until, secret)


def base32(value: bytes) -> str:
    """Upper-case letters and digits, which a QR code holds most densely and people can type."""
    return base64.b32encode(value).decode().rstrip("=")
