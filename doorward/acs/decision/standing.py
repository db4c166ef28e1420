"""Whether a credential and its owner may be used at all, wherever they come."""

from datetime import datetime, tzinfo

from doorward.acs.decision.memory import Memory
from doorward.acs.decision.policy import CardholderPolicy, CredentialPolicy, CredentialStatus
from doorward.acs.decision.reason import Reason
from doorward.acs.decision.validity import expiry

_ACTIVE = CredentialStatus.ACTIVE
_STATUS_REASONS = {
    CredentialStatus.SUSPENDED: Reason.CREDENTIAL_SUSPENDED,
    CredentialStatus.LOST: Reason.CREDENTIAL_LOST,
    CredentialStatus.STOLEN: Reason.CREDENTIAL_STOLEN,
}


def credential_denial(credential: CredentialPolicy, memory: Memory, now: datetime, zone: tzinfo) -> Reason | None:
    """Why the credential may not be used, if so. Relative validity counts days of the calendar in `zone`."""
    if credential.status is not _ACTIVE:
        return _STATUS_REASONS[credential.status]
    if credential.valid_from is not None and now < credential.valid_from:
        return Reason.CREDENTIAL_NOT_YET_VALID
    if credential.valid_to is None and credential.relative is None:
        return None
    use = memory.use.get(credential.id) if credential.relative is not None else None
    if use is None:
        return expiry(credential, None, None, 0, now, zone)
    return expiry(credential, use.first, use.last, use.count, now, zone)


def cardholder_denial(cardholder: CardholderPolicy | None, now: datetime) -> Reason | None:
    """Why the cardholder may not pass anywhere, if so."""
    if cardholder is None:
        return Reason.CARDHOLDER_UNKNOWN
    if cardholder.suspended:
        return Reason.CARDHOLDER_SUSPENDED
    if cardholder.valid_from is not None and now < cardholder.valid_from:
        return Reason.CARDHOLDER_NOT_YET_VALID
    if cardholder.valid_to is not None and now >= cardholder.valid_to:
        return Reason.CARDHOLDER_EXPIRED
    return None
