"""The executor beside the stock one: the same data, errors, paths and order of keys, whatever is asked of whatever."""

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
import strawberry
from graphql import (
    DocumentNode,
    ExecutionResult,
    ExperimentalIncrementalExecutionResults,
    OperationDefinitionNode,
    OperationType,
    experimental_execute_incrementally,
    get_introspection_query,
    parse,
    print_ast,
    subscribe,
    type_from_ast,
)
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response
from strawberry.execution import optimized_is_awaitable
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext as Stock

from doorward.acs.actor import COMMAND_LINE
from doorward.graphql.context import ApiContext
from doorward.graphql.executor import Executor, Kept, Plans
from doorward.graphql.schema import build_schema
from tests.graphql.random_api import READS, VARIABLES, a_query, an_object, api
from tests.graphql.test_hostile_input import SCOPE, Dice, ids_of
from tests.world import open_world


def told(result: Any) -> dict[str, Any]:
    """All of an answer that a client can see, the order of its keys included, and whose failure it was."""
    return {
        "data": repr(result.data),
        "errors": [(error.formatted, type(error.original_error)) for error in result.errors or ()],
    }


async def run(
    kind: type[Stock],
    schema: strawberry.Schema,
    document: DocumentNode,
    root: Any,
    *,
    variables: dict[str, Any] | None = None,
    context: Any = None,
    operation_name: str | None = None,
) -> tuple[dict[str, Any], list[str]]:
    """One execution, and what it read."""
    READS.clear()
    result = experimental_execute_incrementally(
        schema._schema,
        document,
        root,
        context,
        variables,
        operation_name,
        is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
        executor_class=kind,
    )
    finished = await result if asyncio.iscoroutine(result) else result
    reads = list(READS)
    for _ in range(5):
        await asyncio.sleep(0)
    assert isinstance(finished, ExecutionResult)
    return told(finished), reads


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@settings(deadline=None, max_examples=400, phases=[Phase.reuse, Phase.generate])  # seeds do not shrink
@given(
    number=st.integers(0, 39),
    seed=st.integers(0, 2**32 - 1),
    depth=st.integers(1, 5),
    odd=st.sampled_from([0.0, 0.03, 0.1, 0.3]),
)
def test_both_executors_answer_alike(number: int, seed: int, depth: int, odd: float) -> None:
    made, chance = api(number), Random(seed)
    document = parse(a_query(chance, made, depth))
    root = an_object(chance, made, "Query", odd)

    async def compare() -> None:
        for variables in (VARIABLES, VARIABLES, {"yes": False, "no": True}):
            stock = await run(Stock, made.schema, document, root(), variables=variables)
            alike = await run(Executor, made.schema, document, root(), variables=variables) == stock
            assert alike, print_ast(document)

    asyncio.run(compare())


@pytest.fixture(autouse=True)
def nothing_is_left_for_the_next_test() -> Iterator[None]:
    """The stock forgets some awaitables of a list that failed, with either executor: 5 in 2,500 random requests."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()


def test_introspection_is_answered_alike() -> None:
    schema = build_schema()

    async def compare() -> None:
        for text in (get_introspection_query(), '{ __typename a: __typename __type(name: "Door") { name kind } }'):
            document = parse(text)
            assert await run(Executor, schema, document, None) == await run(Stock, schema, document, None)

    asyncio.run(compare())


DASHBOARD = parse(
    "\n".join(path.read_text() for path in sorted((Path(__file__).parents[2] / "web" / "src").rglob("*.graphql")))
)
QUERIES = {
    node.name.value: node
    for node in DASHBOARD.definitions
    if isinstance(node, OperationDefinitionNode) and node.operation is OperationType.QUERY and node.name
}


@pytest.mark.anyio
async def test_the_dashboards_queries_are_answered_alike(database_url: str) -> None:
    schema = build_schema()
    answered = set()
    async with open_world(database_url) as world:
        ids = await ids_of(world)

        def context() -> ApiContext:
            return ApiContext(world.domain, COMMAND_LINE, Request(SCOPE), Response())

        for name, operation in QUERIES.items():
            dice = Dice(name, ids)
            for _ in range(8 if operation.variable_definitions else 1):
                variables = {
                    node.variable.name.value: dice.value(type_from_ast(schema._schema, node.type))  # type: ignore[arg-type]
                    for node in operation.variable_definitions or ()
                }
                stock, ours = [
                    await run(
                        kind, schema, DASHBOARD, None, variables=variables, context=context(), operation_name=name
                    )
                    for kind in (Stock, Executor)
                ]
                assert ours == stock, name
                if stock[0]["data"] != "None" and not stock[0]["errors"]:
                    answered.add(name)
    assert len(answered) > 0.7 * len(QUERIES), set(QUERIES) - answered


DEFERRED = """
query($yes: Boolean!, $no: Boolean!) {
  every { ...First @defer(label: "one") name ... @defer(if: $no) { number } parts @stream(initialCount: 1) { name } }
}
fragment First on Thing { name number parts { number ... @defer { name __typename } } }
"""


@strawberry.type
class Thing:
    """What is deferred and streamed below."""

    name: str
    number: int | None
    parts: list["Thing"]


@strawberry.type
class DeferredQuery:
    """Its root."""

    every: list[Thing]


@pytest.mark.anyio
async def test_what_comes_in_parts_comes_in_the_same_parts() -> None:
    config = StrawberryConfig(enable_experimental_incremental_execution=True)
    schema = strawberry.Schema(DeferredQuery, config=config)
    parts = [Thing(name=f"part {number}", number=number, parts=[]) for number in range(3)]
    root = DeferredQuery(every=[Thing(name="a", number=1, parts=parts), Thing(name="b", number=None, parts=[])])

    async def parts_of(kind: type[Stock]) -> list[Any]:
        result = experimental_execute_incrementally(
            schema._schema, parse(DEFERRED), root, variable_values=VARIABLES, executor_class=kind
        )
        assert isinstance(result, ExperimentalIncrementalExecutionResults)
        return [result.initial_result.formatted, *[one.formatted async for one in result.subsequent_results]]

    stock = await parts_of(Stock)
    assert len(stock) > 1
    assert await parts_of(Executor) == stock


@strawberry.type
class Followed:
    """A subscription's root."""

    @strawberry.subscription
    async def things(self) -> AsyncIterator[Thing]:
        for number in range(50):
            yield Thing(name=f"{number}", number=number or None, parts=[Thing(name="x", number=1, parts=[])])


