"""Reads XML from a device that nobody vouches for: no document types, no entities, bounded in size and in depth."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Self
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from doorward.video.onvif.errors import BadAnswer
from doorward.video.onvif.message import Markup

LARGEST_DEPTH = 48
LARGEST_COUNT = 20_000
LONGEST_TEXT = 2_048
"""No name, address or setting of a camera is longer; the rest of it is left out."""


@dataclass(slots=True)
class Node:
    """An element. `name` is the local one: namespaces matter only for passing it back."""

    name: str
    namespace: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[Self] = field(default_factory=list)

    def all(self, *path: str) -> list["Node"]:
        """Every element at this path below."""
        found: list[Node] = [self]
        for name in path:
            found = [child for node in found for child in node.children if child.name == name]
        return found

    def at(self, *path: str) -> "Node | None":
        """The first element at this path below."""
        return next(iter(self.all(*path)), None)

    def required(self, *path: str) -> "Node":
        """The first element at this path; raises BadAnswer where there is none."""
        found = self.at(*path)
        if found is None:
            raise BadAnswer(f"The device's answer has no {'/'.join(path)}. Its firmware may be faulty: update it.")
        return found

    def words(self, *path: str) -> str:
        """The text there, printable characters alone; empty where there is none."""
        found = self.at(*path)
        return "" if found is None else printable(found.text)

    def number(self, *path: str) -> float | None:
        """The finite number there."""
        return finite(self.words(*path))

    def whole(self, *path: str) -> int | None:
        """The whole number there."""
        number = self.number(*path)
        return None if number is None else int(number)

    def is_true(self, *path: str) -> bool:
        """Whether it says `true` there."""
        return self.words(*path) in ("true", "1")

    def walk(self) -> Iterator["Node"]:
        """This element and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def changed(self, path: tuple[str, ...], text: str) -> "Node":
        """The same with another text at this path; unchanged where there is no such element."""
        if not path:
            return replace(self, text=text)
        children = [child.changed(path[1:], text) if child.name == path[0] else child for child in self.children]
        return replace(self, children=children)

    def markup(self, name: str = "") -> Markup:
        """The element as XML, under another name (with a prefix of `names`) if one is given."""
        tag = name or self.name
        declared = "" if name else f" xmlns={quoteattr(self.namespace)}"
        attributes = "".join(f" {key}={quoteattr(value)}" for key, value in self.attributes.items() if "}" not in key)
        inside = "".join(child.markup() for child in self.children) if self.children else escape(self.text.strip())
        return Markup(f"<{tag}{declared}{attributes}>{inside}</{tag}>")


def printable(text: str) -> str:
    """Text of a device as it may be shown in a terminal or a page."""
    return "".join(character for character in text.strip()[:LONGEST_TEXT] if character.isprintable())


def finite(text: str) -> float | None:
    """The number that a text says, if it is one."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def parse(data: bytes) -> Node:
    """The root element. Raises BadAnswer for anything that is not plain, bounded XML."""
    reading = _Reading()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.characters
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise BadAnswer(f"What answers there does not send XML ({error}). Is it an ONVIF device?") from error
    if reading.root is None:
        raise BadAnswer("What answers there sends nothing. Is it an ONVIF device?")
    return reading.root


def _refuse(*_: object) -> None:
    raise BadAnswer("The device's answer declares a document type, which no ONVIF device needs; it was not read.")


class _Reading:
    """One document as the parser goes through it."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Node] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > LARGEST_COUNT or len(self._open) >= LARGEST_DEPTH:
            raise BadAnswer("The device's answer is larger than any that makes sense; it was not read.")
        namespace, _, local = name.rpartition("}")
        node = Node(local, namespace, attributes)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)

    def end(self, _: str) -> None:
        self._open.pop()

    def characters(self, text: str) -> None:
        self._open[-1].text += text
