"""The authority as it is stored: made when it is first needed, its key sealed."""

from tortoise.exceptions import IntegrityError

from doorward.acs.controllers.authority import Authority, make_authority
from doorward.acs.controllers.models import ControllerAuthority
from doorward.acs.domain import Domain

_ID = "authority"
_CONTEXT = "controller authority"


async def the_authority(domain: Domain) -> Authority:
    """The site's authority. Raises SealBroken when the database and the data key do not belong together."""
    row = await ControllerAuthority.get_or_none(id=_ID)
    if row is None:
        made = make_authority(domain.clock())
        try:
            row = await ControllerAuthority.create(
                id=_ID,
                certificate=made.certificate.decode("ascii"),
                sealed_key=domain.sealer.seal(made.key, _CONTEXT),
                created_at=domain.clock(),
            )
        except IntegrityError:  # Another process was first.
            row = await ControllerAuthority.get(id=_ID)
    return Authority(row.certificate.encode("ascii"), domain.sealer.open(row.sealed_key, _CONTEXT))
