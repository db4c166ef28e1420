"""Hears what a device notices, through a pull point (ONVIF Core Specification, section 9.2)."""

import asyncio
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import dataclass

from doorward.video.onvif.connection import ANSWER_S
from doorward.video.onvif.device import Device, Service
from doorward.video.onvif.errors import NotSupported, OnvifError
from doorward.video.onvif.message import Markup, element, joined
from doorward.video.onvif.node import Node
from doorward.video.onvif.topics import Event, read_event

LIFE_S = 60
"""A subscription ends this long after the last word from us, so that a device is not left with dead ones."""
PULL_S = 20
"""The device holds its answer back so long when nothing happens; routers forget connections that are silent longer."""
AT_ONCE = 100
"""Events in one answer."""

_EVENTS = "http://www.onvif.org/ver10/events/wsdl"
_NOTIFICATION = "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager"
_LARGEST_REFERENCES = 8


@dataclass(frozen=True, slots=True)
class Subscription:
    """A pull point on the device; `references` go with every message to it."""

    uri: str
    references: Markup


async def follow(
    device: Device, pull_s: float = PULL_S, now: Callable[[], float] | None = None
) -> AsyncGenerator[Event, None]:
    """Events as they come, the present states first; ends only by failing (OnvifError) or being closed.

    Closing it ends the subscription on the device. Whoever follows begins anew after a failure, and not at once.
    """
    read_clock = asyncio.get_running_loop().time if now is None else now
    subscription = await subscribe(device)
    renewed_s = read_clock()
    try:
        while True:
            for event in await pull(device, subscription, pull_s):
                yield event
            if read_clock() - renewed_s >= LIFE_S / 3:
                await renew(device, subscription)
                renewed_s = read_clock()
    finally:
        # It ends by itself after a minute, should this fail.
        with suppress(OnvifError):
            await unsubscribe(device, subscription)


async def subscribe(device: Device) -> Subscription:
    """Have the device keep what it notices for us."""
    if Service.EVENTS not in device.services:
        raise NotSupported("The device has no ONVIF events service.")
    uri = device.services[Service.EVENTS]
    request = element("tev:CreatePullPointSubscription", element("tev:InitialTerminationTime", f"PT{LIFE_S}S"))
    answer = await _call(
        device,
        Subscription(uri, Markup()),
        f"{_EVENTS}/EventPortType/CreatePullPointSubscriptionRequest",
        request,
        ANSWER_S,
    )
    reference = answer.required("SubscriptionReference")
    address = reference.words("Address")
    parameters = reference.at("ReferenceParameters")
    echoed = [] if parameters is None else parameters.children[:_LARGEST_REFERENCES]
    # A device that names no address means the service itself.
    manager = device.connection.address.service(address) if address else uri
    return Subscription(manager, joined(*(each.markup() for each in echoed)))


async def pull(device: Device, subscription: Subscription, pull_s: float = PULL_S) -> tuple[Event, ...]:
    """What has happened since the last time; waits up to `pull_s` for something to happen."""
    request = element(
        "tev:PullMessages", element("tev:Timeout", f"PT{pull_s:g}S"), element("tev:MessageLimit", AT_ONCE)
    )
    answer = await _call(
        device, subscription, f"{_EVENTS}/PullPointSubscription/PullMessagesRequest", request, pull_s + ANSWER_S
    )
    events = (read_event(each) for each in answer.all("NotificationMessage"))
    return tuple(event for event in events if event is not None)


async def renew(device: Device, subscription: Subscription) -> None:
    """Let the subscription live longer. A device that lengthens it with every pull may not know this."""
    request = element("wsnt:Renew", element("wsnt:TerminationTime", f"PT{LIFE_S}S"))
    with suppress(NotSupported):
        await _call(device, subscription, f"{_NOTIFICATION}/RenewRequest", request, ANSWER_S)


async def unsubscribe(device: Device, subscription: Subscription) -> None:
    """Have the device forget the subscription."""
    await _call(device, subscription, f"{_NOTIFICATION}/UnsubscribeRequest", element("wsnt:Unsubscribe"), ANSWER_S)


async def _call(device: Device, to: Subscription, action: str, body: Markup, answer_s: float) -> Node:
    header = joined(
        element("wsa:Action", action),
        element("wsa:MessageID", f"urn:uuid:{uuid.uuid4()}"),
        element("wsa:To", to.uri),
        to.references,
    )
    return await device.connection.addressed_call(to.uri, action, body, header, answer_s)
