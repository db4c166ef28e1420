"""Every operation there is: without its permission it does nothing, and says so."""

import importlib
import inspect
import pkgutil
from typing import Any

import pytest

from doorward.acs.actor import Permission, anonymous
from doorward.acs.errors import NotPermitted, Unauthenticated
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
    "local_io",
    "profiles",
    "doors",
    "controllers",
    "cameras",
    "users",
    "site",
    "webhooks",
    "jobs",
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


async def test_nobody_gets_past_an_operation_s_permission(database_url: str) -> None:
    async with open_world(database_url) as world:
        for name, declared in sorted(OPERATIONS.items()):
            with pytest.raises(Unauthenticated):
                await function(name)(world.domain, anonymous(), *arguments(name))
            others = set(Permission) - {declared.permission}
            with pytest.raises(NotPermitted, match=declared.permission.value.replace(".", r"\.")):
                await function(name)(world.domain, only(*others), *arguments(name))
        assert not await Event.exists()


async def test_the_right_permission_is_enough_to_be_heard(database_url: str) -> None:
    """With it, the operation looks at its (here senseless) arguments and fails on them; without any, it runs."""
    unheard = []
    async with open_world(database_url) as world:
        for name, declared in sorted(OPERATIONS.items()):
            if not arguments(name):
                await function(name)(world.domain, only(declared.permission))
                continue
            with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever None makes it raise
                await function(name)(world.domain, only(declared.permission), *arguments(name))
            if isinstance(caught.value, Unauthenticated | NotPermitted):
                unheard.append(name)
    assert unheard == []
