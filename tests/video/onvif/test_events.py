"""What a device notices arrives, typed; subscriptions end with those who follow."""

import asyncio
from contextlib import aclosing
from datetime import timedelta

import pytest

from doorward.video.onvif import events
from doorward.video.onvif.errors import DeviceFault
from doorward.video.onvif.node import parse
from doorward.video.onvif.simulator import Behaviour
from doorward.video.onvif.topics import Change, Noticed, noticed_in, read_event
from tests.video.onvif.conftest import OpenPlace

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("reference_parameters", [False, True])
async def test_events_come_as_they_happen_the_present_states_first(
    open_place: OpenPlace, reference_parameters: bool
) -> None:
    behaviour = Behaviour(reference_parameters=reference_parameters, clock_ahead=timedelta(hours=1))
    async with open_place(behaviour) as place, place.device() as device:
        place.simulated.digital_input("door", True)
        async with aclosing(events.follow(device)) as followed:
            first = await anext(followed)
            assert (first.noticed, first.active, first.change) == (Noticed.DIGITAL_INPUT, True, Change.INITIAL)
            assert first.source == {"InputToken": "door"}
            asyncio.get_running_loop().call_later(0.05, place.simulated.motion, True)
            second = await anext(followed)
            place.simulated.tampering(True)
            place.simulated.motion(False)
            rest = [await anext(followed), await anext(followed)]
        assert (second.noticed, second.topic, second.active, second.change) == (
            Noticed.MOTION,
            "RuleEngine/CellMotionDetector/Motion",
            True,
            Change.CHANGED,
        )
        assert [(each.noticed, each.active) for each in rest] == [(Noticed.TAMPERING, True), (Noticed.MOTION, False)]
        assert len(place.simulated.subscriptions) == 0


async def test_a_subscription_is_renewed_before_it_ends_and_unknown_afterwards(open_place: OpenPlace) -> None:
    async with open_place() as place, place.device() as device:
        subscription = await events.subscribe(device)
        await events.renew(device, subscription)
        assert await events.pull(device, subscription, 0.05) == ()
        await events.unsubscribe(device, subscription)
        with pytest.raises(DeviceFault, match="no such subscription"):
            await events.pull(device, subscription, 0.05)


async def test_whoever_follows_renews_in_good_time(open_place: OpenPlace) -> None:
    passed_s = iter(range(0, 1000, 15))
    async with (
        open_place() as place,
        place.device() as device,
        aclosing(events.follow(device, now=lambda: next(passed_s))) as followed,
    ):
        for _ in range(3):
            place.simulated.motion(True)
            await anext(followed)
        assert sum(b"Renew" in each for each in place.simulated.requests) == 1


@pytest.mark.parametrize(
    "topic,noticed",
    [
        ("RuleEngine/CellMotionDetector/Motion", Noticed.MOTION),
        ("VideoSource/MotionAlarm", Noticed.MOTION),
        ("VideoAnalytics/MotionDetection", Noticed.MOTION),
        ("Device/Trigger/DigitalInput", Noticed.DIGITAL_INPUT),
        ("RuleEngine/TamperDetector/Tamper", Noticed.TAMPERING),
        ("VideoSource/ImageTooDark/AnalyticsService", Noticed.TAMPERING),
        ("RuleEngine/MyRuleDetector/PeopleDetect", Noticed.OBJECT),
        ("RuleEngine/LineDetector/Crossed", Noticed.OBJECT),
        ("Device/HardwareFailure/StorageFailure", Noticed.OTHER),
    ],
)
def test_topics_are_typed(topic: str, noticed: Noticed) -> None:
    assert noticed_in(topic) is noticed


def test_a_notification_is_read_whatever_its_prefixes_and_however_bad_its_time() -> None:
    event = read_event(
        parse(
            b"<n xmlns:x='urn:x'><Topic>x:Device/y:Trigger/DigitalInput</Topic><Message><Message UtcTime='yesterday'>"
            b"<Data><SimpleItem Name='LogicalState' Value='0'/></Data></Message></Message></n>"
        )
    )
    assert event is not None
    assert (event.topic, event.active, event.device_time) == ("Device/Trigger/DigitalInput", False, None)
    assert read_event(parse(b"<n/>")) is None
