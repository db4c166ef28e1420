"""Which auxiliary inputs, outputs and local rules use something (see cross_area.py)."""

from collections.abc import Collection

from tortoise.queryset import QuerySet

from doorward.acs.local_io.models import AuxInput, AuxOutput, LocalRuleRow

Use = tuple[str, str, str]
"""What it is, its id, its name."""

RULE = "local rule"
INPUT, OUTPUT = "auxiliary input", "auxiliary output"


async def rules_of_input(input_id: str) -> list[Use]:
    """The local rules that go by an auxiliary input, by name."""
    return await _rules(LocalRuleRow.filter(input_id=input_id))


async def rules_of_output(output_id: str) -> list[Use]:
    """The local rules that switch an auxiliary output, by name."""
    return await _rules(LocalRuleRow.filter(output_id=output_id))


async def schedule_uses(schedule_ids: Collection[str]) -> list[Use]:
    """The local rules that go by any of these schedules, by name."""
    return await _rules(LocalRuleRow.filter(schedule_id__in=list(schedule_ids)))


async def level_uses(level_id: str) -> list[Use]:
    """The local rules that go by a threat level, by name."""
    return await _rules(LocalRuleRow.filter(threat_level_id=level_id))


async def door_uses(door_id: str) -> list[Use]:
    """The local rules that go by a door, and the inputs and outputs on the devices that go with it."""
    return [
        *await _rules(LocalRuleRow.filter(door_id=door_id)),
        *await _named(AuxInput.filter(device__door_id=door_id), INPUT),
        *await _named(AuxOutput.filter(device__door_id=door_id), OUTPUT),
    ]


async def device_uses(device_id: str) -> list[Use]:
    """The auxiliary inputs and outputs on a device, by name."""
    return [
        *await _named(AuxInput.filter(device_id=device_id), INPUT),
        *await _named(AuxOutput.filter(device_id=device_id), OUTPUT),
    ]


async def input_at(device_id: str, number: int) -> list[Use]:
    """The auxiliary input at a port."""
    return await _named(AuxInput.filter(device_id=device_id, number=number), INPUT)


async def output_at(device_id: str, number: int) -> list[Use]:
    """The auxiliary output at a port."""
    return await _named(AuxOutput.filter(device_id=device_id, number=number), OUTPUT)


async def _rules(rows: QuerySet[LocalRuleRow]) -> list[Use]:
    return [(RULE, str(rule_id), str(name)) for rule_id, name in await rows.order_by("name").values_list("id", "name")]


async def _named(rows: QuerySet[AuxInput] | QuerySet[AuxOutput], kind: str) -> list[Use]:
    """Inside an operation these are read in its transaction: that is Tortoise's current connection."""
    return [(kind, str(row_id), str(name)) for row_id, name in await rows.order_by("name").values_list("id", "name")]
