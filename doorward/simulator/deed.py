"""What a step does: something done to the site, in words, and what it was done at."""

from collections.abc import Callable
from dataclasses import dataclass

from doorward.acs.decision.card_format import CardBits, encode_h10301
from doorward.acs.doors.wiring import Circuit, InputPurpose
from doorward.hardware.simulators.site import SimulatedSite
from doorward.simulator import scenario as steps
from doorward.simulator.errors import SimulatorError
from doorward.simulator.scenario import Step
from doorward.simulator.site_names import SiteNames

EVERY_READER = "*"


@dataclass(frozen=True, slots=True)
class Deed:
    """`said` tells it without secrets. `door` and `device` are what its expectations are about by themselves."""

    said: str
    do: Callable[[SimulatedSite], None]
    door: str | None = None
    device: str | None = None


def deed_of(step: Step, names: SiteNames, turn: int = 0) -> Deed:
    """What a step does when it is done for the `turn`th time, counted from 0. Raises SimulatorError."""
    match step:
        case steps.Badge():
            return _badge(step, _reader(step.reader, names, turn), names)
        case steps.Keys(keys=keys):
            reader = _reader(step.reader, names, turn)
            return Deed(
                f"keys pressed at {reader}", lambda site: site.press(reader, keys), names.door_of_reader(reader), reader
            )
        case steps.Rex() | steps.Force() | steps.Hold() | steps.Switch():
            return _at_door(step, names.door(step.door))
        case steps.SetInput():
            return _input(step, names)
        case steps.Wait():
            return Deed("waiting", lambda _: None)
    find = names.devices if isinstance(step, steps.Unplug | steps.Replug | steps.Tamper) else names.osdp_devices
    return _at_devices(step, find(step.device), step.device)


def _input(step: steps.SetInput, names: SiteNames) -> Deed:
    number, active = step.input, step.active
    if number is None:
        line = names.aux_input(step.device)
        closed = active is (line.active_when is Circuit.CLOSED)
        return Deed(
            f"{line.name} {'active' if active else 'at rest'}",
            lambda site: site.set_input(line.device, line.input, closed),
            device=line.device,
        )
    device = names.device(step.device)
    if number >= device.inputs:
        raise SimulatorError(f"{device.name} has {device.inputs} inputs, numbered from 0.")
    said = f"input {number} of {device.name} {'closed' if active else 'opened'}"
    return Deed(said, lambda site: site.set_input(device.name, number, active), device=device.name)


def _reader(wanted: str, names: SiteNames, turn: int) -> str:
    if wanted != EVERY_READER:
        return names.reader(wanted)
    if not names.readers:
        raise SimulatorError("The site has no readers.")
    return names.readers[turn % len(names.readers)]


def _badge(step: steps.Badge, reader: str, names: SiteNames) -> Deed:
    if (step.card is None) == (step.bits is None):
        raise SimulatorError("Say the card's number (card) or its bits, one of them.")
    if step.card is not None:
        bits, said = encode_h10301(step.facility, step.card), f"card {step.facility}/{step.card}"
    else:
        text = step.bits or ""
        bits, said = CardBits.from_int(int(text, 2), len(text)), f"a card of {len(text)} bits"
    return Deed(
        f"{said} shown at {reader}",
        lambda site: site.badge(reader, bits, step.walk),
        names.door_of_reader(reader),
        reader,
    )


def _at_door(step: steps.Rex | steps.Force | steps.Hold | steps.Switch, door: str) -> Deed:
    match step:
        case steps.Rex():
            return Deed(f"exit button of {door} pressed", lambda site: site.rex(door), door)
        case steps.Force():
            return Deed(f"{door} forced open", lambda site: site.force(door), door)
        case steps.Hold(seconds=seconds):
            return Deed(f"{door} held open for {seconds:g} s", lambda site: site.hold(door, seconds), door)
        case steps.Switch(contact=contact, active=active):
            if contact not in (InputPurpose.EMERGENCY, InputPurpose.TAMPER):
                raise SimulatorError(
                    "The emergency and tamper contacts can be switched; the others follow what people do."
                )
            said = f"{contact.value} contact of {door} {'active' if active else 'at rest'}"
            return Deed(said, lambda site: site.switch(door, contact, active), door)


def _at_devices(
    step: steps.Unplug | steps.Replug | steps.Tamper | steps.PowerCycle | steps.Fault | steps.Mend,
    names: tuple[str, ...],
    called: str,
) -> Deed:
    device = names[0] if len(names) == 1 else None
    match step:
        case steps.Unplug():
            return Deed(f"{called} unplugged", lambda site: site.plug(names, False), device=device)
        case steps.Replug():
            return Deed(f"{called} plugged in again", lambda site: site.plug(names, True), device=device)
        case steps.Tamper(active=active):
            said = f"housing of {called} {'opened' if active else 'shut'}"
            return Deed(said, lambda site: site.tamper(names, active), device=device)
        case steps.PowerCycle(off_seconds=off_s):
            said = f"{called} without power for {off_s:g} s"
            return Deed(said, lambda site: site.power_cycle(names, off_s), device=device)
        case steps.Fault(seconds=seconds):
            lasts = "" if seconds is None else f" for {seconds:g} s"
            faults = step.faults()
            return Deed(
                f"{called} has {_words(step)}{lasts}", lambda site: site.suffer(names, faults, seconds), device=device
            )
        case steps.Mend():
            return Deed(f"{called} mended", lambda site: site.suffer(names, step.faults()), device=device)


def _words(fault: steps.Fault) -> str:
    said = [
        f"{name} {value:g}"
        for name, value in (("noise", fault.noise), ("drop", fault.drop), ("duplicate", fault.duplicate))
        if value
    ]
    said += [f"delay {fault.delay_ms} ms"] if fault.delay_ms else []
    said += ["no life"] if fault.dead else []
    said += ["another key"] if fault.wrong_key else []
    said += ["install mode"] if fault.install_mode else []
    return ", ".join(said) or "no fault"
