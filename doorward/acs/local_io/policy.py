"""Auxiliary inputs and outputs and local rules as controllers get them: parts of the wiring."""

from doorward.acs.decision.debounce import MAX_DEBOUNCE_MS
from doorward.acs.decision.local_rules import (
    DoorFact,
    DoorTrigger,
    EventTrigger,
    InputTrigger,
    LocalRule,
    ScheduleTrigger,
    ThreatTrigger,
    Trigger,
)
from doorward.acs.devices import AuxInputLine, AuxOutputLine
from doorward.acs.events.catalogue import EventType
from doorward.acs.local_io.models import AuxInput, AuxOutput, LocalRuleRow, TriggerKind


async def aux_input_lines(controller_id: str) -> tuple[AuxInputLine, ...]:
    """The auxiliary inputs on a controller's devices, by id."""
    rows = await AuxInput.filter(device__controller_id=controller_id).order_by("id")
    return tuple(
        AuxInputLine(
            row.id,
            row.name,
            row.device_id,
            row.number,
            row.active_when,
            min(row.debounce_ms, MAX_DEBOUNCE_MS),
            row.supervision,
            row.resistor_ohm,
        )
        for row in rows
    )


async def aux_output_lines(controller_id: str) -> tuple[AuxOutputLine, ...]:
    """The auxiliary outputs on a controller's devices, by id."""
    rows = await AuxOutput.filter(device__controller_id=controller_id).order_by("id")
    return tuple(AuxOutputLine(row.id, row.name, row.device_id, row.number) for row in rows)


async def local_rules(controller_id: str) -> tuple[LocalRule, ...]:
    """The local rules in force on a controller, by id."""
    rows = LocalRuleRow.filter(output__device__controller_id=controller_id, enabled=True)
    return tuple(
        LocalRule(row.id, row.name, _trigger(row), row.action, row.output_id, row.pulse_ms or 0, row.version)
        for row in await rows.prefetch_related("threat_level").order_by("id")
    )


def _trigger(row: LocalRuleRow) -> Trigger:
    match row.trigger:
        case TriggerKind.INPUT:
            return InputTrigger(row.input_id or "", bool(row.input_active))
        case TriggerKind.DOOR:
            return DoorTrigger(row.door_id or "", DoorFact(row.door_fact))
        case TriggerKind.EVENT:
            return EventTrigger(EventType(row.event), row.door_id)
        case TriggerKind.SCHEDULE:
            return ScheduleTrigger(row.schedule_id or "")
        case TriggerKind.THREAT_LEVEL:
            return ThreatTrigger(row.threat_level.name if row.threat_level is not None else "")
