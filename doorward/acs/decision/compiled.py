"""A policy with the indexes that make a decision a few dictionary look-ups. Built once per version."""

from zoneinfo import ZoneInfo

from doorward.acs.decision.card_format import CardToken
from doorward.acs.decision.policy import AccessRulePolicy, Policy, Side
from doorward.acs.decision.trace import TraceStep


class CompiledPolicy:
    """A policy with its indexes. Immutable by convention: a new version is a new object."""

    __slots__ = (
        "cardholders",
        "credentials",
        "doors",
        "places",
        "readers",
        "rule_steps",
        "rules_of_side",
        "schedules",
        "version",
        "zone",
    )

    def __init__(self, policy: Policy) -> None:
        self.version = policy.version
        self.zone = ZoneInfo(policy.time_zone)
        self.doors = {door.id: door for door in policy.doors}
        self.readers = {reader.id: reader for reader in policy.readers}
        self.places = {
            reader.id: (
                reader.door_id,
                reader.side,
                TraceStep("reader", True, f"{self.doors[reader.door_id].name}, side {reader.side.value}"),
            )
            for reader in policy.readers
            if reader.door_id in self.doors
        }
        self.cardholders = {cardholder.id: cardholder for cardholder in policy.cardholders}
        self.schedules = {schedule.id: schedule for schedule in policy.schedules}
        self.credentials = {
            CardToken(credential.format, credential.facility, credential.number): credential
            for credential in policy.credentials
        }
        self.rule_steps = {
            rule.id: (TraceStep("access_rule", True, rule.name), TraceStep("schedule", True, rule.name))
            for rule in policy.rules
        }
        self.rules_of_side: dict[tuple[str, Side], dict[str, list[AccessRulePolicy]]] = {}
        for rule in policy.rules:
            for place in rule.door_sides:
                by_holder = self.rules_of_side.setdefault((place.door_id, place.side), {})
                for holder in (*rule.groups, *rule.cardholders):
                    by_holder.setdefault(holder, []).append(rule)
