"""What a document costs, before it is executed: a small function of its variables, made once for each operation.

An operation costs 1, and each field that gives objects 1 for every object that it may give, or its declared weight.
Leaves cost nothing. A list gives as many objects as `first` or `last` say, and without these what is declared, or
`USUAL_LENGTH`. What a directive may leave out counts, and so does each of the types that an object may have.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from doorward.acs.paging import MAX_PAGE
from doorward.graphql.executor import LONGEST_KEPT

USUAL_LENGTH: Final = 10
"""So many objects a list is taken to have of which nothing is declared."""
ROOT_LENGTH: Final = 50
"""So many a list of a whole site is taken to have: its doors, its schedules."""
OBJECT: Final = 1
MUTATION: Final = 10
"""Each change is a transaction with its audit."""
KEPT_OPERATIONS: Final = 200
PAGED: Final = ("first", "last")
WEIGHTS: Final[Mapping[str, int]] = {
    "totalCount": 50,
    "Query.rateLimit": 0,
    "Query.__schema": 500,
    "Query.__type": 20,
    "Query.whoCanPass": 200,
    "Query.wouldPass": 20,
    "Query.explainDecision": 20,
    "Query.compareDraft": 500,
    "Query.cameraTimelines": 20,
    "Mutation.signIn": 20,
}
"""What is not 1, by type and field, or by field of any type; times the objects that it gives."""
LENGTHS: Final[Mapping[str, int]] = {
    "errors": 1,
    "ControllerBuses.buses": 4,
    "OsdpBus.devices": 4,
    "Query.osdpBuses": 10,
    "Query.cameraTimelines": 16,
    "CameraTimeline.recordings": 50,
    "CameraTimeline.gaps": 50,
    "CameraTimeline.bookmarks": 100,
    "CameraTimeline.events": 200,
}
"""How many objects a list is taken to have, where that is not `USUAL_LENGTH`, by type and field or by field."""
_FLAT: Final = frozenset({"Query.rateLimit", "Query.__schema", "Query.__type"})
"""What is in these is in their weight already."""

Size = int | str
"""A number of objects, or the variable that says it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a document: what it costs itself, and so many times what other steps before this one cost."""

    own: int
    times: tuple[tuple[Size, int], ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """An operation's cost as a function of its variables; `usual` are its variables' defaults."""

    steps: tuple[Step, ...]
    usual: Mapping[str, int]

    def of(self, variables: Mapping[str, Any]) -> int:
        """What it costs with these variables, as they were sent."""
        costs: list[int] = []
        for step in self.steps:
            cost = step.own
            for size, inner in step.times:
                cost += (size if isinstance(size, int) else self._size(size, variables)) * costs[inner]
            costs.append(cost)
        return costs[-1]

    def _size(self, name: str, variables: Mapping[str, Any]) -> int:
        found = variables.get(name, self.usual.get(name))
        # A page that is refused for its size costs as much as the largest; one that is not asked for costs nothing.
        return 0 if found is None else _page(found)


def _page(size: object) -> int:
    return min(max(size, 1), MAX_PAGE) if isinstance(size, int) else MAX_PAGE


class _Reading:
    """Turns one operation into steps. Each fragment is read once, however often it is spread."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._schema = schema
        self._fragments = fragments
        self._known: dict[tuple[str, str, tuple[Size, ...] | None], int] = {}
        self.steps: list[Step] = []

    def selected(self, of: Any, selections: SelectionSetNode, pages: tuple[Size, ...] | None) -> int:
        """The step of what is selected. `pages`: how many objects the next list below gives, as it was asked for."""
        own = 0
        times: list[tuple[Size, int]] = []
        for node in selections.selections:
            if isinstance(node, FieldNode):
                cost = self._field(of, node, pages)
                if cost is not None:
                    own += cost[0]
                    times.extend(cost[1])
            elif isinstance(node, InlineFragmentNode):
                name = node.type_condition.name.value if node.type_condition else of.name
                times.append((1, self.selected(self._schema.type_map[name], node.selection_set, pages)))
            elif isinstance(node, FragmentSpreadNode):
                times.append((1, self._fragment(node.name.value, pages)))
        return self._step(own, times)

    def _fragment(self, name: str, pages: tuple[Size, ...] | None) -> int:
        fragment = self._fragments[name]
        of = fragment.type_condition.name.value
        key = name, of, pages
        if key not in self._known:
            self._known[key] = self.selected(self._schema.type_map[of], fragment.selection_set, pages)
        return self._known[key]

    def _field(
        self, of: Any, node: FieldNode, pages: tuple[Size, ...] | None
    ) -> tuple[int, list[tuple[Size, int]]] | None:
        name = node.name.value
        field: GraphQLField | None = self._schema.get_field(of, name)
        place = f"{of.name}.{name}"
        weight = WEIGHTS.get(place, WEIGHTS.get(name))
        if field is None or node.selection_set is None or is_leaf_type(get_named_type(field.type)):
            return (weight, []) if weight else None
        if place in _FLAT:
            return weight or 0, []
        each = self._each(of) if weight is None else weight
        asked = _pages(field, node)
        if _is_list(field):
            inner = self.selected(get_named_type(field.type), node.selection_set, None)
            one = self._step(OBJECT, [(1, inner)])
            lengths = asked or pages or (self._length(of, place),)
            return (each if weight or asked else 0), [(size, one) for size in lengths]
        inner = self.selected(get_named_type(field.type), node.selection_set, asked or pages)
        return each, [(1, inner)]

    def _each(self, of: GraphQLObjectType) -> int:
        return MUTATION if of is self._schema.mutation_type else OBJECT

    def _length(self, of: GraphQLObjectType, place: str) -> int:
        roots = self._schema.query_type, self._schema.subscription_type
        usual = ROOT_LENGTH if of in roots else USUAL_LENGTH
        return LENGTHS.get(place, LENGTHS.get(place.partition(".")[2], usual))

    def _step(self, own: int, times: list[tuple[Size, int]]) -> int:
        """A step's number. What needs no variable is added up here and now."""
        left: list[tuple[Size, int]] = []
        for size, inner in times:
            step = self.steps[inner]
            if isinstance(size, int) and not step.times:
                own += size * step.own
            else:
                left.append((size, inner))
        self.steps.append(Step(own, tuple(left)))
        return len(self.steps) - 1


