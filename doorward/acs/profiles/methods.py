"""Which combinations of identification types a profile may accept. Pure."""

from collections.abc import Iterable, Sequence

from doorward.acs.decision.policy import IdentificationType, Method
from doorward.acs.errors import ValidationFailed

MAX_TYPES = 3
MAX_METHODS = 16
"""On one side."""


def check_methods(side_a: Sequence[Method], side_b: Sequence[Method]) -> None:
    """What a profile accepts at each side. Raises ValidationFailed with what would be acceptable."""
    if not side_a and not side_b:
        raise ValidationFailed("A profile accepts something on one side at least.", "sideA")
    for name, methods in (("sideA", side_a), ("sideB", side_b)):
        _check_side(methods, name)


def _check_side(methods: Sequence[Method], name: str) -> None:
    if len(methods) > MAX_METHODS:
        raise ValidationFailed(f"A side accepts {MAX_METHODS} combinations at most.", name)
    seen: set[frozenset[IdentificationType]] = set()
    for method in methods:
        types = frozenset(method.types)
        _check_combination(method, types, name)
        if types in seen:
            raise ValidationFailed(
                f"The combination {words(types)} is there twice. Give it all its schedules in one place.", name
            )
        seen.add(types)


def _check_combination(method: Method, types: frozenset[IdentificationType], name: str) -> None:
    if not types:
        raise ValidationFailed("A combination names one identification type at least.", name)
    if len(types) != len(method.types):
        raise ValidationFailed("A combination names each identification type once.", name)
    if len(types) > MAX_TYPES:
        raise ValidationFailed(f"A combination has {MAX_TYPES} identification types at most.", name)
    if IdentificationType.DYNAMIC_QR in types and IdentificationType.PIN not in types:
        raise ValidationFailed("A dynamic QR code is used together with a PIN.", name)
    if IdentificationType.REX in types and len(types) > 1:
        raise ValidationFailed("A request to exit identifies nobody; it stands alone.", name)
    if len(set(method.schedules)) != len(method.schedules):
        raise ValidationFailed("A combination names each schedule once.", name)


def is_pin_alone(method: Method) -> bool:
    """Whether a PIN and nothing else opens the door."""
    return tuple(method.types) == (IdentificationType.PIN,)


def words(types: Iterable[IdentificationType]) -> str:
    """The combination for people, for example "card and pin"."""
    return " and ".join(one.value.replace("_", " ") for one in in_order(types))


def in_order(types: Iterable[IdentificationType]) -> tuple[IdentificationType, ...]:
    """Identification types in the order in which they are declared."""
    given = set(types)
    return tuple(one for one in IdentificationType if one in given)
