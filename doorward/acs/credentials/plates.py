"""Licence plates."""

from dataclasses import dataclass

from doorward.acs.actor import Permission
from doorward.acs.credentials.models import Credential
from doorward.acs.credentials.record import Terms, add, locked_owner, refuse_duplicate
from doorward.acs.decision.policy import CredentialKind
from doorward.acs.decision.tokens import normalise_plate
from doorward.acs.errors import ValidationFailed
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation

LONGEST_PLATE = 16
_TERMS = Terms("Licence plate")


@dataclass(frozen=True, slots=True)
class NewPlate:
    """A licence plate to create, in any spelling; its name describes the vehicle."""

    cardholder_id: str
    plate: str
    terms: Terms = _TERMS


@operation(Permission.CREDENTIAL_WRITE)
async def create_plate(work: Work, given: NewPlate) -> Credential:
    """A vehicle as a credential. Raises Conflict if its plate is somebody's already."""
    plate = normalise_plate(given.plate)
    if not 1 <= len(plate) <= LONGEST_PLATE:
        raise ValidationFailed(f"A licence plate has 1 to {LONGEST_PLATE} letters and digits.", "plate")
    owner = await locked_owner(work, given.cardholder_id)
    row = Credential(id=new_id(), kind=CredentialKind.PLATE, number=plate, unique_key=f"plate:{plate}")
    await refuse_duplicate(work, row.unique_key or "", "licence plate", "plate")
    return await add(work, row, owner, given.terms, "plate")
