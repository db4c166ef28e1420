"""The trace of a decision in sentences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from doorward.acs.decision.reason import WORDS, Reason
from doorward.acs.decision.trace import TraceStep

_NAMES = {
    "controller": "Controller",
    "reader": "Place",
    "door_ready": "Door in service",
    "profile": "Identification profile",
    "card_format": "Card format",
    "identified_by": "Identified by",
    "qr": "QR code",
    "pin": "PIN",
    "credential": "Credential",
    "cardholder": "Cardholder",
    "read_is_fresh": "Time of the read",
    "lockdown": "Lockdown",
    "access_rule": "Access rule",
    "schedule": "Schedule",
    "method": "What was shown",
    "zone": "Zone",
    "anti_passback": "Anti-passback",
    "interlock": "Interlock",
    "door_online": "Door's device",
    "occupancy": "Room in the zone",
    "together": "Company",
    "journal": "Journal",
}
"""Each check in words for people."""

_SENTENCES = {
    ("reader", True): "It is about {saw}.",
    ("reader", False): "There is no such place: {saw}.",
    ("door_ready", False): "The door cannot be opened: {saw}.",
    ("profile", True): "The identification profile {saw} says what is accepted here.",
    ("profile", False): "The door's identification profile is not known: {saw}.",
    ("card_format", True): "The card was read as {saw}.",
    ("card_format", False): "No card format fits: {saw}.",
    ("identified_by", True): "Identified by {saw}.",
    ("pin", True): "The PIN is right.",
    ("credential", True): "The credential may be used.",
    ("cardholder", True): "The cardholder may pass in general.",
    ("read_is_fresh", True): "It was shown just then.",
    ("read_is_fresh", False): "It was shown before: {saw}.",
    ("access_rule", True): "The access rule {saw} names the cardholder here.",
    ("access_rule", False): "No access rule names the cardholder here.",
    ("schedule", True): "The schedule {saw} applies.",
    ("schedule", False): "None of the rule's schedules applies, or the rule does not apply on this date.",
    ("method", True): "{saw} is accepted here.",
    ("zone", True): "Zone {saw}.",
    ("zone", False): "The zone {saw} takes nobody while its controllers are apart.",
    ("anti_passback", True): "Anti-passback in {saw}.",
    ("anti_passback", False): "Anti-passback does not let them pass: {saw}.",
    ("interlock", True): "The other doors of the interlock {saw} are closed and locked.",
    ("interlock", False): "Another door of the interlock {saw} is in the way.",
    ("door_online", True): "The door's device is online.",
    ("door_online", False): "The door's device is offline.",
    ("occupancy", False): "The zone {saw} is full.",
    ("together", True): "{saw} pass together.",
    ("together", False): "More people are needed; {saw}.",
    ("journal", False): "The decision could not be written down, so the door stayed locked.",
}
_LOCKDOWN = {
    "none": "The door is not in lockdown.",
    "exempt": "The door is in lockdown, but the cardholder is exempt.",
    "lockdown": "The door is in lockdown.",
}
_KINDS = {
    "card": "card",
    "pin": "PIN",
    "qr": "QR code",
    "dynamic_qr": "dynamic QR code",
    "plate": "licence plate",
    "mobile": "mobile credential",
    "mobile_tap": "mobile credential, tapped in the app",
    "mobile_touch": "mobile credential, reader touched",
    "rex": "exit button",
}
_REASONS = {reason.value: words for reason, words in WORDS.items()}


@dataclass(frozen=True, slots=True)
class ToldStep:
    """One check: its code and its name in words, whether it spoke for going on, what it saw, and that as a sentence."""

    check: str
    name: str
    passed: bool
    saw: str
    sentence: str


def told(steps: Iterable[TraceStep | Sequence[object]]) -> tuple[ToldStep, ...]:
    """The trace of a decision, or of a stored event (lists of three), in order. An unknown check is told as it is."""
    return tuple(_told(*step) if isinstance(step, Sequence) else _told(*_parts(step)) for step in steps)


def reason_words(code: str) -> str:
    """What a reason code tells the operator; the code itself where it is not known any more."""
    return WORDS[Reason(code)] if code in _REASONS else code


def _parts(step: TraceStep) -> tuple[str, bool, str]:
    return step.check, step.passed, step.detail


def _told(check: object, passed: object, detail: object) -> ToldStep:
    code, went_on, saw = str(check), bool(passed), str(detail)
    name = _NAMES.get(code, code.replace("_", " ").capitalize())
    return ToldStep(code, name, went_on, saw, _sentence(code, name, went_on, saw))


def _sentence(check: str, name: str, passed: bool, saw: str) -> str:
    if check == "lockdown" and saw in _LOCKDOWN:
        return _LOCKDOWN[saw]
    if check == "method" and not passed:
        return _method(saw)
    if check == "credential" and saw == "unknown":
        return "What was shown belongs to nobody."
    if not passed and saw in _REASONS:
        return _REASONS[saw]
    template = _SENTENCES.get((check, passed))
    if template is None:
        return f"{name}: {saw}."
    if check in {"method", "identified_by"}:
        saw = _kinds(saw)
    sentence = template.format(saw=saw)
    return sentence[0].upper() + sentence[1:]


def _method(saw: str) -> str:
    if saw.startswith("holds "):
        return f"What they hold is not accepted here at this time: {_kinds(saw.removeprefix('holds '))}."
    return f"What was shown does not suffice, or is not accepted here at this time: {_kinds(saw)}."


def _kinds(saw: str) -> str:
    return " and ".join(_KINDS.get(kind, kind) for kind in saw.split(" and "))
