"""The site's own row."""

from typing import Any

from tortoise import fields
from tortoise.models import Model


class Site(Model):
    """One row, `id` "site": the site's name, its IANA time zone, and the policy version (grows with every change).

    Controllers out of contact for `stale_after_s` deny (NULL: never). The `threat_` columns tell which level is in
    force since when, set by whom and why. All are NULL while none is. Controllers keep `journal_events` records, none
    older than `journal_days`, raise an alarm when alone for `alone_alarm_s` (NULL: never), and go by schedules under a
    clock that is known to be wrong only if `trusts_clock`.
    `sealed_osdp_key` is what the keys of OSDP devices are derived from, `reader_signals` what readers show and sound
    (NULL: as ever, `signals_version` counts their changes). `reasons_for` is the list of what operators must give a
    reason for (NULL: nothing).
    """

    id = fields.CharField(8, primary_key=True)
    name = fields.CharField(100)
    time_zone = fields.CharField(64)
    policy_version = fields.BigIntField()
    stale_after_s = fields.IntField(null=True)
    qr_skew_steps = fields.IntField(db_default=1)
    escort_timeout_ms = fields.IntField(db_default=15_000)
    journal_events = fields.IntField(db_default=1_000_000)
    journal_days = fields.IntField(db_default=120)
    alone_alarm_s = fields.IntField(null=True, db_default=259_200)
    trusts_clock = fields.BooleanField(db_default=False)
    threat_level_id = fields.CharField(36, null=True)
    threat_since = fields.DatetimeField(null=True)
    threat_user_id = fields.CharField(36, null=True)
    threat_user_name = fields.CharField(100, null=True)
    threat_reason = fields.CharField(500, null=True)
    sealed_osdp_key = fields.BinaryField(null=True)
    reader_signals: Any = fields.JSONField(null=True)
    signals_version = fields.IntField(default=1, db_default=1)
    version = fields.IntField(default=1, db_default=1)
    reasons_for: Any = fields.JSONField(null=True)

    class Meta:
        table = "site"
