"""Devices are found: those that answer to everybody, and those in a range of addresses."""

import asyncio
import socket
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.video.onvif.address import DeviceAddress
from doorward.video.onvif.address_range import MOST_ADDRESSES, parse_ports, parse_ranges
from doorward.video.onvif.discovery import MULTICAST, discover, read_matches
from doorward.video.onvif.errors import BadAddress
from doorward.video.onvif.found import Found
from doorward.video.onvif.search import ANSWER_S, Progress, search
from doorward.video.onvif.simulator.announcer import announced
from tests.video.onvif.conftest import OpenPlace, simulated_device


@pytest.mark.anyio
async def test_devices_that_answer_are_found_once_each_with_name_and_model() -> None:
    simulated = simulated_device()
    uri = "http://127.0.0.1:8000/onvif/device_service http://[fe80::1]/onvif/device_service"
    async with announced(simulated, uri) as port:
        (found,) = await discover(["127.0.0.1"], [("127.0.0.1", port)], 1.0)
    assert found == Found(DeviceAddress("http", "127.0.0.1", 8000), "Front door", "Simulated camera", found.endpoint)
    assert found.endpoint.startswith("urn:uuid:")


@pytest.mark.anyio
async def test_devices_are_found_by_multicast() -> None:
    async with announced(simulated_device(), "http://127.0.0.1/", "127.0.0.1", 0, everybody=True) as port:
        try:
            found = await discover(["127.0.0.1"], [(MULTICAST[0], port)], 1.0)
        except OSError:  # pragma: no cover - a machine whose loopback knows no multicast
            found = ()
    if not found:
        pytest.skip("needs multicast on the loopback interface: ip link set lo multicast on")
    assert found[0].name == "Front door"


@pytest.mark.anyio
async def test_a_device_is_where_it_answers_from_and_not_where_it_says() -> None:
    async with announced(simulated_device(), "http://10.99.0.1:81/onvif/device_service") as port:
        (found,) = await discover(["127.0.0.1"], [("127.0.0.1", port)], 1.0)
    assert str(found.address) == "http://127.0.0.1:81/onvif/device_service"


@pytest.mark.parametrize("data", [b"", b"<a/>", b"<!DOCTYPE a><a/>", b"\x00" * 20_000])
@pytest.mark.anyio
async def test_nonsense_in_answer_to_a_probe_is_no_device(data: bytes) -> None:
    class Fool(asyncio.DatagramProtocol):
        def datagram_received(self, _: bytes, addr: tuple[str, int]) -> None:
            transport.sendto(data, addr)

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Fool, ("127.0.0.1", 0))
    try:
        assert await discover(["127.0.0.1"], [transport.get_extra_info("sockname")], 1.0) == ()
    finally:
        transport.close()


def test_an_answer_to_somebody_elses_question_is_none() -> None:
    answer = (
        b"<e><Header><RelatesTo>urn:uuid:1</RelatesTo></Header><Body><ProbeMatches><ProbeMatch>"
        b"<XAddrs>ftp://a http://192.0.2.7/x</XAddrs></ProbeMatch></ProbeMatches></Body></e>"
    )
    assert read_matches(answer, "192.0.2.8", {"urn:uuid:2"}) == ()
    assert read_matches(answer, "192.0.2.8", {"urn:uuid:1"}) == (Found(DeviceAddress("http", "192.0.2.8", 80, "/x")),)


@pytest.mark.anyio
async def test_a_range_is_searched_with_progress(open_place: OpenPlace) -> None:
    async with open_place() as place, aclosing(search(["127.0.0.1", "127.0.0.2"], [place.address.port, 9])) as going:
        progress = [each async for each in going]
    assert [each.asked for each in progress] == [1, 2, 3, 4]
    assert {each.of for each in progress} == {4}
    found = [each.found for each in progress if each.found is not None]
    assert [each.address for each in found] == [DeviceAddress("http", "127.0.0.1", place.address.port)]


@pytest.mark.anyio
async def test_what_listens_and_is_no_device_is_not_found() -> None:
    async def close(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH\r\n")
        writer.close()

    server = await asyncio.start_server(close, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert [each async for each in search(["127.0.0.1"], [port])] == [Progress(1, 1, None)]


@pytest.mark.anyio
async def test_a_search_that_is_closed_asks_nobody_any_more() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hosts = [f"127.0.0.{number}" for number in range(1, 255)]
        before = asyncio.all_tasks()
        # The one that listens and says nothing would be waited for longer.
        async with (
            asyncio.timeout(ANSWER_S / 2),
            aclosing(search(hosts, [silent.getsockname()[1]], rate_per_s=1000, at_once=16)) as going,
        ):
            first = await anext(going)
        assert first.asked == 1
        assert asyncio.all_tasks() == before


@pytest.mark.parametrize(
    "text,count,first,last",
    [
        ("192.168.10.*", 256, "192.168.10.0", "192.168.10.255"),
        ("192.168.20-22.*", 768, "192.168.20.0", "192.168.22.255"),
        ("192.168.30.0-50", 51, "192.168.30.0", "192.168.30.50"),
        ("192.168.30.7", 1, "192.168.30.7", "192.168.30.7"),
        ("10.0.0.1-10.0.1.1", 257, "10.0.0.1", "10.0.1.1"),
        ("192.0.2.16/28", 16, "192.0.2.16", "192.0.2.31"),
        ("10.1-2.3.4, 10.1.3.4 ,10.9.9.9", 3, "10.1.3.4", "10.9.9.9"),
        ("10.0.*.*", 65_536, "10.0.0.0", "10.0.255.255"),
    ],
)
def test_ranges_mean_what_people_write(text: str, count: int, first: str, last: str) -> None:
    found = parse_ranges(text)
    assert (len(found), found[0], found[-1]) == (count, first, last)


@pytest.mark.parametrize(
    "text",
    [
        "", "*", "10.*.*.*", "10.0.*.*,10.1.0.0", "0.0.0.0/0", "10.0.0.0-10.255.0.0", "256.1.1.1", "10.0.0.9-3",
        "10.0.0", "10.0.0.0.0", "camera.example", "10.0.0.5-10.0.0.1", "10.0.0.\u0661", "10.0.0.1,", "2001:db8::/64",
    ],
)  # fmt: skip
def test_what_is_no_range_or_too_large_is_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        parse_ranges(text)


@given(st.text("0123456789.*-/, ", max_size=30))
def test_no_text_means_more_than_the_most_addresses(text: str) -> None:
    try:
        assert 0 < len(parse_ranges(text)) <= MOST_ADDRESSES
    except BadAddress:
        return


def test_ports_are_read_with_ranges_and_bounds() -> None:
    assert parse_ports("80, 1080-1082,80") == (80, 1080, 1081, 1082)
    for text in ("", "0", "65536", "1-65535", "a", "*", "1-20,100-120"):
        with pytest.raises(BadAddress):
            parse_ports(text)