def _is_list(field: GraphQLField) -> bool:
    kind = field.type.of_type if is_non_null_type(field.type) else field.type
    return is_list_type(kind)


def _pages(field: GraphQLField, node: FieldNode) -> tuple[Size, ...] | None:
    """How many objects are asked for; both `first` and `last` count where both are given. None: no such argument."""
    if not any(name in field.args for name in PAGED):
        return None
    given: dict[str, Size] = {}
    for argument in node.arguments or ():
        if argument.name.value in PAGED:
            value = argument.value
            if isinstance(value, VariableNode):
                given[argument.name.value] = value.name.value
            elif isinstance(value, IntValueNode):
                given[argument.name.value] = _page(int(value.value))
    if not given:
        usual = [field.args[name].default_value for name in PAGED if name in field.args]
        return tuple(_page(size) for size in usual if isinstance(size, int)) or (1,)
    return tuple(given.values())


def cost_of_operation(
    schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> Cost:
    """The cost of a valid operation."""
    reading = _Reading(schema, fragments)
    root = schema.get_root_type(operation.operation)
    reading.selected(root, operation.selection_set, None)
    last = reading.steps[-1]
    reading.steps[-1] = Step(last.own + 1, last.times)
    return Cost(tuple(reading.steps), dict(_defaults(operation)))


def _defaults(operation: OperationDefinitionNode) -> Iterable[tuple[str, int]]:
    for definition in operation.variable_definitions or ():
        value = definition.default_value
        if isinstance(value, IntValueNode):
            yield definition.variable.name.value, int(value.value)


class KeptCosts:
    """Costs from earlier requests, by the operation's place in memory: what is kept, stays where it is."""

    def __init__(self, most: int = KEPT_OPERATIONS) -> None:
        self._most = most
        self._entries: OrderedDict[int, tuple[OperationDefinitionNode, Cost]] = OrderedDict()

    def of(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
    ) -> Cost:
        """The operation's cost. An operation belongs to one document, and so has always the same fragments."""
        entry = self._entries.get(id(operation))
        if entry is not None:
            return entry[1]
        cost = cost_of_operation(schema, operation, fragments)
        if operation.loc is not None and len(operation.loc.source.body) <= LONGEST_KEPT:
            self._entries[id(operation)] = operation, cost
            if len(self._entries) > self._most:
                self._entries.popitem(last=False)
        return cost
