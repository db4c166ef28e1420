"""What a mutation answers, beside what it was given: every value that both have is the same."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec
from strawberry.utils.str_converters import to_camel_case

from doorward.acs.messages import DoorCommand, Order, OrderStop, OutputCommand, ToController

MEMBERS = {".add", ".remove"}
"""Not lists of an object, but of what comes and goes."""
SHOWN_AS = {"formatIds": "cardFormats", "id": "deletedId"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")
Pair = tuple[str, Any, Any]


def answers(payload: dict[str, Any], sent: list[ToController]) -> Iterator[dict[str, Any]]:
    """What is told of an input: the answer, each object in it, and the commands and orders that went out."""
    yield payload
    yield from (value for value in payload.values() if isinstance(value, dict))
    for message in commands(sent):
        yield {to_camel_case(key): value for key, value in msgspec.to_builtins(message).items()}


def commands(sent: list[ToController]) -> list[ToController]:
    """Of what went to the controller, what it is to do."""
    return [message for message in sent if isinstance(message, DoorCommand | OutputCommand | Order | OrderStop)]


def told(given: Mapping[str, Any], shown: Mapping[str, Any], at: str = "") -> Iterator[Pair]:
    """Each value of an input that its answer shows under its name: where it is, as given and as shown."""
    for key, value in given.items():
        name, found = counterpart(key, shown)
        if f"{at}.{key}" in MEMBERS:
            continue
        if name is not None and not (isinstance(value, dict) and isinstance(found, str)):
            yield from pairs(value, found, f"{at}.{key}")
        elif isinstance(value, dict):
            yield from told(value, shown, f"{at}.{key}")


def counterpart(key: str, shown: Mapping[str, Any]) -> tuple[str | None, Any]:
    """What is shown of an input's field: under its name, or, of an id, the object that has it."""
    for name in (key, SHOWN_AS.get(key, key)):
        if name in shown and not key.endswith("Ids"):
            return name, shown[name]
    one, many = shown.get(key.removesuffix("Id")), SHOWN_AS.get(key, key.removesuffix("Ids") + "s")
    if key.endswith("Id") and isinstance(one, dict) and "id" in one:
        return key, one["id"]
    if key.endswith("Ids") and key in shown:
        return key, shown[key]
    if key.endswith("Ids") and many in shown and all("id" in each for each in shown[many]):
        return many, [each["id"] for each in shown[many]]
    return None, None


def pairs(given: Any, shown: Any, at: str) -> Iterator[Pair]:
    """The leaves of what was given and what is shown, side by side."""
    if isinstance(given, dict) and isinstance(shown, dict):
        yield from told(given, shown, at)
    elif isinstance(given, list) and isinstance(shown, list) and any(isinstance(each, dict) for each in given):
        shown = [each for each in shown if "weekday" not in each or each["intervals"]]
        assert len(given) == len(shown), f"{at}: {given} {shown}"
        for place, (one, other) in enumerate(zip(given, shown, strict=True)):
            yield from pairs(one, other, f"{at}[{place}]")
    elif isinstance(given, list) and isinstance(shown, list):
        yield at, sorted(given), sorted(shown)
    else:
        yield at, moment(given), moment(shown)


def moment(value: Any) -> Any:
    """Two ways to write one moment are one value."""
    return datetime.fromisoformat(value) if isinstance(value, str) and MOMENT.match(value) else value
