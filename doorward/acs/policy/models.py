"""What changed in the policy, version by version."""

from tortoise import fields
from tortoise.models import Model

from doorward.acs.policy_part import PolicyPart


class PolicyChange(Model):
    """An entity that was created, changed or deleted at a policy version. "site" with "*": anything may have."""

    id = fields.BigIntField(primary_key=True)
    version = fields.BigIntField(db_index=True)
    part = fields.CharEnumField(PolicyPart, max_length=16)
    entity_id = fields.CharField(80)

    class Meta:
        table = "policy_change"
