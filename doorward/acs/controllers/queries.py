"""What may be asked about controllers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q

from doorward.acs.actor import Actor, Permission
from doorward.acs.controllers.live import LiveController
from doorward.acs.controllers.models import ControllerCertificate, ControllerCode
from doorward.acs.domain import Domain
from doorward.acs.doors.models import Controller
from doorward.acs.keyset import NAMES, among, named, page_rows
from doorward.acs.operation import SITE_ID
from doorward.acs.paging import Page, PageRequest
from doorward.acs.site.models import Site
from doorward.acs.site.operations import EMBEDDED_CONTROLLER


@dataclass(frozen=True, slots=True)
class ControllerState:
    """A controller's row, what is known of it now, and what it may connect by.

    `backlog` is how many records of its journal are not stored here, as far as it has told. `certificate_expires_at`
    None: it is not enrolled. `code_expires_at`: until when its enrolment code can be used, if it has one.
    """

    row: Controller
    live: LiveController
    embedded: bool
    backlog: int
    site_version: int
    certificate_expires_at: datetime | None
    code_expires_at: datetime | None


async def list_controllers(domain: Domain, actor: Actor, ids: list[str] | None = None) -> list[ControllerState]:
    """Every controller, or those named, by name."""
    actor.require(Permission.CONFIGURATION_VIEW)
    return await _states(
        domain, await (Controller.all() if ids is None else Controller.filter(id__in=ids)).order_by("name")
    )


async def page_controllers(
    domain: Domain,
    actor: Actor,
    request: PageRequest,
    *,
    ids: Collection[str] | None = None,
    connected: bool | None = None,
) -> Page[ControllerState]:
    """Controllers by name: those that are connected now, or are not, or all."""
    actor.require(Permission.CONFIGURATION_VIEW)
    rows = named(among(Controller.all(), ids), request)
    if connected is not None:
        there = Q(id__in=sorted(domain.controllers.connected()))
        rows = rows.filter(there if connected else ~there)
    page = await page_rows(rows, NAMES, request)
    return page.of(await _states(domain, page.rows))


async def _states(domain: Domain, rows: Sequence[Controller]) -> list[ControllerState]:
    named_ids = [row.id for row in rows]
    counting = ControllerCertificate.filter(controller_id__in=named_ids, ended_at=None).order_by("expires_at")
    certificates = dict(await counting.values_list("controller_id", "expires_at"))
    waiting = ControllerCode.filter(controller_id__in=named_ids, expires_at__gt=domain.clock())
    codes = dict(await waiting.values_list("controller_id", "expires_at"))
    version = (await Site.get(id=SITE_ID)).policy_version
    states = []
    for row in rows:
        live = domain.controllers.of(row.id)
        ahead = sum(last - first + 1 for first, last in row.stored_ahead or ())
        states.append(
            ControllerState(
                row,
                live,
                row.name == EMBEDDED_CONTROLLER,
                max(0, live.last_sequence - row.stored_sequence - ahead),
                version,
                certificates.get(row.id),
                codes.get(row.id),
            )
        )
    return states
