"""Anything by its id: found in one statement, then asked of its area like any other, permissions and all."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated

import strawberry
from tortoise.models import Model

from doorward.acs.credentials import models as credential_rows
from doorward.acs.credentials.queries import credentials_by_id
from doorward.acs.decision.predefined_formats import PREDEFINED
from doorward.acs.doors import models as door_rows
from doorward.acs.doors.queries import list_doors, page_readers
from doorward.acs.errors import NotPermitted, Unauthenticated, ValidationFailed
from doorward.acs.formats.models import CardFormatRow
from doorward.acs.nodes import tables_of
from doorward.acs.paging import MAX_PAGE, of_ids
from doorward.acs.users.grants import BUILT_IN
from doorward.acs.users.models import RoleRow
from doorward.graphql.context import ApiInfo
from doorward.graphql.credentials import Credential, shown_credentials
from doorward.graphql.doors import Reader, shown_doors
from doorward.graphql.paging import LISTS, Ask, Node, Show, by_actor


async def _credentials(info: ApiInfo, rows: Sequence[credential_rows.Credential]) -> list[Credential]:
    return await shown_credentials(info.context.actor, rows, info.context.domain.clock())


async def _readers(info: ApiInfo, rows: Sequence[door_rows.Reader]) -> list[Reader]:
    doors = await list_doors(info.context.actor, sorted({row.door_id for row in rows}))
    shown = {reader.id: reader for door in await shown_doors(info.context, doors) for reader in door.readers}
    return [shown[strawberry.ID(row.id)] for row in rows]


_WITHOUT_LIST: dict[type[Model], tuple[Ask, Show]] = {
    credential_rows.Credential: (by_actor(credentials_by_id), _credentials),
    door_rows.Reader: (by_actor(page_readers), _readers),
}


_WITHOUT_ROW: dict[str, type[Model]] = {
    **dict.fromkeys(PREDEFINED, CardFormatRow),
    **dict.fromkeys(BUILT_IN, RoleRow),
}
"""What is in the code, and found where its kind is."""


async def _found(info: ApiInfo, ids: Sequence[str]) -> dict[str, Node]:
    """Those of them that are there and that the caller may see, by id."""
    kinds = {**LISTS, **_WITHOUT_LIST}
    tables = await tables_of(sorted(set(ids)), kinds)
    by_table: dict[type[Model], list[str]] = defaultdict(list)
    for node_id in set(ids):
        table = _WITHOUT_ROW.get(node_id) or tables.get(node_id)
        if table is not None:
            by_table[table].append(node_id)
    found: dict[str, Node] = {}
    for table, its_ids in by_table.items():
        ask, show = kinds[table]
        try:
            page = await ask(info, of_ids(its_ids))
            shown = await show(info, page.rows)
        except (NotPermitted, Unauthenticated):
            continue
        found.update({str(one.id): one for one in shown})
    return found


@strawberry.type
class NodeQuery:
    """Queries of anything by its id."""

    @strawberry.field(
        description="What has this id; null when nothing has, or nothing that the caller may see. "
        "Needs no permission of its own, but that of the list of its kind."
    )
    async def node(self, info: ApiInfo, id: strawberry.ID) -> Node | None:
        return (await _found(info, [id])).get(id)

    @strawberry.field(
        description="What has these ids (at most 100), in the order asked; null in place of what is not there or what "
        "the caller may not see. Needs no permission of its own, but those of the lists of their kinds."
    )
    async def nodes(
        self,
        info: ApiInfo,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="Their ids, at most 100.")],
    ) -> list[Node | None]:
        if len(ids) > MAX_PAGE:
            raise ValidationFailed(f"Name at most {MAX_PAGE} ids.", "ids")
        found = await _found(info, ids)
        return [found.get(node_id) for node_id in ids]
