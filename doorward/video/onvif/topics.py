"""What devices notice, typed: topics of ONVIF and of some makers (ONVIF Event Service and Analytics)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from doorward.video.onvif.node import LONGEST_TEXT, Node, printable


class Noticed(StrEnum):
    """What an event is about."""

    MOTION = "motion"
    """Something moves in the picture."""
    DIGITAL_INPUT = "digital_input"
    """An input of the device is on."""
    TAMPERING = "tampering"
    """Somebody covers the camera, turns it away, blinds it or takes it out of focus."""
    OBJECT = "object"
    """The camera's analytics see a person, a vehicle, or somebody across a line or in a field."""
    OTHER = "other"
    """Anything else: see the topic."""


class Change(StrEnum):
    """How an event came: as the state at the beginning, as news, or because what it tells of is gone."""

    INITIAL = "Initialized"
    CHANGED = "Changed"
    DELETED = "Deleted"


@dataclass(frozen=True, slots=True)
class Event:
    """One notification. `active` is None where it has no state: it was a moment.

    `topic` is without prefixes (`RuleEngine/CellMotionDetector/Motion`). `source` and `data` are the device's words,
    by name. `device_time` is by the device's clock: evidence, not time.
    """

    noticed: Noticed
    topic: str
    active: bool | None
    change: Change
    source: Mapping[str, str]
    data: Mapping[str, str]
    device_time: datetime | None


# From the narrow to the wide: the first that is in the topic counts.
_TOPICS = (
    ("Tamper", Noticed.TAMPERING),
    ("GlobalSceneChange", Noticed.TAMPERING),
    ("ImageTooDark", Noticed.TAMPERING),
    ("ImageTooBright", Noticed.TAMPERING),
    ("ImageTooBlurry", Noticed.TAMPERING),
    ("SignalLoss", Noticed.TAMPERING),
    ("DigitalInput", Noticed.DIGITAL_INPUT),
    ("Device/IO/Port", Noticed.DIGITAL_INPUT),
    ("Device/IO/VirtualInput", Noticed.DIGITAL_INPUT),
    ("PeopleDetect", Noticed.OBJECT),
    ("VehicleDetect", Noticed.OBJECT),
    ("FaceDetect", Noticed.OBJECT),
    ("ObjectsInside", Noticed.OBJECT),
    ("LineDetector", Noticed.OBJECT),
    ("FieldDetector", Noticed.OBJECT),
    ("LoiteringDetector", Noticed.OBJECT),
    ("ObjectDetection", Noticed.OBJECT),
    ("ObjectAnalytics", Noticed.OBJECT),
    ("HumanShapeDetect", Noticed.OBJECT),
    ("Motion", Noticed.MOTION),
)
_STATES = ("State", "IsMotion", "LogicalState", "IsTamper", "IsInside", "active", "state", "Value")
_LARGEST_ITEMS = 32


def read_event(message: Node) -> Event | None:
    """An event of a `NotificationMessage`; None if it has no topic."""
    topic = _plain_topic(message.words("Topic"))
    inner = message.at("Message", "Message")
    if not topic or inner is None:
        return None
    data = _items(inner, "Data")
    return Event(
        noticed_in(topic),
        topic,
        _active(data),
        next((each for each in Change if each == inner.attributes.get("PropertyOperation")), Change.CHANGED),
        _items(inner, "Source") | _items(inner, "Key"),
        data,
        _time(inner.attributes.get("UtcTime", "")),
    )


def noticed_in(topic: str) -> Noticed:
    """What a topic is about."""
    return next((noticed for part, noticed in _TOPICS if part in topic), Noticed.OTHER)


def _plain_topic(text: str) -> str:
    return "/".join(step.rpartition(":")[2] for step in text.split("/"))


def _items(inner: Node, part: str) -> dict[str, str]:
    items = inner.all(part, "SimpleItem")[:_LARGEST_ITEMS]
    return {
        printable(each.attributes.get("Name", "")): printable(each.attributes.get("Value", "")[:LONGEST_TEXT])
        for each in items
    }


def _active(data: Mapping[str, str]) -> bool | None:
    said = [data[name] for name in _STATES if name in data] or list(data.values())[: len(data) == 1]
    for text in said:
        if text.lower() in ("true", "1", "active", "on"):
            return True
        if text.lower() in ("false", "0", "inactive", "off"):
            return False
    return None


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
