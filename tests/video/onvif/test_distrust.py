"""A camera is not trusted: bounded answers, no entities, no addresses but its own, no password for anybody else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from doorward.video.onvif.address import DeviceAddress
from doorward.video.onvif.connection import LARGEST_ANSWER, Connection
from doorward.video.onvif.errors import BadAddress, BadAnswer, DeviceUnreachable, NotAuthorized
from doorward.video.onvif.message import element, envelope
from doorward.video.onvif.node import LARGEST_COUNT, LARGEST_DEPTH, parse
from tests.video.onvif.conftest import OPERATOR

Serve = Callable[[Starlette], AbstractAsyncContextManager[str]]
AT = DeviceAddress.parse("192.0.2.7:8000")


async def asked(serve: Serve, answer: Callable[[Request], Response], answer_s: float = 5.0) -> None:
    """Call an application that answers everything so."""

    async def handle(request: Request) -> Response:
        return answer(request)

    app = Starlette(routes=[Route("/{path:path}", handle, methods=["GET", "POST"])])
    async with serve(app) as base:
        connection = Connection(DeviceAddress.parse(base), OPERATOR)
        try:
            await connection.call(str(connection.address), "x", element("tds:GetUsers"), answer_s)
        finally:
            await connection.close()


@pytest.mark.anyio
@pytest.mark.parametrize("status", [200, 401])
async def test_an_endless_answer_is_not_read(app_server: Serve, status: int) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65_536
            yield bytes(65_536)
            await asyncio.sleep(0)

    headers = {"WWW-Authenticate": 'Digest realm="x", nonce="y", qop="auth"'}
    with pytest.raises((BadAnswer, NotAuthorized)):
        await asked(app_server, lambda _: StreamingResponse(endless(), status, headers))
    assert sent < 10 * LARGEST_ANSWER


@pytest.mark.anyio
async def test_an_answer_that_trickles_ends_with_the_time_for_it(app_server: Serve) -> None:
    async def trickle() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.02)

    with pytest.raises(DeviceUnreachable, match="in time"):
        await asked(app_server, lambda _: StreamingResponse(trickle()), 0.3)


@pytest.mark.anyio
async def test_a_redirection_is_not_followed(app_server: Serve) -> None:
    with pytest.raises(BadAnswer, match="status 307"):
        await asked(app_server, lambda _: RedirectResponse("http://127.0.0.1:9/"))


@pytest.mark.anyio
@pytest.mark.parametrize(
    "challenge", ["Digest", "Digest nonsense", 'Digest realm="x", nonce="y", algorithm=ROT13', "Basic realm=x"]
)
async def test_a_challenge_that_is_none_is_no_crash_and_basic_gets_no_password(
    app_server: Serve, challenge: str
) -> None:
    seen: list[str] = []

    def refuse(request: Request) -> Response:
        seen.append(request.headers.get("Authorization", ""))
        return Response(status_code=401, headers={"WWW-Authenticate": challenge})

    with pytest.raises((BadAnswer, NotAuthorized)):
        await asked(app_server, refuse)
    assert not any(each.startswith("Basic") for each in seen)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"<a/>", b"\xff\xfe\x00", envelope(element("a"), element("b")).replace(b"<b></b>", b"")],
)
async def test_what_is_no_soap_is_named_so(app_server: Serve, body: bytes) -> None:
    with pytest.raises(BadAnswer):
        await asked(app_server, lambda _: Response(body))


BOMB = b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><a>&b;</a>'


@pytest.mark.parametrize(
    "data",
    [
        BOMB,
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b"<a>" * (LARGEST_DEPTH + 1),
        b"<a>" + b"<b/>" * LARGEST_COUNT,
        b"<a>&undefined;</a>",
    ],
    ids=["entities", "external", "deep", "many", "undefined"],
)
def test_documents_that_mean_harm_are_not_read(data: bytes) -> None:
    with pytest.raises(BadAnswer):
        parse(data)


@given(st.binary(max_size=200) | st.text("<>/ab=\"'&;!-? ", max_size=60).map(str.encode))
def test_any_bytes_are_a_document_or_a_bad_answer(data: bytes) -> None:
    try:
        list(parse(data).walk())
    except BadAnswer:
        return


@given(st.text(), st.text())
def test_what_is_written_is_read_again_and_closes_nothing(text: str, attribute: str) -> None:
    try:
        node = parse(element("a", text, key=attribute).encode(errors="surrogatepass"))
    except BadAnswer:
        return  # Characters that XML does not have.
    assert not node.children
    assert node.text.replace("\n", "") == text.replace("\r", "").replace("\n", "")


def test_terminals_get_no_control_characters_from_a_device() -> None:
    node = parse("<a>Door\u009b31m \u202eevil</a>".encode())
    assert node.words() == "Door31m evil"


@pytest.mark.parametrize(
    "named,used",
    [
        ("http://192.0.2.7:8000/onvif/ptz", "http://192.0.2.7:8000/onvif/ptz"),
        ("http://10.0.0.1/onvif/ptz?x=1", "http://192.0.2.7:8000/onvif/ptz?x=1"),
        ("https://user:pass@evil.example/onvif/ptz#f", "http://192.0.2.7:8000/onvif/ptz"),
    ],
)
def test_services_are_at_the_device_and_nowhere_else(named: str, used: str) -> None:
    assert AT.service(named) == used


@pytest.mark.parametrize(
    "named,used",
    [
        ("rtsp://10.0.0.1:8554/live?p=1", "rtsp://192.0.2.7:8554/live?p=1"),
        ("rtsp://admin:secret@192.0.2.7/live", "rtsp://192.0.2.7/live"),
        ("http://[2001:db8::1]/snap.jpg", "http://192.0.2.7:8000/snap.jpg"),
        ("http://192.0.2.7/snap.jpg", "http://192.0.2.7/snap.jpg"),
    ],
)
def test_streams_are_at_the_device_and_carry_no_password(named: str, used: str) -> None:
    assert AT.media(named) == used


@pytest.mark.parametrize("named", ["file:///etc/passwd", "concat:a|b", "", "rtsp://x:port/", "ftp://192.0.2.7/a"])
def test_other_addresses_are_not_used(named: str) -> None:
    with pytest.raises(BadAnswer):
        AT.media(named)


@pytest.mark.parametrize("text", ["", "http://", "ftp://camera", "a b", "u:p@camera", "camera:port", "camera:99999"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        DeviceAddress.parse(text)


def test_addresses_are_read_as_people_write_them() -> None:
    assert str(DeviceAddress.parse("camera.example")) == "http://camera.example/onvif/device_service"
    assert str(DeviceAddress.parse("https://[2001:db8::7]:8443/")) == "https://[2001:db8::7]:8443/onvif/device_service"
    assert str(DeviceAddress.parse("http://192.0.2.7/onvif/x")) == "http://192.0.2.7/onvif/x"
