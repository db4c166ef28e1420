"""What every mutation has in common: one input, a key by which a repeat does nothing more, and typed errors.

`@mutation(...)` makes the field from a resolver with plain parameters. The input type is called after the mutation and
has them as its fields; a parameter called `input`, whose type is an input of its own, gives all of its fields, and gets
the whole input. Whatever the resolver raises that is expected becomes the errors of its payload.
"""

import functools
import inspect
import typing
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry.types.arguments import StrawberryArgumentAnnotation
from strawberry.utils.str_converters import to_camel_case

from doorward.acs.errors import AcsError
from doorward.acs.requests.keyed import keyed_request
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.errors import OperationError
from doorward.graphql.request_content import content_of

KEY = "idempotency_key"
_DESCRIPTIONS = {
    "password": "One's own, asked for again.",
    "reason": "Written to the audit.",
}
"""Of parameters that mean the same everywhere."""


_KEY_MEANS = "The same request with the same key (1-255 printable characters) is carried out once in 24 hours."


@strawberry.input(description="What nearly every mutation takes.")
class Keyed:
    """The base of inputs that belong to one mutation."""

    idempotency_key: str | None = strawberry.field(default=None, description=_KEY_MEANS)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a resolver takes and gives."""

    input_type: type
    whole: bool
    """Whether it takes the input itself, as its parameter `input`."""
    names: tuple[str, ...]
    """Its other parameters, which are fields of the input."""
    payload: Callable[..., Any]

    def arguments(self, given: object) -> dict[str, Any]:
        """What the resolver is called with."""
        found = {name: getattr(given, name) for name in self.names}
        return {**found, "input": given} if self.whole else found


def mutation(*, description: str, keyed: bool = True) -> Callable[[Callable[..., Awaitable[Any]]], Any]:
    """Declare a mutation. Not `keyed`: it has no idempotencyKey, as nobody is signed in or nothing is changed."""

    def declare(body: Callable[..., Awaitable[Any]]) -> Any:
        name = body.__name__.rstrip("_")
        shape = _shape(body, keyed)

        async def resolve(self: Any, info: ApiInfo, input: Any) -> Any:
            try:
                with _under_key(info.context, name, input):
                    return await body(self, info, **shape.arguments(input))
            except AcsError as error:
                return shape.payload(errors=[OperationError.of(error)])

        functools.update_wrapper(resolve, body)
        del resolve.__wrapped__  # type: ignore[attr-defined]  # Strawberry reads the signature of this one.
        resolve.__annotations__ = {"info": ApiInfo, "input": shape.input_type, "return": shape.payload}
        return strawberry.mutation(resolve, name=to_camel_case(name), description=description)

    return declare


@contextmanager
def _under_key(context: ApiContext, name: str, given: object) -> Iterator[None]:
    key: str | None = getattr(given, KEY, None)
    if key is None:
        yield
        return
    with keyed_request(context.domain, context.actor, to_camel_case(name), key, content_of(given)):
        yield


def _shape(body: Callable[..., Awaitable[Any]], keyed: bool) -> _Shape:
    hints = typing.get_type_hints(body, include_extras=True)
    parameters = [each for name, each in inspect.signature(body).parameters.items() if name not in ("self", "info")]
    whole: type | None = hints["input"] if any(each.name == "input" for each in parameters) else None
    own = tuple(each for each in parameters if each.name != "input")
    name = _title(body.__name__.rstrip("_")) + "Input"
    if whole is not None and whole.__name__ == name and not own and issubclass(whole, Keyed) == keyed:
        input_type = whole
    else:
        input_type = _made(name, whole, own, hints, keyed)
    return _Shape(input_type, whole is not None, tuple(each.name for each in own), hints["return"])


def _made(
    name: str, whole: type | None, own: tuple[inspect.Parameter, ...], hints: dict[str, Any], keyed: bool
) -> type:
    """An input type with the fields of `whole`, if there is one, and one for each parameter."""
    fields: dict[str, Any] = {"__annotations__": {}, "__doc__": f"See {body_name(name)}.", "__module__": __name__}
    for each in own:
        hint = hints[each.name]
        words = [
            said.description for said in typing.get_args(hint)[1:] if isinstance(said, StrawberryArgumentAnnotation)
        ]
        fields["__annotations__"][each.name] = typing.get_args(hint)[0] if words else hint
        given = {} if each.default is inspect.Parameter.empty else {"default": each.default}
        fields[each.name] = strawberry.field(**given, description=words[0] if words else _DESCRIPTIONS.get(each.name))
    if keyed and not _is_keyed(whole):
        fields["__annotations__"][KEY] = str | None
        fields[KEY] = strawberry.field(default=None, description=_KEY_MEANS)
    bases = () if whole is None else (whole,)
    return strawberry.input(type(name, bases, fields), name=name, description=f"What {body_name(name)} takes.")


def _is_keyed(whole: type | None) -> bool:
    return whole is not None and issubclass(whole, Keyed)


def body_name(input_name: str) -> str:
    """The mutation of an input's name."""
    name = input_name.removesuffix("Input")
    return name[0].lower() + name[1:]


def _title(name: str) -> str:
    camel = to_camel_case(name)
    return camel[0].upper() + camel[1:]
