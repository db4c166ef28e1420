"""SOAP with one device: signed, bounded in time and size, to the device's own host and nobody else.

The device is not trusted. It gets the password only as digests, is never followed elsewhere, and what it answers is
read up to a limit, without entities. One connection belongs to one event loop.
"""

import asyncio
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx

from doorward.video.onvif.address import DeviceAddress
from doorward.video.onvif.certificates import trusted
from doorward.video.onvif.credentials import Credentials, username_token
from doorward.video.onvif.errors import (
    BadAnswer,
    CertificateRefused,
    DeviceFault,
    DeviceUnreachable,
    NotAuthorized,
    NotSupported,
)
from doorward.video.onvif.message import Markup, element, envelope, joined
from doorward.video.onvif.node import Node, parse

ANSWER_S = 10.0
LARGEST_ANSWER = 2_000_000
"""Bytes. Large domes describe some hundred presets and profiles in less."""
_SAME_CLOCK = timedelta(seconds=1.5)
_HALF_A_SECOND = timedelta(milliseconds=500)
"""Devices tell whole seconds, so that half of one has passed on average."""


class Connection:
    """Calls to one device. `device_time` follows the device's own clock once `read_time` has asked for it."""

    def __init__(
        self,
        address: DeviceAddress,
        credentials: Credentials | None = None,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.address = address
        self.offset = timedelta(0)
        self._credentials = credentials
        self._clock = clock
        self._digest = None if credentials is None else httpx.DigestAuth(credentials.user, credentials.password)
        self._client = httpx.AsyncClient(
            verify=trusted() if tls is None else tls, trust_env=False, follow_redirects=False, timeout=ANSWER_S
        )

    async def close(self) -> None:
        """End every connection to the device."""
        await self._client.aclose()

    async def call(self, uri: str, action: str, body: Markup, answer_s: float = ANSWER_S) -> Node:
        """What answers a request at a service of the device: the element inside the body.

        Raises NotAuthorized, NotSupported, DeviceFault, DeviceUnreachable or BadAnswer.
        """
        return await self.addressed_call(uri, action, body, Markup(), answer_s)

    async def addressed_call(self, uri: str, action: str, body: Markup, header: Markup, answer_s: float) -> Node:
        """The same with more header; tries once more when the device's clock was stepped meanwhile."""
        try:
            return await self._signed(uri, action, body, header, answer_s)
        except NotAuthorized:
            before = self.offset
            if self._credentials is None or abs(await self.read_time() - before) < _SAME_CLOCK:
                raise
        return await self._signed(uri, action, body, header, answer_s)

    async def read_time(self) -> timedelta:
        """Ask the device for its time, which needs no credentials; returns how far it is ahead of ours.

        A device without a time in UTC is taken to have ours.
        """
        asked = self._clock()
        answer = await self._exchange(
            str(self.address),
            "http://www.onvif.org/ver10/device/wsdl/GetSystemDateAndTime",
            envelope(Markup(), element("tds:GetSystemDateAndTime")),
            ANSWER_S,
        )
        told = _utc(answer)
        self.offset = timedelta(0) if told is None else told + _HALF_A_SECOND - asked
        return self.offset

    async def fetch(self, uri: str, largest: int, answer_s: float = ANSWER_S) -> bytes:
        """The body at an address of the device, such as a snapshot; by digest where it wants credentials."""
        status, data = await self._send("GET", self.address.media(uri), None, {}, largest, answer_s)
        if status in (401, 403):
            raise NotAuthorized("The device wants a user name and password for this.")
        if status != 200:
            raise BadAnswer(f"The device answers with status {status}.")
        return data

    async def _signed(self, uri: str, action: str, body: Markup, header: Markup, answer_s: float) -> Node:
        token = None
        if self._credentials is not None:
            token = username_token(self._credentials, self._clock() + self.offset)
        return await self._exchange(uri, action, envelope(joined(token, header), body), answer_s)

    async def _exchange(self, uri: str, action: str, message: bytes, answer_s: float) -> Node:
        kind = f'application/soap+xml; charset=utf-8; action="{action}"'
        service = self.address.service(uri)
        status, data = await self._send("POST", service, message, {"Content-Type": kind}, LARGEST_ANSWER, answer_s)
        if status in (401, 403):
            raise NotAuthorized(_NOT_ACCEPTED if self._credentials else _NONE_GIVEN)
        if status == 404:
            raise BadAnswer("There is no ONVIF service at this address. Is ONVIF switched on in the camera?")
        if status not in (200, 400, 500):
            raise BadAnswer(f"What answers there sends status {status}. Is it an ONVIF device?")
        body = parse(data).at("Body")
        if body is None or not body.children:
            raise BadAnswer("What answers there does not speak SOAP. Is it an ONVIF device?")
        answer = body.children[0]
        if answer.name == "Fault":
            raise self._failure(answer)
        return answer

    def _failure(self, fault: Node) -> Exception:
        told = (fault.at("Code") or fault).walk()
        codes = [each.text.strip().rpartition(":")[2] for each in told if each.name in ("Value", "faultcode")]
        code = codes[-1] if codes else ""
        reason = (fault.words("Reason", "Text") or fault.words("faultstring"))[:200].rstrip(".")
        if {"NotAuthorized", "FailedAuthentication", "InvalidSecurity"} & set(codes):
            return NotAuthorized(_NOT_ACCEPTED if self._credentials else _NONE_GIVEN)
        if {"ActionNotSupported", "UnknownAction", "OptionalActionNotImplemented"} & set(codes):
            return NotSupported("The device has no such function.")
        return DeviceFault(code, reason)

    async def _send(
        self, method: str, uri: str, content: bytes | None, headers: dict[str, str], largest: int, answer_s: float
    ) -> tuple[int, bytes]:
        request = self._client.build_request(
            method, uri, content=content, headers={**headers, "Accept-Encoding": "identity"}
        )
        # Read time-outs count from the last byte; one that trickles is ended by the whole call's.
        request.extensions["timeout"] = httpx.Timeout(answer_s, connect=min(answer_s, ANSWER_S)).as_dict()
        try:
            async with asyncio.timeout(answer_s):
                return await self._with_digest(request, largest)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise DeviceUnreachable("The device does not answer in time. Check its address and the network.") from error
        except httpx.ConnectError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise CertificateRefused(
                    "This computer does not trust the device's certificate. Trust its issuer, or allow any certificate."
                ) from error
            raise DeviceUnreachable("Nobody answers there. Check the address, the port and the network.") from error
        except httpx.HTTPError as error:
            raise DeviceUnreachable("The device broke off the connection. Try again.") from error

    async def _with_digest(self, request: httpx.Request, largest: int) -> tuple[int, bytes]:
        """httpx's own way would read all of a refusal, however long it is."""
        if self._digest is None:
            return await self._once(request, largest)
        flow = self._digest.auth_flow(request)
        response = await self._client.send(next(flow), auth=None, stream=True)
        try:
            again = _challenged(flow.send, response)
            if again is None:
                return response.status_code, await _bounded(response, largest)
        finally:
            await response.aclose()
        return await self._once(again, largest)

    async def _once(self, request: httpx.Request, largest: int) -> tuple[int, bytes]:
        response = await self._client.send(request, auth=None, stream=True)
        try:
            return response.status_code, await _bounded(response, largest)
        finally:
            await response.aclose()


_NOT_ACCEPTED = "The device does not accept the user name and password. Check them, and the device's ONVIF users."
_NONE_GIVEN = "The device wants a user name and password."


def _challenged(send: Callable[[httpx.Response], httpx.Request], response: httpx.Response) -> httpx.Request | None:
    """The request again with the answer to the device's challenge; None where there is none."""
    try:
        return send(response)
    except StopIteration:
        return None
    except (httpx.HTTPError, KeyError, ValueError, NotImplementedError) as error:
        raise BadAnswer("The device asks for a password in a way that is not understood.") from error


async def _bounded(response: httpx.Response, largest: int) -> bytes:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise BadAnswer("The device compresses its answer, which it was asked not to.")
    data = bytearray()
    async for chunk in response.aiter_raw():
        data += chunk
        if len(data) > largest:
            raise BadAnswer("The device's answer is larger than any that makes sense; it was not read.")
    return bytes(data)


def _utc(answer: Node) -> datetime | None:
    moment = answer.at("SystemDateAndTime", "UTCDateTime")
    if moment is None:
        return None
    parts = [
        moment.whole(*path)
        for path in (("Date", "Year"), ("Date", "Month"), ("Date", "Day"), ("Time", "Hour"), ("Time", "Minute"))
    ]
    second = moment.whole("Time", "Second")
    try:
        # A leap second is no second of ours.
        return datetime(*(-1 if part is None else part for part in parts), min(second or 0, 59), tzinfo=UTC)  # type: ignore[arg-type,misc]
    except (ValueError, OverflowError):
        return None
