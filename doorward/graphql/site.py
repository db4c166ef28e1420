"""The site in the API."""

from typing import cast

import strawberry
from strawberry import UNSET

from doorward.acs.errors import AcsError
from doorward.acs.site import models
from doorward.acs.site.operations import SiteChanges, update_site
from doorward.acs.site.queries import the_site
from doorward.graphql.context import ApiInfo
from doorward.graphql.errors import OperationError
from doorward.graphql.inputs import sent


@strawberry.type(description="What is true of the whole site.")
class Site:
    """The site."""

    name: str
    time_zone: str = strawberry.field(description="IANA name; every schedule runs by this zone.")


@strawberry.input(description="What to change of the site; a field left out stays as it is.")
class UpdateSiteInput:
    """See Site."""

    name: str | None = UNSET
    time_zone: str | None = UNSET


@strawberry.type(description="The site as it now is, or why nothing was done.")
class SitePayload:
    """Result of a site mutation."""

    site: Site | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


def _shown(row: models.Site) -> Site:
    return Site(name=row.name, time_zone=row.time_zone)


@strawberry.type
class SiteQuery:
    """Queries about the site."""

    @strawberry.field(description="The site. Permission: configuration.view.")
    async def site(self, info: ApiInfo) -> Site:
        return _shown(await the_site(info.context.actor))


@strawberry.type
class SiteMutation:
    """Changes to the site."""

    @strawberry.mutation(description="Change the site's name or time zone. Permission: configuration.write.")
    async def update_site(self, info: ApiInfo, input: UpdateSiteInput) -> SitePayload:
        changes = cast(SiteChanges, sent(input, SiteChanges.__annotations__))
        try:
            row = await update_site(info.context.domain, info.context.actor, changes)
        except AcsError as error:
            return SitePayload(errors=[OperationError.of(error)])
        return SitePayload(site=_shown(row))
