"""The rows of jobs."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model


class JobKind(StrEnum):
    """What a job imports."""

    CARDHOLDERS = "cardholders"
    """People, with their groups, credentials and custom fields."""
    GROUPS = "groups"
    """Groups of cardholders."""
    ACCESS_RULES = "access_rules"
    """Access rules, with who, where and when."""


class JobState(StrEnum):
    """How far a job came; done, failed and cancelled end it."""

    QUEUED = "queued"
    """It waits for its turn."""
    RUNNING = "running"
    """Its lines are being worked off."""
    DONE = "done"
    """All its lines are worked off; some may have been refused."""
    FAILED = "failed"
    """It ended as a whole before all its lines were worked off."""
    CANCELLED = "cancelled"
    """Somebody stopped it; the lines that were worked off stay as they are."""


class Job(Model):
    """An import: whose it is, what they were permitted, and how far it came.

    Of `total` lines the first `done` are worked off, `failed` of them in vain. `read_bytes` of the file and
    `result_bytes` of the result belong to those, so that a job goes on after the last whole batch. `token_id` is the
    token that asked, if one did. `message` says why a job failed.
    """

    id = fields.CharField(36, primary_key=True)
    kind = fields.CharEnumField(JobKind, max_length=30)
    state = fields.CharEnumField(JobState, max_length=20, db_index=True)
    dry_run = fields.BooleanField()
    user_id = fields.CharField(36, db_index=True)
    user_name = fields.CharField(100)
    permissions: Any = fields.JSONField()
    token_id = fields.CharField(36, null=True)
    token_name = fields.CharField(100, null=True)
    total = fields.IntField()
    done = fields.IntField(default=0)
    failed = fields.IntField(default=0)
    read_bytes = fields.BigIntField(default=0)
    result_bytes = fields.BigIntField(default=0)
    message = fields.CharField(500, default="")
    created_at = fields.DatetimeField()
    started_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    version = fields.IntField(default=1)

    @property
    def name(self) -> str:
        """What the audit calls it."""
        return f"Import of {self.kind.value.replace('_', ' ')}"

    class Meta:
        table = "job"
