"""What documents cost, as a function of their variables."""

from pathlib import Path
from typing import Any

import pytest
from graphql import FragmentDefinitionNode, GraphQLInt, OperationDefinitionNode, get_named_type, parse, type_from_ast
from hypothesis import given
from hypothesis import strategies as st

from doorward.graphql.cost import LENGTHS, WEIGHTS, KeptCosts, cost_of_operation
from doorward.graphql.limits import Limits
from doorward.graphql.schema import build_schema

SCHEMA = build_schema()._schema
WEB = Path(__file__).resolve().parent.parent.parent / "web" / "src"


def cost(text: str, **variables: Any) -> int:
    document = parse(text)
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    operation = next(one for one in document.definitions if isinstance(one, OperationDefinitionNode))
    return cost_of_operation(SCHEMA, operation, fragments).of(variables)


@pytest.mark.parametrize(
    "document, expected",
    [
        ("{ __typename }", 1),
        ("{ viewer { name } }", 2),
        ("{ rateLimit { cost limit } }", 1),
        ("{ events(first: 10) { nodes { id } } }", 1 + 1 + 10),
        ("{ events(last: 10) { edges { cursor node { id } } pageInfo { endCursor } } }", 1 + 1 + 1 + 10 * (1 + 1)),
        ("{ events(first: 10) { nodes { id } edges { cursor } } }", 1 + 1 + 10 + 10),
        ("{ a: events(first: 2) { nodes { id } } b: events(first: 3) { nodes { id } } }", 1 + 1 + 2 + 1 + 3),
        ("mutation { signOut(input: {}) { signedOut } }", 1 + 10),
        ("{ __schema { types { fields { name } } } }", 1 + 500),
        ("{ events(first: -7) { nodes { id } } }", 1 + 1 + 1),
        ("{ events(first: 99999) { nodes { id } } }", 1 + 1 + 100),
        ("{ events { nodes { id } } }", 1 + 1 + 1),
        ("fragment F on EventConnection { nodes { id } } { events(first: 5) { ...F ... on EventConnection { ...F } } }",
         1 + 1 + 5 + 5),
        ("query($n: Int = 7) { events(first: $n) { nodes { id } } }", 1 + 1 + 7),
    ],
)  # fmt: skip
def test_a_document_costs_what_it_gives(document: str, expected: int) -> None:
    assert cost(document) == expected


def test_page_sizes_come_from_the_variables() -> None:
    document = "query($a: Int, $b: Int) { events(first: $a, last: $b) { nodes { id } } }"
    assert cost(document, a=30) == cost(document, a=None, b=30) == 32
    assert cost(document, a=30, b=10) == 42
    assert cost(document, a="many") == 102, "what is no number is as dear as the longest page"
    assert cost(document) == 2


@given(first=st.integers(1, 99), more=st.integers(1, 99))
def test_a_longer_page_never_costs_less(first: int, more: int) -> None:
    document = "query($n: Int) { cardholders(first: $n) { nodes { groups { id } } } }"
    assert cost(document, n=first) <= cost(document, n=first + more)


def test_fragments_that_double_again_and_again_are_read_once_each() -> None:
    depth, of = 300, "CardholderConnection"
    chain = "".join(f"fragment F{n} on {of} {{ a{n}: __typename ...F{n + 1} ...F{n + 1} }} " for n in range(depth))
    last = f"fragment F{depth} on {of} {{ nodes {{ id }} }}"
    found = cost(f"{chain} {last} {{ cardholders(first: 1) {{ ...F0 }} }}")
    assert found > 2**depth


def test_a_document_is_read_once() -> None:
    kept = KeptCosts(most=2)
    documents = [parse(f"query Q{number} {{ viewer {{ name }} }}") for number in range(3)]
    operations = [one.definitions[0] for one in documents]
    assert all(isinstance(one, OperationDefinitionNode) for one in operations)
    costs = [kept.of(SCHEMA, one, {}) for one in operations]  # type: ignore[arg-type]
    assert kept.of(SCHEMA, operations[2], {}) is costs[2]  # type: ignore[arg-type]
    assert kept.of(SCHEMA, operations[0], {}) is not costs[0], "the one asked for longest ago has made way"  # type: ignore[arg-type]


@pytest.mark.parametrize("place", [*WEIGHTS, *LENGTHS])
def test_what_is_declared_is_a_field_of_the_schema(place: str) -> None:
    kind, dot, name = place.partition(".")
    if not dot or name.startswith("__"):
        return
    of: Any = SCHEMA.type_map[kind]
    assert name in of.fields


def dashboard() -> list[tuple[OperationDefinitionNode, dict[str, FragmentDefinitionNode]]]:
    document = parse("\n".join(path.read_text() for path in WEB.rglob("*.graphql")))
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    return [(one, fragments) for one in document.definitions if isinstance(one, OperationDefinitionNode)]


def test_the_dashboard_never_meets_the_limit_of_a_request_or_empties_its_bucket() -> None:
    limits = Limits()
    for operation, fragments in dashboard():
        kinds = {
            one.variable.name.value: get_named_type(type_from_ast(SCHEMA, one.type))
            for one in operation.variable_definitions or ()
        }
        pages = {name: 100 for name, kind in kinds.items() if kind is GraphQLInt}
        found = cost_of_operation(SCHEMA, operation, fragments).of({**pages, "last": None})
        assert operation.name is not None
        assert found <= limits.most_cost, operation.name.value
        assert found <= limits.cost_at_once / 10, operation.name.value
