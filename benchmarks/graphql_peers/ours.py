"""The API as Doorward would serve it, in Strawberry's types: our executor, our caches of documents."""

from typing import Any

import strawberry

from benchmarks.graphql_peers.cases import serve
from benchmarks.graphql_peers.strawberry_api import Query
from doorward.graphql.documents import ParsedDocuments, ValidatedDocuments, document_limits
from doorward.graphql.executor import Executor
from doorward.graphql.metering import CostLimit, TimeLimit

SCHEMA = strawberry.Schema(
    Query,
    execution_context_class=Executor,
    extensions=[CostLimit, document_limits, ParsedDocuments, ValidatedDocuments, TimeLimit],
)


async def run(query: str) -> Any:
    """A request, executed as the endpoint does it."""
    result = await SCHEMA.execute(query)
    assert not result.errors, result.errors
    return result.data


if __name__ == "__main__":
    serve(run)
