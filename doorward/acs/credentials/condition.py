"""What is true of a credential now: its status, or what its dates, its uses or its phone make of it."""

from datetime import datetime, tzinfo
from enum import StrEnum

from doorward.acs.credentials.models import Credential
from doorward.acs.credentials.record import relative_of
from doorward.acs.decision.policy import CredentialKind, CredentialPolicy, CredentialStatus
from doorward.acs.decision.validity import expiry


class CredentialCondition(StrEnum):
    """In one word: the first that is true, in this order; active if none is."""

    STOLEN = "stolen"
    """Somebody reported it stolen."""
    LOST = "lost"
    """Somebody reported it lost."""
    SUSPENDED = "suspended"
    """Somebody suspended it."""
    EXPIRED = "expired"
    """Its last moment has passed, or it has been used as often or as long as it may."""
    NOT_PAIRED = "not_paired"
    """A mobile credential that no phone has taken yet."""
    NOT_YET_VALID = "not_yet_valid"
    """Its first moment is still to come."""
    ACTIVE = "active"
    """None of the others: it may be used. Whether it opens a door is for the access rules."""


def condition_of(row: Credential, now: datetime, zone: tzinfo) -> CredentialCondition:
    """The condition at `now` (aware); days, months and years are those of `zone`."""
    if row.status is not CredentialStatus.ACTIVE:
        return CredentialCondition(row.status.value)
    terms = CredentialPolicy(row.id, row.cardholder_id, valid_to=row.valid_to, relative=relative_of(row))
    if expiry(terms, row.first_used_at, row.last_used_at, row.uses, now, zone) is not None:
        return CredentialCondition.EXPIRED
    if row.kind is CredentialKind.MOBILE and row.token is None:
        return CredentialCondition.NOT_PAIRED
    if row.valid_from is not None and now < row.valid_from:
        return CredentialCondition.NOT_YET_VALID
    return CredentialCondition.ACTIVE
