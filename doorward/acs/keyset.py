"""Pages of a table: one statement each, by where its rows lie in an order, however far into the list.

Empty columns (NULL) come after all others, and before them where the order descends, on both databases.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

from tortoise.expressions import Case, Q, When
from tortoise.models import Model
from tortoise.queryset import QuerySet

from doorward.acs.errors import ValidationFailed
from doorward.acs.paging import MAX_PAGE, MOST_COUNTED, Key, Page, PageRequest, Total, cursor_of, key_of, page_of

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Column:
    """What a list is ordered by: a column of its rows or, behind "__", of one that they name.

    `kind` is the type of its values. Rows that are named must be read with the list's (select_related).
    """

    name: str
    kind: Any = str
    descending: bool = False
    nullable: bool = False

    def of(self, row: Model) -> Any:
        """The row's value."""
        value: Any = row
        for part in self.name.split("__"):
            value = getattr(value, part) if value is not None else None
        return value


@dataclass(frozen=True, slots=True)
class Order:
    """An order of a list: columns that no two rows have all alike. `name` is in its cursors."""

    name: str
    columns: tuple[Column, ...]

    @property
    def kinds(self) -> list[Any]:
        """The types of a key's parts."""
        return [column.kind | None if column.nullable else column.kind for column in self.columns]

    def cursor(self, row: Model) -> str:
        """Where a row lies."""
        return cursor_of(self._named(type(row)), tuple(column.of(row) for column in self.columns))

    def key(self, cursor: str | None, path: str, model: type[Model]) -> Key | None:
        """The key in a cursor of this order of these rows. Raises ValidationFailed."""
        return key_of(cursor, self._named(model), self.kinds, path)

    def _named(self, model: type[Model]) -> str:
        return f"{model._meta.db_table}.{self.name}"

    def apply(self, rows: QuerySet[Row], *, backward: bool) -> QuerySet[Row]:
        """The rows in this order, or from its end."""
        terms = []
        for place, column in enumerate(self.columns):
            sign = "-" if column.descending != backward else ""
            if column.nullable:
                empty = Case(When(_q(column, "isnull", True), then="1"), default="0")
                rows = rows.annotate(**{f"empty_{place}": empty})
                terms.append(f"{sign}empty_{place}")
            terms.append(f"{sign}{column.name}")
        return rows.order_by(*terms)


Orders = Mapping[Any, Order]
"""What a list can be ordered by; the first is how it is ordered when nobody says."""
ID = Column("id")


class NameOrder(StrEnum):
    """How rows with names can be ordered. Ids are made in the order of time."""

    NAME = "name"
    """By name."""
    NAME_DESCENDING = "name_descending"
    """By name, from the end of the alphabet."""
    OLDEST = "oldest"
    """What was made first comes first."""
    NEWEST = "newest"
    """What was made last comes first."""


def by_name(column: str = "name") -> Orders:
    """The orders of rows with names, which are in this column."""
    return {
        NameOrder.NAME: Order(column, (Column(column), ID)),
        NameOrder.NAME_DESCENDING: Order(
            f"-{column}", (Column(column, descending=True), Column("id", descending=True))
        ),
        NameOrder.OLDEST: Order("id", (ID,)),
        NameOrder.NEWEST: Order("-id", (Column("id", descending=True),)),
    }


NAMES = by_name()


async def page_rows(rows: QuerySet[Row], orders: Orders, request: PageRequest) -> Page[Row]:
    """The page of these rows. Raises ValidationFailed for a cursor of another list or order."""
    rows = among(rows, request.ids)
    order = next(iter(orders.values())) if request.order is None else orders[request.order]
    after, before = (
        order.key(cursor, path, rows.model) for cursor, path in ((request.after, "after"), (request.before, "before"))
    )
    within = rows
    if after is not None:
        within = within.filter(beyond(order.columns, after, forward=True))
    if before is not None:
        within = within.filter(beyond(order.columns, before, forward=False))
    found = await order.apply(within, backward=request.backward).limit(request.size + 1)
    return page_of(request, found[::-1] if request.backward else found, order.cursor, partial(count, rows))


def beyond(columns: Sequence[Column], key: Key, *, forward: bool) -> Q:
    """That a row lies after the key, or (not `forward`) before it.

    `a >= x` is said besides `a > x OR ...`, so that an index on the column is searched and not walked.
    """
    column, value = columns[0], key[0]
    upward = forward != column.descending
    empty = _q(column, "isnull", True)
    further = beyond(columns[1:], key[1:], forward=forward) if len(columns) > 1 else None
    if value is None:
        if further is None:
            raise ValueError(f"the last column of an order, {column.name}, may not be empty")
        return empty & further if upward else ~empty | further
    strictly = _q(column, "gt" if upward else "lt", value)
    if further is None:
        return strictly
    same_or = _q(column, "gte" if upward else "lte", value)
    if upward and column.nullable:
        return empty | (same_or & (strictly | further))
    return same_or & (strictly | further)


def _q(column: Column, relation: str, value: Any) -> Q:
    return Q(**{f"{column.name}__{relation}": value})


async def count(rows: QuerySet[Row]) -> Total:
    """How many rows there are, counted up to `MOST_COUNTED`."""
    few = rows.limit(MOST_COUNTED + 1).values_list(rows.model._meta.pk_attr, flat=True)
    few.sql()
    sql, values = few.query.get_parameterized_sql()
    counting = f"SELECT COUNT(*) AS n FROM ({sql}) AS few"  # noqa: S608 - the values are apart
    _, found = await rows.model._meta.db.execute_query(counting, values)
    counted = int(found[0]["n"])
    return Total(min(counted, MOST_COUNTED), counted <= MOST_COUNTED)


def named(rows: QuerySet[Row], request: PageRequest, *columns: str) -> QuerySet[Row]:
    """Those with each word of the search in one of these columns, large or small; without columns in `name`."""
    for word in request.words:
        found = Q()
        for column in columns or ("name",):
            found |= Q(**{f"{column}__icontains": word})
        rows = rows.filter(found)
    return rows


def where(rows: QuerySet[Row], **columns: object) -> QuerySet[Row]:
    """Those with these values in these columns; None asks for nothing."""
    return rows.filter(**{name: value for name, value in columns.items() if value is not None})


def among(rows: QuerySet[Row], ids: Collection[str] | None) -> QuerySet[Row]:
    """Those with one of these ids; None asks for nothing. Raises ValidationFailed for too many."""
    if ids is None:
        return rows
    if len(ids) > MAX_PAGE:
        raise ValidationFailed(f"Name at most {MAX_PAGE} ids.", "filter", "ids")
    return rows.filter(id__in=list(ids))
