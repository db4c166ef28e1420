"""A device is asked, and answers: through HTTP, with credentials, whatever the age of the device."""

from datetime import UTC, datetime, timedelta

import pytest

from doorward.video.onvif import administration, imaging, media, ptz
from doorward.video.onvif.address import DeviceAddress
from doorward.video.onvif.administration import DeviceUser, UserLevel
from doorward.video.onvif.credentials import Credentials
from doorward.video.onvif.device import Device, Service
from doorward.video.onvif.errors import DeviceFault, DeviceUnreachable, NotAuthorized, NotSupported
from doorward.video.onvif.imaging import DayNight, ImageSettings, Range
from doorward.video.onvif.media import EncoderSettings, VideoCodec
from doorward.video.onvif.ptz import Preset, Vector
from doorward.video.onvif.simulator import Behaviour
from tests.video.onvif.conftest import OPERATOR, PICTURE, OpenPlace

pytestmark = pytest.mark.anyio

AGES = pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(),
        Behaviour(media2=False),
        Behaviour(media2=False, get_services=False),
        Behaviour(http_digest=True),
        Behaviour(clock_ahead=timedelta(days=-9000)),
        Behaviour(named_host="192.168.1.108"),
    ],
    ids=["new", "media 1", "before GetServices", "HTTP digest", "clock of 2002", "behind a router"],
)


@AGES
async def test_a_device_of_any_age_says_what_it_is_and_where_its_streams_are(
    open_place: OpenPlace, behaviour: Behaviour
) -> None:
    async with open_place(behaviour) as place, place.device() as device:
        information = await device.information()
        found = await media.profiles(device)
        uris = [await media.stream_uri(device, profile.token) for profile in found]
        picture = await device.connection.fetch(await media.snapshot_uri(device, found[0].token), 1000)
    assert (information.name, information.model, information.serial_number) == (
        "Front door",
        "Simulated camera",
        "SIM-0001",
    )
    assert [(each.token, each.name, each.source, each.ptz) for each in found] == [
        ("high", "High", "source", True),
        ("low", "Low", "source", True),
    ]
    assert found[0].encoder == EncoderSettings("encoder-high", VideoCodec.H265, 1920, 1080, 25, 2000, 10, 5)
    assert uris == ["rtsp://127.0.0.1:8554/high", "rtsp://127.0.0.1:8554/low"]
    assert picture == PICTURE


async def test_without_credentials_a_device_tells_its_time_and_its_services_alone(open_place: OpenPlace) -> None:
    async with open_place() as place, place.device(None) as device:
        assert Service.MEDIA2 in device.services
        with pytest.raises(NotAuthorized, match="wants a user name"):
            await device.information()


@pytest.mark.parametrize("http_digest", [False, True])
async def test_a_wrong_password_is_refused_and_named(open_place: OpenPlace, http_digest: bool) -> None:
    wrong = Credentials(OPERATOR.user, "wrong")
    async with open_place(Behaviour(http_digest=http_digest)) as place, place.device(wrong) as device:
        with pytest.raises(NotAuthorized, match="does not accept"):
            await device.information()


async def test_the_password_is_in_no_message_and_in_no_repr(open_place: OpenPlace) -> None:
    async with open_place() as place, place.device() as device:
        await device.information()
        assert place.simulated.requests
        assert all(OPERATOR.password.encode() not in each for each in place.simulated.requests)
        assert b"ss w" not in b"".join(place.simulated.requests)
    assert "ss w" not in repr(OPERATOR)


async def test_a_clock_that_is_stepped_meanwhile_costs_one_more_request(open_place: OpenPlace) -> None:
    async with open_place() as place, place.device() as device:
        await device.information()
        place.simulated.behaviour.clock_ahead = timedelta(hours=3)
        assert (await device.information()).name == "Front door"
        assert abs(device.time_offset - timedelta(hours=3)) < timedelta(seconds=2)


async def test_the_clock_can_be_set(open_place: OpenPlace) -> None:
    async with open_place(Behaviour(clock_ahead=timedelta(hours=-5))) as place, place.device() as device:
        await administration.set_time(device, datetime.now(UTC))
        assert abs(place.simulated.now() - datetime.now(UTC)) < timedelta(seconds=3)
        assert (await device.information()).name == "Front door"


async def test_nobody_at_the_address_is_unreachable_and_a_web_page_no_device(open_place: OpenPlace) -> None:
    with pytest.raises(DeviceUnreachable, match="Nobody answers"):
        await Device(DeviceAddress.parse("127.0.0.1:9"), OPERATOR).connect()


