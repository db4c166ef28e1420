"""How a controller gets its certificates, and which of them count. Controllers ask; nobody is signed in."""

from datetime import datetime, timedelta
from hashlib import sha256
from hmac import digest

from cryptography import x509
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from doorward.acs.controllers.attempts import MOST_FROM_ONE
from doorward.acs.controllers.authority import (
    RENEW_AT,
    Authority,
    BadRequest,
    Issued,
    controller_of,
    issue_controller,
    serial_of,
)
from doorward.acs.controllers.enrolment_code import is_secret
from doorward.acs.controllers.models import ControllerCertificate, ControllerCode
from doorward.acs.controllers.stored_authority import the_authority
from doorward.acs.domain import Domain
from doorward.acs.doors.models import Controller
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.log import NewEvent, append, lock_log
from doorward.acs.sealing import Sealer

CODE_CONTEXT = "enrolment code"
UNUSED_FOR = timedelta(hours=1)
"""A certificate that is not used for so long was not received."""
MOST_UNUSED = 200
"""Far more than are issued in that time to a controller that asks only when it is told to."""


class EnrolmentRefused(Exception):
    """The code or the request is not accepted. The sentence is for whoever stands at the controller."""


class CertificateRefused(Exception):
    """The certificate does not count (any more). The sentence is for whoever stands at the controller."""


def digest_of(sealer: Sealer, secret: str) -> str:
    """What is stored of a code's secret half: nothing by which it could be guessed without the data key."""
    return digest(sealer.derive(CODE_CONTEXT), secret.encode(), sha256).hex()


async def enrol(domain: Domain, secret: str, csr: bytes, address: str, failures: int = 1) -> tuple[Issued, Authority]:
    """The first certificate of the controller whose code has this secret half; the code is used up.

    Certificates that it had before end when the new one is first used. Raises EnrolmentRefused, which is audited when
    it begins a run of failures from that address, and when the run is so long (`failures`, with this one) that the
    address must wait.
    """
    authority = await the_authority(domain)
    now = domain.clock()
    async with in_transaction("default") as connection:
        found = digest_of(domain.sealer, secret) if is_secret(secret) else ""
        code = await ControllerCode.select_for_update().using_db(connection).get_or_none(digest=found)
        refused = ""
        issued = None
        if code is None:
            refused = "The enrolment code is wrong, was used, or was replaced by a newer one. Issue another."
        elif code.expires_at <= now:
            refused = "The enrolment code has expired. Issue another on the server."
        else:
            try:
                issued = issue_controller(authority, code.controller_id, csr, now)
            except BadRequest as error:
                refused = f"The request for a certificate is not acceptable: {error}."
        data: dict[str, object] = {"address": address}
        if issued is not None and code is not None:
            await code.delete(using_db=connection)
            await _keep(connection, code.controller_id, issued, now)
            event, data["serial"] = EventType.CONTROLLER_ENROLLED, issued.serial
        else:
            event, data["cause"], data["failures"] = EventType.CONTROLLER_ENROLMENT_FAILED, refused, failures
        if issued is not None or failures in (1, MOST_FROM_ONE):
            controller_id = code.controller_id if code is not None else None
            await lock_log(connection)
            await append(domain.sealer, connection, [NewEvent(event, now, controller_id=controller_id, data=data)], now)
    domain.bus.announce()
    if issued is None:
        raise EnrolmentRefused(refused)
    return issued, authority


async def renew(domain: Domain, controller_id: str, csr: bytes) -> tuple[Issued, Authority]:
    """Another certificate for a controller that is connected by one that counts. Raises BadRequest.

    One that was issued a while ago and never used ends. A newer one must not: the controller may have it by now, in
    place of the one that it is connected by, and use it only after the next was issued.
    """
    authority = await the_authority(domain)
    now = domain.clock()
    issued = issue_controller(authority, controller_id, csr, now)
    async with in_transaction("default") as connection:
        await Controller.select_for_update().using_db(connection).get(id=controller_id)
        unused = ControllerCertificate.filter(controller_id=controller_id, first_used_at=None, ended_at=None)
        if await unused.using_db(connection).count() >= MOST_UNUSED:
            raise BadRequest("certificates are issued to it again and again, and it uses none")
        await unused.filter(issued_at__lt=now - UNUSED_FOR).using_db(connection).update(ended_at=now)
        await _keep(connection, controller_id, issued, now)
        data = {"serial": issued.serial, "expires_at": issued.expires_at.isoformat()}
        renewed = NewEvent(EventType.CONTROLLER_CERTIFICATE_RENEWED, now, controller_id=controller_id, data=data)
        await lock_log(connection)
        await append(domain.sealer, connection, [renewed], now)
    domain.bus.announce()
    return issued, authority


async def admit(domain: Domain, certificate: bytes) -> ControllerCertificate:
    """The stored certificate behind one (DER) that TLS has verified; its use ends the older ones.

    Raises CertificateRefused for one that is not known, was ended, has expired, or is for somebody else.
    """
    shown = x509.load_der_x509_certificate(certificate)
    now = domain.clock()
    async with in_transaction("default") as connection:
        rows = ControllerCertificate.select_for_update().using_db(connection)
        row = await rows.get_or_none(serial=serial_of(shown))
        if row is None or row.controller_id != controller_of(shown):
            raise CertificateRefused("This controller is not known here (any more). Enrol it anew.")
        if row.ended_at is not None:
            raise CertificateRefused("This controller's certificate was revoked or replaced. Enrol it anew.")
        if row.expires_at <= now:
            raise CertificateRefused("This controller's certificate has expired. Enrol it anew.")
        if row.first_used_at is None:
            row.first_used_at = now
            await row.save(using_db=connection, update_fields=["first_used_at"])
            older = ControllerCertificate.filter(controller_id=row.controller_id, issued_at__lt=row.issued_at)
            await older.filter(ended_at=None).using_db(connection).update(ended_at=now)
    return row


async def still_counts(domain: Domain, serial: str) -> bool:
    """Whether a certificate that was admitted still counts."""
    row = await ControllerCertificate.get_or_none(serial=serial)
    return row is not None and row.ended_at is None and row.expires_at > domain.clock()


def renewal_due(expires_at: datetime, now: datetime) -> bool:
    """Whether so little of a certificate's lifetime is left that it should be renewed."""
    return expires_at - now <= RENEW_AT


async def _keep(connection: BaseDBAsyncClient, controller_id: str, issued: Issued, now: datetime) -> None:
    await ControllerCertificate.create(
        using_db=connection,
        serial=issued.serial,
        controller_id=controller_id,
        issued_at=now,
        expires_at=issued.expires_at,
    )
