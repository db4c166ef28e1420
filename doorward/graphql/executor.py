"""The executor behind the API: graphql-core's, with plain leaf fields taken out of its general path.

A leaf field (a scalar or an enum) without arguments or a resolver of its own is an attribute of the object that it
is asked of, and most of an answer consists of such fields. They are read and completed in one loop. All else goes
through the stock executor, and so does whatever a leaf turns out to be that is not its plain value. Answers, errors,
paths and the order of keys are the same; docs/design/executor.md says what is planned and what it rests on.
"""

import enum
import math
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLBoolean,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLString,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeNameMetaFieldDef,
    Undefined,
    is_leaf_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution.collect_fields import CollectedFields, DeferUsage, FieldDetailsList, GroupedFieldSet
from graphql.execution.executor import to_nodes
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import CustomGraphQLEnumType, GraphQLCoreConverter
from strawberry.types.field import StrawberryField

LONGEST_KEPT: Final = 20_000
"""Characters of a document; of longer ones nothing is kept, so that what is kept stays small."""
PLANNED_OPERATIONS: Final = 200
"""Operations whose plans are kept from one request to the next; the one asked for longest ago makes way."""

_PLAIN: dict[object, tuple[type, Callable[[Any], bool] | None]] = {
    GraphQLString: (str, None),
    GraphQLID: (str, None),
    GraphQLBoolean: (bool, None),
    GraphQLInt: (int, range(-(2**31), 2**31).__contains__),
    GraphQLFloat: (float, math.isfinite),
}
"""The built-in scalars whose values of exactly this type, where they fit, are answers as they are."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """How a leaf field is read: an attribute of its object, completed as `kind`."""

    definition: GraphQLField
    attribute: str
    kind: GraphQLLeafType
    nullable: bool
    plain: type | None
    """Values of exactly this type that `fits` (where there is one) takes are answers as they are."""
    fits: Callable[[Any], bool] | None
    names: dict[int, str]
    """The answers for an enum's members, by the identity of the member."""


Planned = tuple[str, FieldDetailsList, Leaf | str | None]
"""A key of the answer, the nodes that ask for it, and its leaf, or the answer itself, or None: as the stock does it."""


@dataclass(slots=True)
class Plans:
    """What is known of an operation whose variables change nothing of what it selects."""

    root: dict[str, GroupedFieldSet] = field(default_factory=dict)
    subfields: dict[tuple[GraphQLObjectType, int], tuple[FieldDetailsList, CollectedFields]] = field(
        default_factory=dict
    )
    fields: dict[int, tuple[GroupedFieldSet, list[Planned]]] = field(default_factory=dict)
    """By identity of the selection, which is of one type; the entry keeps it alive."""
    plain: bool | None = None
    """Whether what is selected of an event of a subscription does not depend on variables; None: not looked yet."""


class Answer(dict[str, Any]):
    """The data of an answer that many are sent; `text` is what it is as JSON, once somebody has written it."""

    __slots__ = ("text",)

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__(data)
        self.text: str | None = None