async def test_an_encoder_is_set_and_keeps_what_was_not_asked_for(open_place: OpenPlace) -> None:
    for media2 in (True, False):
        async with open_place(Behaviour(media2=media2)) as place, place.device() as device:
            options = await media.encoder_options(device, "encoder-low")
            assert options[0].sizes[0] == (1920, 1080)
            assert options[0].fps_max == 25
            wanted = EncoderSettings("encoder-low", VideoCodec.H264, 1280, 720, 5, None, 50, None)
            made = await media.set_encoder(device, wanted)
            assert made == EncoderSettings("encoder-low", VideoCodec.H264, 1280, 720, 5, 2000, 50, 5)
            with pytest.raises(DeviceFault) as caught:
                await media.set_encoder(device, EncoderSettings("encoder-low", VideoCodec.H264, 7, 7, 5, 1, 1, 1))
            assert caught.value.code == "ConfigModify"


async def test_a_camera_turns_and_keeps_presets(open_place: OpenPlace) -> None:
    async with open_place() as place, place.device() as device:
        await ptz.move_to(device, "high", Vector(0.5, -0.25, 0.125), Vector(1, 1, 1))
        await ptz.move_by(device, "high", Vector(pan=-0.00001))
        assert (await ptz.status(device, "high")).position == Vector(0.49999, -0.25, 0.125)
        token = await ptz.set_preset(device, "high", "Gate & yard")
        assert await ptz.presets(device, "high") == (Preset(token, "Gate & yard"),)
        await ptz.go_home(device, "high")
        assert (await ptz.status(device, "high")).position == Vector(0, 0, 0)
        await ptz.go_to_preset(device, "high", token)
        await ptz.set_home(device, "high")
        assert place.simulated.state.home == Vector(0.49999, -0.25, 0.125)
        await ptz.move_on(device, "high", Vector(pan=1, tilt=0), 2)
        assert (await ptz.status(device, "high")).moving is True
        await ptz.stop(device, "high")
        assert (await ptz.status(device, "high")).moving is False
        await ptz.remove_preset(device, "high", token)
        with pytest.raises(DeviceFault, match="preset token does not exist"):
            await ptz.go_to_preset(device, "high", token)


async def test_the_picture_is_set_within_what_the_device_allows(open_place: OpenPlace) -> None:
    async with open_place() as place, place.device() as device:
        assert await imaging.settings(device, "source") == ImageSettings(50, 50, 50, 50, DayNight.AUTOMATIC)
        options = await imaging.options(device, "source")
        assert (options.brightness, options.day_night) == (Range(0, 100), tuple(DayNight))
        await imaging.set_settings(device, "source", ImageSettings(brightness=62.5, day_night=DayNight.NIGHT))
        assert await imaging.settings(device, "source") == ImageSettings(62.5, 50, 50, 50, DayNight.NIGHT)
        with pytest.raises(DeviceFault):
            await imaging.set_settings(device, "source", ImageSettings(contrast=900))


async def test_users_network_and_reboot(open_place: OpenPlace) -> None:
    async with open_place() as place, place.device() as device:
        await administration.create_user(device, Credentials("viewer", "secret"), UserLevel.USER)
        await administration.set_user(device, Credentials("viewer", "other"), UserLevel.OPERATOR)
        assert await administration.users(device) == (
            DeviceUser("operator", UserLevel.ADMINISTRATOR),
            DeviceUser("viewer", UserLevel.OPERATOR),
        )
        async with place.device(Credentials("viewer", "other")) as theirs:
            assert (await theirs.information()).name == "Front door"
        await administration.delete_user(device, "viewer")
        assert len(await administration.users(device)) == 1
        (interface,) = await administration.network(device)
        assert (interface.addresses, interface.mac) == (("192.0.2.7/24",), "02:00:00:00:00:07")
        assert await administration.reboot(device) == "Back in a moment"
        assert place.simulated.state.reboots == 1


async def test_what_a_device_does_not_have_is_said_so(open_place: OpenPlace) -> None:
    async with open_place() as place, place.device() as device:
        with pytest.raises(NotSupported):
            await device.call(Service.DEVICE, "GetRelayOutputs")
        device.services = {Service.DEVICE: device.services[Service.DEVICE]}
        with pytest.raises(NotSupported, match="no ONVIF ptz service"):
            await ptz.stop(device, "high")
