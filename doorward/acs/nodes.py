"""Which table has a row: ids are unique over all of them."""

from collections.abc import Collection, Iterable

from tortoise.connection import get_connection
from tortoise.models import Model


async def tables_of(ids: Collection[str], models: Iterable[type[Model]]) -> dict[str, type[Model]]:
    """The table, among these, of each of these ids that there is; in one statement.

    For callers that ask the table's own query next: this one looks at no permission.
    """
    if not ids:
        return {}
    by_name = {model._meta.db_table: model for model in models}
    connection = get_connection("default")
    mark = "$" if connection.capabilities.dialect == "postgres" else "?"
    marks = ", ".join(f"{mark}{number}" for number in range(1, len(ids) + 1))
    statement = " UNION ALL ".join(
        f"SELECT '{name}' AS of_table, id FROM {name} WHERE id IN ({marks})"  # noqa: S608 - names of our own
        for name in by_name
    )
    _, rows = await connection.execute_query(statement, list(ids))
    return {row["id"]: by_name[row["of_table"]] for row in rows}
