"""The site in the API."""

from datetime import timedelta
from typing import cast

import strawberry
from strawberry import UNSET

from doorward.acs.site import models
from doorward.acs.site.operations import SiteChanges, update_site
from doorward.acs.site.queries import command_reasons, the_site
from doorward.graphql.context import ApiInfo
from doorward.graphql.enums import CommandKind
from doorward.graphql.errors import OperationError
from doorward.graphql.inputs import sent
from doorward.graphql.mutation import Keyed, mutation


@strawberry.type(description="What is true of the whole site.")
class Site:
    """The site."""

    name: str
    time_zone: str = strawberry.field(description="IANA name; every schedule runs by this zone.")
    stale_after: timedelta | None = strawberry.field(
        description="Controllers out of contact for longer deny everybody; null: they decide by what they last had."
    )
    qr_skew_steps: int = strawberry.field(
        description="So many steps of 30 seconds may the clock behind a dynamic QR code be off, 0 to 4."
    )
    escort_timeout_ms: int = strawberry.field(
        description="So long a reader waits for the host of somebody who needs an escort, 1 s to 5 min."
    )
    journal_events: int = strawberry.field(
        description="So many events every controller's journal keeps, those that are not stored here last."
    )
    journal: timedelta = strawberry.field(
        name="journalKeeps", description="For so long a journal keeps events that are stored here."
    )
    alone_alarm: timedelta | None = strawberry.field(
        description="A controller that is alone for longer raises an alarm; null: it does not."
    )
    trusts_clock: bool = strawberry.field(
        description="Controllers go by schedules even under a clock that they know to be wrong."
    )
    reasons_for: list[CommandKind] = strawberry.field(description="For these commands operators must give a reason.")
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")


@strawberry.input(description="What to change of the site; a field left out stays as it is.")
class UpdateSiteInput(Keyed):
    """See Site."""

    expected_version: int | None = None
    name: str | None = UNSET
    time_zone: str | None = UNSET
    stale_after: timedelta | None = strawberry.field(
        default=UNSET, description="60 s to 30 days; null: controllers decide by what they last had for ever."
    )
    qr_skew_steps: int | None = UNSET
    escort_timeout_ms: int | None = UNSET
    journal_events: int | None = strawberry.field(default=UNSET, description="1,000 to 10,000,000.")
    journal: timedelta | None = strawberry.field(
        name="journalKeeps", default=UNSET, description="1 to 3,650 whole days."
    )
    alone_alarm: timedelta | None = strawberry.field(default=UNSET, description="60 s to a year; null: no alarm.")
    trusts_clock: bool | None = UNSET
    reasons_for: list[CommandKind] | None = UNSET


@strawberry.type(description="The site as it now is, or why nothing was done.")
class SitePayload:
    """Result of a site mutation."""

    site: Site | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


def _length(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def _shown(row: models.Site) -> Site:
    return Site(
        name=row.name,
        time_zone=row.time_zone,
        stale_after=_length(row.stale_after_s),
        qr_skew_steps=row.qr_skew_steps,
        escort_timeout_ms=row.escort_timeout_ms,
        journal_events=row.journal_events,
        journal=timedelta(days=row.journal_days),
        alone_alarm=_length(row.alone_alarm_s),
        trusts_clock=row.trusts_clock,
        reasons_for=[CommandKind(kind) for kind in row.reasons_for or ()],
        version=row.version,
    )


@strawberry.type
class SiteQuery:
    """Queries about the site."""

    @strawberry.field(description="The site. Permission: configuration.view.")
    async def site(self, info: ApiInfo) -> Site:
        return _shown(await the_site(info.context.actor))

    @strawberry.field(
        description="For these commands the site wants a reason: without one they are refused. Permissions: "
        "door.command or io.write."
    )
    async def command_reasons(self, info: ApiInfo) -> list[CommandKind]:
        return list(await command_reasons(info.context.actor))


@strawberry.type
class SiteMutation:
    """Changes to the site."""

    @mutation(description="Change the site's name and settings. Permission: configuration.write.")
    async def update_site(self, info: ApiInfo, input: UpdateSiteInput) -> SitePayload:
        changes = cast(
            SiteChanges, sent(input, SiteChanges.__annotations__, may_be_null={"stale_after_s", "alone_alarm_s"})
        )
        row = await update_site(info.context.domain, info.context.actor, changes, input.expected_version)
        return SitePayload(site=_shown(row))