@pytest.mark.anyio
@pytest.mark.parametrize("directive", ["", " @include(if: $yes)"])
async def test_a_subscription_tells_the_same_and_grows_no_plans_with_its_events(directive: str) -> None:
    schema = strawberry.Schema(DeferredQuery, subscription=Followed)
    document = parse(f"subscription($yes: Boolean = true) {{ things {{ name{directive} number parts {{ number }} }} }}")
    made: list[Executor] = []

    class Watched(Executor):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            made.append(self)

    async def events(kind: type[Stock]) -> list[Any]:
        results = subscribe(schema._schema, document, executor_class=kind)
        stream = await results if asyncio.iscoroutine(results) else results
        return [told(one) async for one in stream]  # type: ignore[union-attr]

    stock = await events(Stock)
    assert len(stock) == 50
    assert await events(Watched) == stock
    plans = made[0]._plans
    assert (len(plans.fields), len(plans.subfields)) == (3, 2)


@strawberry.type
class Part:
    """Has to have a value."""

    must: str


@strawberry.type
class ListQuery:
    """Lists that lose an entry, and lists that are lost whole."""

    some: list[Part | None]
    every: list[Part] | None


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["some", "every"])
@pytest.mark.parametrize("odd", ["an error", "null", "fails", "fails later", "comes later"])
async def test_an_entry_of_a_list_that_is_not_plain(name: str, odd: str) -> None:
    async def later(value: object) -> object:
        await asyncio.sleep(0)
        if isinstance(value, Exception):
            raise value
        return value

    def root() -> Any:
        entry: Any = {
            "an error": RuntimeError("in a list"),
            "null": None,
            "fails": SimpleNamespace(must=None),
            "fails later": SimpleNamespace(must=later(RuntimeError("later"))) if odd == "fails later" else None,
            "comes later": later(SimpleNamespace(must=later("at last"))) if odd == "comes later" else None,
        }[odd]
        return SimpleNamespace(**{name: [SimpleNamespace(must="a"), entry, SimpleNamespace(must="b")]})

    schema, document = strawberry.Schema(ListQuery), parse(f"{{ {name} {{ must }} }}")
    assert await run(Executor, schema, document, root()) == await run(Stock, schema, document, root())


class Loud(SchemaExtension):
    """Middleware, which sees every field."""

    def resolve(self, _next: Any, root: Any, info: Any, *args: Any, **kwargs: Any) -> Any:
        value = _next(root, info, *args, **kwargs)
        return value.upper() if isinstance(value, str) else value


@pytest.mark.anyio
async def test_what_watches_every_field_still_sees_every_field() -> None:
    schema = strawberry.Schema(DeferredQuery, extensions=[Loud], execution_context_class=Executor)
    root = DeferredQuery(every=[Thing(name="quiet", number=1, parts=[])])
    result = await schema.execute("{ every { name number } }", root_value=root)
    assert result.data == {"every": [{"name": "QUIET", "number": 1}]}


def test_plans_are_kept_for_so_many_operations_and_no_more() -> None:
    schema = strawberry.Schema(DeferredQuery)
    kept = Kept(3)
    documents = [parse("{ every { name } }") for _ in range(5)]

    def plans(document: DocumentNode) -> Plans | None:
        operation = document.definitions[0]
        assert isinstance(operation, OperationDefinitionNode)
        return kept.of(schema._schema, operation, {})

    first = plans(documents[0])
    assert first is not None
    for document in documents[1:]:
        plans(document)
        assert plans(documents[0]) is first, "asked for all the time, it stays"
    assert len(kept) == 3
    assert plans(parse("{ every { name @skip(if: $x) } }")) is None, "a directive decides: nothing to keep"