class Executor(StrawberryGraphQLCoreExecutionContext):
    """Executes one operation. Used as `execution_context_class` of a Strawberry schema."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shared = _kept.of(self.schema, self.operation, self.fragment_definitions)
        self._plans = Plans() if shared is None else shared
        self._relevant_sub_fields = self._plans.subfields
        self._watched = self.middleware_manager is not None and bool(self.middleware_manager.middlewares)

    def build_per_event_executor(self, payload: Any) -> Any:
        """What executes one event of a subscription, as the stock does it, but once for all who are sent the same.

        An event that carries `answers` is the same object for all who may see the same of it.
        """
        answers = getattr(payload, "answers", None)
        if answers is None or self._watched or not self._selects_plainly():
            return super().build_per_event_executor(payload)
        known = answers.get(id(self.operation))
        return _Known(answers, super().build_per_event_executor(payload)) if known is None else known

    def _selects_plainly(self) -> bool:
        if self._plans.plain is None:
            self._plans.plain = (
                not self.fragment_definitions
                or all(_has_no_variables(node.selection_set) for node in self.fragment_definitions.values())
            ) and all(
                isinstance(node, FieldNode)
                and not node.directives
                and (node.selection_set is None or _has_no_variables(node.selection_set))
                for node in self.operation.selection_set.selections
            )
        return self._plans.plain

    def execute_collected_root_fields(
        self,
        root_type: GraphQLObjectType,
        root_value: Any,
        grouped_field_set: GroupedFieldSet,
        serially: bool,
        new_defer_usages: Sequence[DeferUsage],
    ) -> Any:
        """As the stock does it, but from the selection that the plans know."""
        if not new_defer_usages:
            grouped_field_set = self._plans.root.setdefault(root_type.name, grouped_field_set)
        return super().execute_collected_root_fields(
            root_type, root_value, grouped_field_set, serially, new_defer_usages
        )

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        grouped_field_set: GroupedFieldSet,
        position_context: Any,
    ) -> Any:
        """The selected fields of one object, in the order in which they were asked for."""
        if self._watched:
            return super().execute_fields(parent_type, source_value, path, grouped_field_set, position_context)
        known = self._plans.fields.get(id(grouped_field_set))
        planned = self._plan(parent_type, grouped_field_set) if known is None else known[1]
        results: dict[str, Any] = {}
        pending: list[str] = []
        try:
            for key, details, leaf in planned:
                if leaf is None:
                    result = self.execute_field(
                        parent_type, source_value, details, Path(path, key, parent_type.name), position_context
                    )
                    if result is Undefined:
                        continue
                elif isinstance(leaf, str):
                    results[key] = leaf
                    continue
                else:
                    try:
                        value = getattr(source_value, leaf.attribute)
                        if value is None and leaf.nullable:
                            results[key] = None
                            continue
                        if type(value) is leaf.plain and (leaf.fits is None or leaf.fits(value)):
                            results[key] = value
                            continue
                        result = self._complete_leaf(leaf, value, parent_type, details, path, key)
                    except Exception as error:  # noqa: BLE001 - a field's failure is part of the answer
                        place = Path(path, key, parent_type.name)
                        self.handle_field_error(error, leaf.definition.type, details, place)
                        result = None
                results[key] = result
                if self.is_awaitable(result):
                    pending.append(key)
        except Exception:
            if pending:
                self.settle_in_background([results[key] for key in pending])
            raise
        return self._when_all(results, pending) if pending else results

    def complete_list_item_value(
        self,
        item: Any,
        complete_results: list[Any],
        item_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: Any,
        item_path: Path,
        position_context: Any,
    ) -> bool:
        """An object in a list, straight from its fields; whether there is something to wait for."""
        kind = item_type.of_type if is_non_null_type(item_type) else item_type
        if (
            item is None
            or item is Undefined
            or position_context is not None
            or not is_object_type(kind)
            or kind.is_type_of is not None
            or isinstance(item, Exception)
        ):
            return super().complete_list_item_value(
                item, complete_results, item_type, field_details_list, info, item_path, position_context
            )
        try:
            selected = self.collect_subfields(kind, field_details_list)
            completed = self.execute_collected_subfields(
                kind, item, item_path, selected.grouped_field_set, selected.new_defer_usages, None
            )
        except Exception as error:  # noqa: BLE001 - a field's failure is part of the answer
            self.handle_field_error(error, item_type, field_details_list, item_path)
            complete_results.append(None)
            return False
        if later := self.is_awaitable(completed):
            completed = self._later(completed, item_type, field_details_list, item_path)
        complete_results.append(completed)
        return later

    async def _when_all(self, results: dict[str, Any], pending: list[str]) -> dict[str, Any]:
        if len(pending) == 1:
            results[pending[0]] = await results[pending[0]]
        else:
            values = await self.gather_async_work([results[key] for key in pending])
            results.update(zip(pending, values, strict=True))
        return results

    def _complete_leaf(
        self,
        leaf: Leaf,
        value: Any,
        parent_type: GraphQLObjectType,
        details: FieldDetailsList,
        path: Path | None,
        key: str,
    ) -> Any:
        """A leaf's value that is not an answer as it is: completed by the rules of the stock, or raised."""
        name = leaf.names.get(id(value))
        if name is not None:
            return name
        if self.is_awaitable(value):
            place = Path(path, key, parent_type.name)
            info = self.build_resolve_info(leaf.definition, to_nodes(details), parent_type, place)
            return self.complete_awaitable_value(leaf.definition.type, details, info, place, value, None)
        if isinstance(value, Exception):
            raise value
        if value is None or value is Undefined:
            if leaf.nullable:
                return None
            asked = f"{parent_type}.{details[0].node.name.value}"
            raise TypeError(f"Cannot return null for non-nullable field {asked}.")
        completed = self.complete_leaf_value(leaf.kind, value)
        if self.is_awaitable(completed):
            return self._later(completed, leaf.definition.type, details, Path(path, key, parent_type.name))
        return completed

    async def _later(
        self, completed: Awaitable[Any], kind: GraphQLOutputType, details: FieldDetailsList, place: Path
    ) -> Any:
        try:
            return await completed
        except Exception as error:  # noqa: BLE001 - a field's failure is part of the answer
            self.handle_field_error(error, kind, details, place)
            return None

    def _plan(self, parent_type: GraphQLObjectType, grouped_field_set: GroupedFieldSet) -> list[Planned]:
        planned: list[Planned] = []
        for key, details in grouped_field_set.items():
            node = details[0].node
            definition = self.schema.get_field(parent_type, node.name.value)
            if definition is TypeNameMetaFieldDef:
                planned.append((key, details, parent_type.name))
            else:
                planned.append((key, details, _leaf(definition, node) if definition else None))
        self._plans.fields[id(grouped_field_set)] = (grouped_field_set, planned)
        return planned


