"""The state of all tables from step to step of an upgrade, at a tenth of the cost of Tortoise's own.

Before each step Tortoise copies the state, and after it makes the models of all tables anew, with all that queries
need: seconds for a new database. Here the copy becomes models only if a step looks at it, as few do, and the models of
the state that is carried on have what changing a table needs and no more.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from tortoise.migrations.schema_generator.state import ModelState, State
from tortoise.migrations.schema_generator.state_apps import StateApps


def no_tables(default_connections: Mapping[str, str]) -> State:
    """The state before the first migration; `default_connections` names each app's connection."""
    return _Current({}, _LeanApps(dict(default_connections)))


class _LeanApps(StateApps):
    """Models for changing tables: they know their columns and relations, and cannot be queried."""

    def _build_initial_querysets(self) -> None:
        pass


class _Current(State):
    """The state that each step takes on to the next one's."""

    def clone(self) -> State:
        # Steps put new fields and options in the place of old ones and change none of them.
        models = {
            key: replace(model, options=dict(model.options), fields=dict(model.fields))
            for key, model in self.models.items()
        }
        return _Before(models, self.apps._default_connections)


class _Before(State):
    """The state before a step; its models are whole, so that a step in Python may query them."""

    def __init__(self, models: dict[tuple[str, str], ModelState], default_connections: dict[str, str]) -> None:
        self.models = models
        self._default_connections = default_connections

    @cached_property
    def apps(self) -> StateApps:  # type: ignore[override]
        models = {key: model.clone() for key, model in self.models.items()}
        return StateApps(self._default_connections).clone(models)
