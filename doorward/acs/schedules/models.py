"""Schedules."""

from typing import Any

from tortoise import fields
from tortoise.models import Model


class ScheduleRow(Model):
    """A weekly schedule. `weekly`: seven lists of [start, end) minutes. `overrides`: ISO date to such a list."""

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    weekly: Any = fields.JSONField()
    overrides: Any = fields.JSONField()

    class Meta:
        table = "schedule"
