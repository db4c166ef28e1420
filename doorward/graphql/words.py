"""What the API says of its fields, arguments and values that are not described where they are declared.

The words are looked for in this order:

1. `description=` where the field is declared, as Strawberry has it; of a mutation's or query's parameter too,
   `Annotated[int, strawberry.argument(description=...)]`.
2. A string under the field, or under the member of an enumeration, in its class:

       until: datetime | None
       \"""The door locks again then. Null: it stays as it is.\"""

3. Of a field of an input: what is said of the same field of the type that the input's docstring or description names
   ("See Door."). Left out are sentences that tell when it is not shown ("Null without personal.view."), and of a
   filter, where null does not restrict, all that begin with "Null".
4. What a name means everywhere: id, cursor, doorId, createdAt.

Where Python has no source to read, an installation that was made small, the second is missing and nothing else.
"""

import re
import sys
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_non_null_type,
)

from doorward.acs.paging import MAX_PAGE

ROOTS = {
    "Query": "What can be asked. Each names the permission that it needs; without it the answer is an error.",
    "Mutation": "What can be done. Each takes one input, and gives what came of it, or why nothing did.",
    "Subscription": "What can be followed. After a cursor, what was missed since comes first, without gap or repeat.",
}
ARGUMENTS = {
    "first": f"So many at most (1 to {MAX_PAGE}), from the start of the list or from after the cursor.",
    "last": f"So many at most (1 to {MAX_PAGE}), up to the end of the list or to before the cursor.",
    "after": "The cursor of a row: those that follow it. Null: from the start.",
    "before": "The cursor of a row: those before it. Null: up to the end.",
    "search": "Words that a row must all have, in any order; part of a word will do. Null: all rows.",
    "filter": "Which rows there are to be. Null: all that the caller may see.",
    "order_by": "In which order. Null: as the list says.",
    "input": "What it is done to, and how.",
    "id": "Which one: its id.",
}
FOLLOWED = {
    "after": "The cursor of the last that arrived: what was missed since comes first. Null: only what is new.",
}
INPUTS = {
    "id": "Which one: its id.",
    "name": "What it is to be called.",
    "expected_version": "The version that the caller has seen; where another is in force: CONFLICT. Null: whichever.",
}
SHOWN = {
    "id": "Its id, which nothing else has.",
    "name": "What it is called.",
    "cursor": "Its place in the list, for after and before.",
    "errors": "Why nothing was done; empty when it was done.",
    "version": "Grows with every change; send it back as expectedVersion.",
    "created_at": "When it was made.",
}
_NOT_THINGS = frozenset({"first", "last", "deleted"})
"""What stands before "name" or "id" and is not what has it."""
_FOLLOWED_ROWS = "Its place in what is followed: send the last one that arrived as after to go on from there."
_SAID = re.compile(
    r"""
    ^class\ (?P<owner>\w+)
    |
    ^\ {4}(?P<member>\w+)(?::\ |\ =\ )[^\n]*         # the field,
    (?:\n(?:\ {5}[^\n]*|\ {4}[)\]}][^\n]*))*         # its further lines,
    \n\ {4}\"""(?P<words>(?:[^"]|"(?!""))*)\"""      # what stands under it
    """,
    re.MULTILINE | re.VERBOSE,
)
_NAMED = re.compile(r"\b[Ss]ee ([A-Z]\w+)(?: and ([A-Z]\w+))?")
_GENERAL = frozenset(SHOWN.values())
_OF_WHAT_IS_SHOWN = re.compile(r"(?:^|(?<=\. ))Null\b(?!:).*?\.(?=\s|$)\s*")
_OF_NULL = re.compile(r"(?:^|(?<=\. ))Null\b.*?\.(?=\s|$)\s*")

Words = Mapping[str, str]


def describe(schema: GraphQLSchema) -> None:
    """Give what has no description one, where there are words for it."""
    followed = _followed(schema)
    for name, kind in schema.type_map.items():
        if name in ROOTS:
            kind.description = kind.description or ROOTS[name]
        if name.startswith("__"):
            continue
        if isinstance(kind, GraphQLEnumType):
            _describe_values(kind)
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            _describe_fields(kind, is_followed=name in followed)
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLInputObjectType):
            _describe_inputs(kind, schema)


def _describe_values(kind: GraphQLEnumType) -> None:
    words = _words_of(_origin(kind))
    for name, value in kind.values.items():
        value.description = value.description or words.get(name)


