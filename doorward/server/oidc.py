"""Where browsers go to sign in elsewhere, and where providers send them back to."""

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from doorward.acs.domain import Domain
from doorward.acs.users.oidc_providers import CALLBACK_PATH
from doorward.acs.users.oidc_sign_in import CameBack, OidcProblem, OidcRefused, begin_oidc, finish_oidc
from doorward.acs.users.sessions import SESSION_LIFETIME, Caller
from doorward.graphql.context import ERRAND_COOKIE, ERRAND_PATH, ERRAND_S, SESSION_COOKIE, address_of, give_cookie

START_PATH = "/sign-in/oidc/start/{provider_id}"
_LONGEST_ID = 36


class OidcRoutes:
    """The two addresses of signing in elsewhere. Nothing of a request says where a browser is sent to."""

    def __init__(self, domain: Domain) -> None:
        self._domain = domain

    def routes(self) -> list[Route]:
        """As Starlette wants them."""
        return [
            Route(START_PATH, self._start, methods=["GET"]),
            Route(CALLBACK_PATH, self._back, methods=["GET"]),
        ]

    async def _start(self, request: Request) -> Response:
        """Send the browser to a provider, from the address that it will come back to: there its cookie is."""
        provider_id = str(request.path_params["provider_id"])[:_LONGEST_ID]
        main = self._domain.web.main
        # A proxy may hide by which address a browser came: one that was sent there is there.
        if main is not None and request.url.netloc.lower() != URL(main).netloc and "sent" not in request.query_params:
            return _to(f"{main}{START_PATH.format(provider_id=_plain(provider_id))}?sent")
        try:
            begun = await begin_oidc(self._domain, provider_id, address_of(request))
        except OidcRefused as error:
            return _refused(error.problem)
        response = _to(begun.url)
        give_cookie(request, response, ERRAND_COOKIE, begun.handle, ERRAND_S, ERRAND_PATH, from_elsewhere=True)
        return response

    async def _back(self, request: Request) -> Response:
        """The browser is back: it gets a session, or the sign-in page says why not."""
        asked = request.query_params
        back = CameBack(asked.get("state"), asked.get("code"), asked.get("iss"), asked.get("error"))
        caller = Caller(address_of(request), request.headers.get("user-agent"))
        try:
            signed_in = await finish_oidc(self._domain, request.cookies.get(ERRAND_COOKIE), back, caller)
        except OidcRefused as error:
            response = _refused(error.problem)
        else:
            response = _to("/" if signed_in is not None else "/#/account")
            if signed_in is not None:
                lifetime_s = int(SESSION_LIFETIME.total_seconds())
                give_cookie(request, response, SESSION_COOKIE, signed_in.token, lifetime_s)
        give_cookie(request, response, ERRAND_COOKIE, "", 0, ERRAND_PATH, from_elsewhere=True)
        return response


def _plain(provider_id: str) -> str:
    return "".join(each for each in provider_id if each.isascii() and (each.isalnum() or each in "-_"))


def _refused(problem: OidcProblem) -> Response:
    return _to(f"/?sign-in={problem.value}")


def _to(url: str) -> Response:
    return RedirectResponse(url, 303, {"cache-control": "no-store"})
