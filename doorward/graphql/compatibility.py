"""What has changed between two versions of the API, and whether programs written for the older one still run.

What may go says so beforehand: `@deprecated(reason: "... Removed in 0.4.")` in a released schema. From that version on
it may be missing; anything else that programs could have used must stay as it was.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    NamedTypeNode,
    Node,
    StringValueNode,
    TypeDefinitionNode,
    Visitor,
    build_ast_schema,
    build_schema,
    parse,
    visit,
)
from graphql.language import REMOVE
from graphql.utilities import (
    BreakingChange,
    DangerousChange,
    SafeChangeType,
    find_breaking_changes,
    find_schema_changes,
)

Version = tuple[int, ...]
_REMOVAL = re.compile(r"\bRemoved in (\d+(?:\.\d+)+)\.")
_ROOTS = ("Query", "Mutation", "Subscription")
_UNTOLD = {SafeChangeType.DESCRIPTION_CHANGED}


@dataclass(frozen=True, slots=True)
class Changes:
    """What programs should know of a newer version: sentences, in the order of the schema."""

    breaking: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    deprecated: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.breaking or self.changed or self.deprecated or self.added)


class CannotCompare(Exception):
    """Something that was to be compared is no schema."""


def compared(older: str, newer: str, version: str) -> tuple[str, bool]:
    """The changes in words, and whether whatever ran on `older` runs on `newer` or was given notice.

    Raises CannotCompare if `older` is no schema.
    """
    try:
        gone = unannounced(older, newer, version)
        changes = changes_between(older, newer)
    except (GraphQLError, TypeError) as error:
        raise CannotCompare(str(error)) from error
    told = [line for line in changes.breaking if line not in gone]
    text = "".join(
        f"{title}\n" + "".join(f"  {line}\n" for line in lines)
        for title, lines in (
            ("Breaks programs that were given no notice:", gone),
            ("Gone, as announced:", told),
            ("Changed:", changes.changed),
            ("Deprecated:", changes.deprecated),
            ("Added:", changes.added),
        )
        if lines
    )
    return text or "Nothing has changed.\n", not gone


def version_of(text: str) -> Version:
    """A version such as 0.3.1 as numbers, without zeros at its end. Raises ValueError for anything else."""
    numbers = [int(part) for part in text.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def removal_of(reason: str) -> Version | None:
    """The version that a deprecation says it ends with; None: it says none."""
    found = _REMOVAL.search(reason)
    return version_of(found[1]) if found else None


def unannounced(released: str, current: str, version: str) -> list[str]:
    """What `current` (the schema of `version`) takes away from programs written for `released` without notice."""
    promised = _without_what_has_ended(parse(released), version_of(version))
    return [change.description for change in find_breaking_changes(promised, build_schema(current))]


def deprecations_without_an_end(schema: str) -> list[str]:
    """What is deprecated without saying with which version it goes."""
    return [
        f"{place}: the reason must say when it goes, such as: Removed in 0.4."
        for place, reason in _deprecated(build_schema(schema))
        if removal_of(reason) is None
    ]


def changes_between(older: str, newer: str) -> Changes:
    """Everything that programs could notice, except words of descriptions."""
    before, after = build_schema(older), build_schema(newer)
    changes = Changes()
    for change in find_schema_changes(before, after):
        if isinstance(change, BreakingChange):
            changes.breaking.append(change.description)
        elif isinstance(change, DangerousChange):
            changes.changed.append(change.description)
        elif change.type not in _UNTOLD:
            changes.added.append(change.description)
    known = {place for place, _ in _deprecated(before)}
    changes.deprecated.extend(f"{place}: {reason}" for place, reason in _deprecated(after) if place not in known)
    return changes


def _without_what_has_ended(document: DocumentNode, version: Version) -> GraphQLSchema:
    class Ending(Visitor):
        """Takes away whatever may be missing in this version."""

        def enter(self, node: Node, *_: object) -> object:
            end = removal_of(_reason(node) or "")
            return REMOVE if end is not None and end <= version else None

    kept = visit(document, Ending())
    return build_ast_schema(_without_unreachable_types(kept, set(_named_in(document))), assume_valid=True)


def _without_unreachable_types(document: DocumentNode, led_to: set[str]) -> DocumentNode:
    """Without the types to which nothing leads any more, because all that `led_to` them has ended.

    Those to which never anything led but an interface stay.
    """
    defined = {node.name.value: node for node in document.definitions if isinstance(node, TypeDefinitionNode)}
    reached: set[str] = set()
    waiting = [name for name in _ROOTS if name in defined]
    waiting += [name for node in document.definitions if node not in defined.values() for name in _named_in(node)]
    while waiting:
        name = waiting.pop()
        if name in reached or name not in defined:
            continue
        reached.add(name)
        waiting.extend(_named_in(defined[name]))
        waiting.extend(other for other, node in defined.items() if other not in led_to and name in _interfaces_of(node))
    kept = tuple(
        node for node in document.definitions if not isinstance(node, TypeDefinitionNode) or node.name.value in reached
    )
    return DocumentNode(definitions=kept)


def _named_in(node: Node) -> list[str]:
    names: list[str] = []

    class Names(Visitor):
        """Collects the types that are mentioned."""

        def enter_named_type(self, named: NamedTypeNode, *_: object) -> None:
            names.append(named.name.value)

    visit(node, Names())
    return names


def _interfaces_of(node: TypeDefinitionNode) -> list[str]:
    return [named.name.value for named in getattr(node, "interfaces", None) or ()]


def _reason(node: Node) -> str | None:
    for directive in getattr(node, "directives", None) or ():
        if directive.name.value == "deprecated":
            for argument in directive.arguments:
                if isinstance(argument.value, StringValueNode):
                    return argument.value.value
            return ""
    return None


def _deprecated(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """What is deprecated, as `Type.field`, `Type.field(argument:)` or `Enum.VALUE`, with the reason."""
    for name, kind in schema.type_map.items():
        if isinstance(kind, GraphQLEnumType):
            parts: dict[str, str | None] = {key: value.deprecation_reason for key, value in kind.values.items()}
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            parts = dict(_of_fields(kind.fields))
        elif isinstance(kind, GraphQLInputObjectType):
            parts = {key: value.deprecation_reason for key, value in kind.fields.items()}
        else:
            continue
        yield from ((f"{name}.{key}", reason) for key, reason in parts.items() if reason is not None)


def _of_fields(fields: dict[str, GraphQLField]) -> Iterator[tuple[str, str | None]]:
    for name, found in fields.items():
        yield name, found.deprecation_reason
        arguments: dict[str, GraphQLArgument] = found.args
        yield from ((f"{name}({key}:)", argument.deprecation_reason) for key, argument in arguments.items())
