"""A simulated device over HTTP: routes for an application, and one place where requests come in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from doorward.video.onvif.errors import BadAnswer
from doorward.video.onvif.message import Markup, envelope
from doorward.video.onvif.names import NAMESPACES
from doorward.video.onvif.node import Node, parse
from doorward.video.onvif.simulator import device_service, event_service, imaging_service, media_service, ptz_service
from doorward.video.onvif.simulator.fault import Refusal
from doorward.video.onvif.simulator.guard import Guard
from doorward.video.onvif.simulator.state import DeviceState
from doorward.video.onvif.simulator.subscriptions import Subscriptions

_LARGEST_REQUEST = 100_000
_FREE = {"GetSystemDateAndTime", "GetCapabilities", "GetServices", "GetWsdlUrl", "GetHostname"}
"""What anybody may ask before signing in (ONVIF Core Specification, access class PRE_AUTH)."""

Answer = Callable[["SimulatedDevice", Node], Markup]


@dataclass(slots=True)
class Behaviour:
    """How the device is: its age and its whims. May be changed at any time."""

    media2: bool = True
    """Whether it has Media2; without it, H.265 has no name."""
    get_services: bool = True
    """Older devices know GetCapabilities alone."""
    http_digest: bool = False
    """It wants HTTP digest, and has no WS-Security."""
    clock_ahead: timedelta = timedelta(0)
    reference_parameters: bool = False
    """Its subscriptions are told apart by a header instead of by their address."""
    named_host: str | None = None
    """The host that it names in its addresses, when not the one by which it was asked."""


class SimulatedDevice:
    """Answers on the routes that `routes` gives; belongs to one event loop."""

    def __init__(
        self,
        state: DeviceState,
        behaviour: Behaviour | None = None,
        snapshot: bytes = b"",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.state = state
        self.behaviour = behaviour or Behaviour()
        self.snapshot = snapshot
        self.subscriptions = Subscriptions(clock)
        self.base = ""
        self.requests: list[bytes] = []
        """Every request as it came, the latest last: for those who check them. Only the last hundred."""
        self._clock = clock
        self._guard = Guard(state.users)

    def now(self) -> datetime:
        """By the device's own clock."""
        return self._clock() + self.behaviour.clock_ahead

    def set_clock(self, to: datetime) -> None:
        """As a request does that sets the time."""
        self.behaviour.clock_ahead = to - self._clock()

    def uri(self, path: str) -> str:
        """An address of the device, as it names it itself."""
        return f"{self.base}{path}"

    def motion(self, active: bool) -> None:
        """Somebody moves in the picture, or nobody does any more."""
        self.subscriptions.notice(
            "RuleEngine/CellMotionDetector/Motion",
            ("VideoSourceConfigurationToken", "source"),
            ("IsMotion", "true" if active else "false"),
        )

    def digital_input(self, token: str, active: bool) -> None:
        """An input of the device goes on or off."""
        self.subscriptions.notice(
            "Device/Trigger/DigitalInput", ("InputToken", token), ("LogicalState", "true" if active else "false")
        )

    def tampering(self, active: bool) -> None:
        """Somebody covers the camera, or not any more."""
        self.subscriptions.notice(
            "VideoSource/GlobalSceneChange/ImagingService",
            ("Source", "source"),
            ("State", "true" if active else "false"),
        )

    def routes(self) -> list[Route]:
        """Where the device answers."""
        return [
            Route("/onvif/subscription/{number:int}", self._soap, methods=["POST"]),
            Route("/onvif/{service}", self._soap, methods=["POST"]),
            Route("/snapshot.jpg", self._picture),
        ]

    async def _picture(self, request: Request) -> Response:
        if not self._guard.allows_digest(request.headers.get("Authorization", ""), "GET"):
            return self._unauthorized()
        return Response(self.snapshot, media_type="image/jpeg")

    async def _soap(self, request: Request) -> Response:
        host = self.behaviour.named_host or request.headers.get("Host", "127.0.0.1")
        self.base = f"http://{host}"
        data = await request.body()
        self.requests = [*self.requests[-99:], data]
        try:
            message = parse(data[:_LARGEST_REQUEST])
        except BadAnswer:
            return PlainTextResponse("This is no SOAP.\n", status_code=400)
        body = message.at("Body")
        if body is None or not body.children:
            return self._refused(Refusal("WellFormed", "The request has no body"))
        operation = body.children[0]
        if operation.name not in _FREE and not self._admitted(request, message.at("Header")):
            if self.behaviour.http_digest:
                return self._unauthorized()
            return self._refused(Refusal("NotAuthorized", "Sender not authorized"))
        try:
            answer = await self._answer(request, message, operation)
        except Refusal as refusal:
            return self._refused(refusal)
        return Response(envelope(Markup(), answer), media_type="application/soap+xml")

    def _admitted(self, request: Request, header: Node | None) -> bool:
        if self.behaviour.http_digest:
            return self._guard.allows_digest(request.headers.get("Authorization", ""), "POST")
        return self._guard.allows_token(header, self.now())

    async def _answer(self, request: Request, message: Node, operation: Node) -> Markup:
        if operation.namespace in (NAMESPACES["tev"], NAMESPACES["wsnt"]):
            return await event_service.answer(self, request.path_params.get("number"), message, operation)
        answer = self._operations().get((operation.namespace, operation.name))
        if answer is None:
            raise Refusal("ActionNotSupported", "Optional action not implemented", 500)
        return answer(self, operation)

    def _operations(self) -> dict[tuple[str, str], Answer]:
        services = {
            "tds": device_service.OPERATIONS,
            "trt": media_service.OPERATIONS,
            "tptz": ptz_service.OPERATIONS,
            "timg": imaging_service.OPERATIONS,
        }
        if self.behaviour.media2:
            services["tr2"] = media_service.OPERATIONS2
        return {
            (NAMESPACES[prefix], name): answer for prefix, each in services.items() for name, answer in each.items()
        }

    def _unauthorized(self) -> Response:
        return Response(status_code=401, headers={"WWW-Authenticate": self._guard.challenge()})

    def _refused(self, refusal: Refusal) -> Response:
        return Response(refusal.message(), status_code=refusal.status, media_type="application/soap+xml")