def _describe_fields(kind: GraphQLObjectType | GraphQLInterfaceType, *, is_followed: bool) -> None:
    words = _words_of(_origin(kind))
    is_payload = "errors" in kind.fields
    arguments = {**ARGUMENTS, **FOLLOWED} if kind.name == "Subscription" else ARGUMENTS
    for field in kind.fields.values():
        name = _name(field)
        field.description = (
            field.description
            or words.get(name)
            or (_FOLLOWED_ROWS if is_followed and name == "cursor" else None)
            or SHOWN.get(name)
            or _by_ending(name, nullable=not is_non_null_type(field.type))
            or (_result(field) if is_payload else None)
        )
        for argument in field.args.values():
            name = _name(argument)
            argument.description = argument.description or arguments.get(name) or _by_ending(name)


def _describe_inputs(kind: GraphQLInputObjectType, schema: GraphQLSchema) -> None:
    words, shown = _words_of(_origin(kind)), _shown_words(kind, schema)
    for name, field in kind.fields.items():
        own = _name(field)
        field.description = field.description or words.get(own) or shown.get(name) or INPUTS.get(own) or _by_ending(own)


def _result(field: GraphQLField) -> str | None:
    """What a payload gives besides errors: the object that was changed."""
    return (
        None
        if not isinstance(field.type, GraphQLObjectType)
        else "As it now is. Null where nothing was done, or it may not be seen."
    )


def _by_ending(name: str, *, nullable: bool = False) -> str | None:
    """What a name says by its ending: the id or the name of something else."""
    none = ", null for none" if nullable else ""
    for ending, words in (("_ids", "The ids of the {}s"), ("_id", "The id of the {}"), ("_name", "The name of the {}")):
        of = name.removesuffix(ending)
        if of != name and of not in _NOT_THINGS:
            return f"{words.format(of.replace('_', ' '))}{none}."
    return None


def _shown_words(kind: GraphQLInputObjectType, schema: GraphQLSchema) -> Words:
    """The words of the types that an input's descriptions name ("See Door."), by the API's names of their fields."""
    words: dict[str, str] = {}
    left_out = _OF_NULL if "Filter" in kind.name else _OF_WHAT_IS_SHOWN
    for name in _named(kind):
        named = schema.type_map.get(name)
        if isinstance(named, GraphQLObjectType | GraphQLInputObjectType) and named is not kind:
            for field_name, field in named.fields.items():
                text = left_out.sub("", field.description or "").strip()
                if text and text not in _GENERAL:
                    words.setdefault(field_name, text)
    return words


def _named(kind: GraphQLInputObjectType) -> list[str]:
    origin = _origin(kind)
    texts = [kind.description]
    for base in origin.__mro__ if origin is not None else ():
        texts += [base.__doc__, getattr(base.__dict__.get("__strawberry_definition__"), "description", None)]
    return [name for text in texts for found in _NAMED.finditer(text or "") for name in found.groups() if name]


def _followed(schema: GraphQLSchema) -> frozenset[str]:
    """The types whose objects a subscription sends."""
    if schema.subscription_type is None:
        return frozenset()
    return frozenset(get_named_type(field.type).name for field in schema.subscription_type.fields.values())


def _origin(kind: Any) -> type | None:
    """The class that a type of the schema was made from."""
    declared = (kind.extensions or {}).get("strawberry-definition")
    found: type | None = getattr(declared, "origin", None) or getattr(declared, "wrapped_cls", None)
    return found


def _name(field: Any) -> str:
    """What Python calls a field or an argument."""
    declared = (field.extensions or {}).get("strawberry-definition")
    return getattr(declared, "python_name", None) or ""


def _words_of(origin: type | None) -> Words:
    """What stands under the members of a class and its bases, by the members' names."""
    words: dict[str, str] = {}
    for base in reversed(origin.__mro__ if origin is not None else ()):
        words.update(_words_in(base.__module__).get(base.__name__, {}))
    return words


@cache
def _words_in(module: str) -> Mapping[str, Words]:
    """What stands under the members of a module's classes."""
    if not module.startswith("doorward."):
        return MappingProxyType({})
    found: dict[str, dict[str, str]] = {}
    owner: dict[str, str] = {}
    for said in _SAID.finditer(_source(module)):
        if said["owner"]:
            owner = found.setdefault(said["owner"], {})
        else:
            owner[said["member"]] = " ".join(said["words"].split())
    return found


def _source(module: str) -> str:
    """The text of a module; nothing where it is installed without."""
    loader: Any = getattr(sys.modules.get(module), "__loader__", None)
    try:
        return loader.get_source(module) or ""
    except (AttributeError, ImportError, OSError):
        return ""
