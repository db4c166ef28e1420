"""How a simulated device tells of what it notices: pull points (ONVIF Core Specification, section 9.2)."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from doorward.video.onvif.message import Markup, element
from doorward.video.onvif.node import Node
from doorward.video.onvif.simulator.fault import Refusal
from doorward.video.onvif.simulator.subscriptions import PullPoint

if TYPE_CHECKING:
    from doorward.video.onvif.simulator.device import SimulatedDevice

LONGEST = timedelta(minutes=1)
_OWN = "http://simulated.invalid/events"


async def answer(device: "SimulatedDevice", number: int | None, message: Node, request: Node) -> Markup:
    """Answer one request; `number` is of the subscription in whose address it came."""
    if request.name == "CreatePullPointSubscription":
        return _create(device, request)
    if request.name == "GetEventProperties":
        raise Refusal("ActionNotSupported", "Optional action not implemented", 500)
    told = number if number is not None else message.whole("Header", "SubscriptionId")
    point = None if told is None else device.subscriptions.get(told)
    if point is None:
        raise Refusal("InvalidArgVal", "There is no such subscription")
    if request.name == "PullMessages":
        return await _pull(device, point, request)
    if request.name == "Renew":
        device.subscriptions.renew(point, _duration(request.words("TerminationTime")))
        current, end = _times("wsnt", device, point)
        # The other way round than in every other answer: so the schema has it.
        return element("wsnt:RenewResponse", end, current)
    if request.name == "Unsubscribe":
        device.subscriptions.close(point)
        return element("wsnt:UnsubscribeResponse")
    raise Refusal("ActionNotSupported", "Optional action not implemented", 500)


def _create(device: "SimulatedDevice", request: Node) -> Markup:
    point = device.subscriptions.open(_duration(request.words("InitialTerminationTime")))
    if point is None:
        raise Refusal("ResourceUnknownFault", "There are too many subscriptions")
    if device.behaviour.reference_parameters:
        reference = element("wsa:Address", device.uri("/onvif/events"))
        own = Markup(f'<SubscriptionId xmlns="{_OWN}">{point.number}</SubscriptionId>')
        where: tuple[Markup, ...] = (reference, element("wsa:ReferenceParameters", own))
    else:
        where = (element("wsa:Address", device.uri(f"/onvif/subscription/{point.number}")),)
    return element(
        "tev:CreatePullPointSubscriptionResponse",
        element("tev:SubscriptionReference", *where),
        *_times("wsnt", device, point),
    )


async def _pull(device: "SimulatedDevice", point: PullPoint, request: Node) -> Markup:
    most = request.whole("MessageLimit") or 1
    events = await device.subscriptions.take(point, _duration(request.words("Timeout")), most)
    return element("tev:PullMessagesResponse", *_times("tev", device, point), *events)


def _times(prefix: str, device: "SimulatedDevice", point: PullPoint) -> tuple[Markup, Markup]:
    now, ends = device.now(), point.ends + device.behaviour.clock_ahead
    current = element(f"{prefix}:CurrentTime", now.strftime("%Y-%m-%dT%H:%M:%SZ"))
    end = element(f"{prefix}:TerminationTime", ends.strftime("%Y-%m-%dT%H:%M:%SZ"))
    return current, end


def _duration(text: str) -> timedelta:
    found = re.fullmatch(r"PT(?:(\d{1,4})M)?(?:(\d{1,6}(?:\.\d{1,6})?)S)?", text)
    if found is None:
        raise Refusal("InvalidArgVal", "The duration is invalid")
    return min(LONGEST, timedelta(minutes=int(found[1] or 0), seconds=float(found[2] or 0)))
