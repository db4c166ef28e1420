"""Every operation there is: without its permission it does nothing, and says so."""

import importlib
import inspect
import pkgutil
from typing import Any

import pytest

from doorward.acs.actor import Permission, anonymous
from doorward.acs.errors import AcsError, NotPermitted, Unauthenticated
from doorward.acs.events.models import Event
from doorward.acs.operation import OPERATIONS
from tests.world import only, open_world

pytestmark = pytest.mark.anyio

AREAS = (
    "people",
    "credentials",
    "formats",
    "zones",
    "schedules",
    "rules",
    "threats",
    "profiles",
    "doors",
    "cameras",
    "users",
    "site",
)
for area in AREAS:
    for module in pkgutil.iter_modules(importlib.import_module(f"doorward.acs.{area}").__path__):
        importlib.import_module(f"doorward.acs.{area}.{module.name}")


def function(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def arguments(name: str) -> list[Any]:
    """Something for each parameter: the check must come before any of it is looked at."""
    parameters = list(inspect.signature(inspect.unwrap(function(name))).parameters.values())
    return [None for parameter in parameters[1:] if parameter.default is inspect.Parameter.empty]


def test_the_registry_knows_the_operations() -> None:
    assert len(OPERATIONS) >= 15
    assert {name.split(".")[2] for name in OPERATIONS} == set(AREAS)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
async def test_nobody_gets_past_an_operation_s_permission(database_url: str, name: str) -> None:
    async with open_world(database_url) as world:
        run = function(name)
        with pytest.raises(Unauthenticated):
            await run(world.domain, anonymous(), *arguments(name))
        others = set(Permission) - {OPERATIONS[name].permission}
        with pytest.raises(NotPermitted, match=OPERATIONS[name].permission.value.replace(".", r"\.")):
            await run(world.domain, only(*others), *arguments(name))
        assert not await Event.exists()


@pytest.mark.parametrize("name", sorted(OPERATIONS))
async def test_the_right_permission_is_enough_to_be_heard(database_url: str, name: str) -> None:
    """With it, the operation looks at its (here senseless) arguments and fails on them instead."""
    async with open_world(database_url) as world:
        with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever None makes it raise
            await function(name)(world.domain, only(OPERATIONS[name].permission), *arguments(name))
        assert not isinstance(caught.value, Unauthenticated | NotPermitted) or not isinstance(caught.value, AcsError)