def _has_no_variables(selections: SelectionSetNode) -> bool:
    """Whether no variable and no directive can change what is selected, or what of it is asked for."""
    return not any(
        node.directives
        or (isinstance(node, FieldNode) and node.arguments)
        or (isinstance(node, FragmentSpreadNode) and getattr(node, "arguments", None))
        or (
            isinstance(node, FieldNode | InlineFragmentNode)
            and node.selection_set is not None
            and not _has_no_variables(node.selection_set)
        )
        for node in selections.selections
    )


class _Known:
    """The answer to a selection of an event: executed once, and the same from then on."""

    __slots__ = ("_executor", "_result")

    def __init__(self, answers: dict[Any, Any], executor: Any) -> None:
        self._executor = executor
        result = executor.execute_operation(False)
        if not executor.is_awaitable(result) and not result.errors and result.data is not None:
            result = ExecutionResult(Answer(result.data))
            # It holds the operation, so that no other one can come to have its id while the answer is kept.
            answers[id(executor.operation)] = self
        self._result = result

    def execute_operation(self, _: bool | None = None) -> Any:
        return self._result


def _leaf(definition: GraphQLField, node: FieldNode) -> Leaf | None:
    """How to read this field, or None where it is more than an attribute."""
    nullable = not is_non_null_type(definition.type)
    kind: Any = definition.type if nullable else definition.type.of_type  # type: ignore[union-attr]
    attribute = _attribute(definition)
    if attribute is None or not is_leaf_type(kind) or node.arguments:
        return None
    plain, fits = _PLAIN.get(kind, (None, None))
    return Leaf(definition, attribute, kind, nullable, plain, fits, _names(kind))


def _attribute(definition: GraphQLField) -> str | None:
    """The attribute that Strawberry's own resolver would read, or None where it does anything besides."""
    of = definition.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if (
        getattr(definition.resolve, "_is_default", False)
        and isinstance(of, StrawberryField)
        and type(of).get_result is StrawberryField.get_result
        and of.default_resolver is getattr
    ):
        return of.python_name
    return None


def _names(kind: object) -> dict[int, str]:
    """The names of an enum's members as the stock would find them, one comparison after the other."""
    if not isinstance(kind, CustomGraphQLEnumType):
        return {}
    members: Iterable[enum.Enum] = kind.wrapped_cls
    return {id(member): kind.coerce_output_value(member) for member in members}


def _selects_always_the_same(selections: SelectionSetNode) -> bool:
    """Whether no directive can change what is selected."""
    for node in selections.selections:
        if node.directives or (isinstance(node, FragmentSpreadNode) and getattr(node, "arguments", None)):
            return False
        if isinstance(node, FieldNode | InlineFragmentNode):
            below = node.selection_set
            if below is not None and not _selects_always_the_same(below):
                return False
    return True


class Kept:
    """Plans from earlier requests, by the operation's place in memory: what is kept, stays where it is."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: OrderedDict[tuple[int, ...], tuple[Plans | None, object]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def of(
        self, schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]
    ) -> Plans | None:
        """The plans of this operation, or None if they cannot be kept: directives decide, or the document is long."""
        if operation.loc is None or len(operation.loc.source.body) > LONGEST_KEPT:
            return None
        nodes = tuple(fragments.values())
        key = (id(schema), id(operation), *map(id, nodes))
        entry = self._entries.get(key)
        if entry is None:
            same = _selects_always_the_same(operation.selection_set) and all(
                not node.variable_definitions and _selects_always_the_same(node.selection_set) for node in nodes
            )
            entry = (Plans() if same else None, (schema, operation, nodes))
            self._entries[key] = entry
            if len(self._entries) > self._most:
                self._entries.popitem(last=False)
        else:
            self._entries.move_to_end(key)
        return entry[0]


_kept = Kept(PLANNED_OPERATIONS)
