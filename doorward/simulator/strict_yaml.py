"""YAML that is read strictly: every mistake has a file, a line, and what to do."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec
import yaml

from doorward.simulator.errors import SimulatorError

MAX_BYTES = 4_000_000
MAX_DEPTH = 50
Place = tuple[str | int, ...]
"""The way to a value: keys and positions from the top."""

_Document = TypeVar("_Document")
_PATH_PART = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]")
_WHERE = re.compile(r"^(?P<what>.*?)(?: - at (?:`key` in )?`\$(?P<path>[^`]*)`)?$", re.DOTALL)
_NUMBER_FOR_TEXT = re.compile(r"Expected `str[^`]*`, got `(int|float|bool)`")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Read(Generic[_Document]):
    """A document and the lines that its values are on."""

    def __init__(self, path: Path, document: _Document, root: yaml.Node) -> None:
        self.path = path
        self.document = document
        self._root = root

    def line(self, *place: str | int) -> int:
        """The line of a value, or of the nearest value above it that the file has; lines count from 1."""
        return _line(self._root, place)

    def mistake(self, what: str, *place: str | int) -> SimulatorError:
        """An error about a value, that begins with its place."""
        return SimulatorError(f"{self.path}:{self.line(*place)}: {what}")


def read_yaml(path: Path, kind: type[_Document]) -> Read[_Document]:
    """Read a file as what it must be. Raises SimulatorError."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SimulatorError(f"{path} cannot be read: {error.strerror}. Check the name and who may read it.") from error
    return parse_yaml(path, data, kind)


def parse_yaml(path: Path, data: bytes, kind: type[_Document]) -> Read[_Document]:
    """Take bytes as what `path` holds. Raises SimulatorError."""
    if len(data) > MAX_BYTES:
        raise SimulatorError(f"{path} is larger than {MAX_BYTES} bytes. Split it.")
    try:
        root = _compose(path, data)
        built = _LOADER(b"").construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise SimulatorError(f"{path}:{line}: This is not YAML: {error.problem or error.context}.") from error
    except yaml.YAMLError as error:
        raise SimulatorError(f"{path}: This is not YAML text in UTF-8. Save it anew.") from error
    except (ValueError, OverflowError) as error:
        raise SimulatorError(f"{path}: A number or date in it cannot be read: {error}. Correct it.") from error
    try:
        return Read(path, msgspec.convert(built, kind), root)
    except msgspec.ValidationError as error:
        what, place = _explain(str(error))
        raise SimulatorError(f"{path}:{_line(root, place)}: {what}") from error


def _compose(path: Path, data: bytes) -> yaml.Node:
    # Anchors could make a small file huge, or endless, and a deep one takes for ever.
    depth = 0
    for event in yaml.parse(data, _LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            line = event.start_mark.line + 1
            raise SimulatorError(f"{path}:{line}: Lists or mappings are nested too deeply. Nothing here needs that.")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            line = event.start_mark.line + 1
            raise SimulatorError(f"{path}:{line}: Anchors and aliases (& and *) are not taken. Write it out.")
    root = yaml.compose(data, _LOADER)
    if root is None:
        raise SimulatorError(f"{path}:1: The file is empty. The guide has an example to begin with.")
    _refuse_repeated_keys(path, root)
    return root


def _refuse_repeated_keys(path: Path, root: yaml.Node) -> None:
    for node in _mappings(root):
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise SimulatorError(
                        f"{path}:{key.start_mark.line + 1}: {key.value} is given twice here. Leave one of them."
                    )
                seen.add(key.value)


def _mappings(node: yaml.Node) -> Iterator[yaml.MappingNode]:
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.MappingNode):
            yield node
            waiting += [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value


def _line(node: yaml.Node, place: Place) -> int:
    for part in place:
        found: Any = None
        if isinstance(node, yaml.MappingNode):
            found = next((value for key, value in node.value if getattr(key, "value", None) == part), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = node.value[part]
        if found is None:
            break
        node = found
    return int(node.start_mark.line) + 1


def _explain(message: str) -> tuple[str, Place]:
    """What is wrong in a sentence, and where."""
    found = _WHERE.match(message)
    what, path = (found["what"], found["path"] or "") if found else (message, "")
    place: Place = tuple(int(index) if index else name for name, index in _PATH_PART.findall(path))
    hint = ""
    if _NUMBER_FOR_TEXT.search(what):
        hint = " Put it in quotes."
    elif "unknown field" in what:
        hint = " Correct the word, or leave it out."
    elif "missing required field" in what:
        hint = " Add it."
    elif what.startswith("Invalid value"):
        hint = " Correct the word; the guide lists all of them."
    where = f" ({path.lstrip('.')})" if path.lstrip(".") else ""
    return f"{what}{where}.{hint}", place
