"""Everything in the API says what it is, in words of its own."""

import re
import sys
from collections.abc import Iterator
from functools import cache
from types import ModuleType

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    is_introspection_type,
    is_specified_scalar_type,
)

from doorward.acs.decision.policy import Side
from doorward.graphql import words
from doorward.graphql.paging import PageInfo
from doorward.graphql.schema import build_schema

_ARTICLES = re.compile(r"^(the|a|an|its|whether) ")


def described(kind: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    """A type and all its parts by name, with what is said of each."""
    yield kind.name, kind.description
    if isinstance(kind, GraphQLEnumType):
        for name, value in kind.values.items():
            yield f"{kind.name}.{name}", value.description
    elif isinstance(kind, GraphQLInputObjectType):
        for name, given in kind.fields.items():
            yield f"{kind.name}.{name}", given.description
    elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        for name, field in kind.fields.items():
            yield f"{kind.name}.{name}", field.description
            for of, argument in field.args.items():
                yield f"{kind.name}.{name}({of})", argument.description


@cache
def everything() -> list[tuple[str, str]]:
    """All of the schema but what GraphQL itself says."""
    return [
        (name, text or "")
        for kind in build_schema()._schema.type_map.values()
        if not is_introspection_type(kind) and not is_specified_scalar_type(kind)
        for name, text in described(kind)
    ]


def test_every_type_field_argument_and_value_is_described() -> None:
    assert [name for name, text in everything() if not text.strip()] == []


def test_descriptions_are_sentences_of_one_paragraph() -> None:
    ragged = [
        (name, text)
        for name, text in everything()
        if text and (not text.endswith((".", "?")) or not (text[0].isupper() or not text[0].isalpha()))
    ]
    assert [each for each in ragged if not _begins_with_a_name(each[1])] == []
    assert [name for name, text in everything() if "  " in text or text != text.strip()] == []


def test_no_description_is_only_the_name_again() -> None:
    assert [(name, text) for name, text in everything() if text and _letters(text) == _own_name(name)] == []


def test_an_input_has_the_words_of_what_it_is_for_but_not_when_that_is_hidden() -> None:
    said = dict(everything())
    assert said["UpdateCardholderInput.doubleSwipe"] == said["Cardholder.doubleSwipe"]
    assert said["UpdateCardholderInput.notes"] + " Null without personal.view." == said["Cardholder.notes"]


def test_a_filter_does_not_say_what_null_means_of_a_row() -> None:
    said = dict(everything())
    assert "Null" in said["DoorConfiguration.controllerId"]
    assert "Null" not in said["DoorConfigurationFilter.controllerId"]


class _Loader:
    """Has the source of one class."""

    def get_source(self, _: str) -> str:
        """Fields over one line and over several, with and without words."""
        return '''
class Told:
    """What it is."""

    short: int
    """One line."""
    silent: int
    long: list[int] = field(
        default_factory=list
    )
    """Several lines
    with a "quote" in them.
    """

    def method(self) -> None:
        """No field."""
'''


def test_what_stands_under_a_field_is_read_however_long_both_are(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("doorward.told")
    module.__loader__ = _Loader()  # type: ignore[assignment]
    monkeypatch.setitem(sys.modules, "doorward.told", module)
    said = {"short": "One line.", "long": 'Several lines with a "quote" in them.'}
    assert words._words_in("doorward.told") == {"Told": said}


@pytest.mark.parametrize("loader", [None, object()])
def test_without_the_source_of_a_module_there_are_only_fewer_words(
    monkeypatch: pytest.MonkeyPatch, loader: object
) -> None:
    monkeypatch.setattr(sys.modules[PageInfo.__module__], "__loader__", loader)
    words._words_in.cache_clear()
    try:
        assert words._words_of(PageInfo) == {}
        assert words._words_of(Side)
    finally:
        words._words_in.cache_clear()


def _begins_with_a_name(text: str) -> bool:
    """As in `node finds it`, `mDNS ...`: a word that is written as it is."""
    return re.match(r"[a-z]+[A-Z0-9_/.-]", text) is not None


def _own_name(name: str) -> str:
    """The last part of a name: a field's, an argument's or a value's."""
    return re.sub(r"[^a-z]", "", re.split(r"[.(]", name)[-1].lower())


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", _ARTICLES.sub("", text.lower()))
