"""The explorer of the API: GraphiQL from our own files, for those who may explore."""

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from doorward.acs.actor import Permission
from doorward.acs.domain import Domain
from doorward.acs.errors import NotPermitted, Unauthenticated
from doorward.graphql.context import actor_behind
from doorward.server.built_files import BuiltFiles
from doorward.server.dashboard import CONTENT_SECURITY_POLICY

EXPLORER = Path(__file__).resolve().parent.parent / "explorer"
PATH = "/explorer"
SIGN_IN = "/#/account"
"""Whoever signs in there finds the link to the explorer."""
_PAGE = "explorer.html"
_PAGE_POLICY = f"{CONTENT_SECURITY_POLICY}; style-src 'self' 'unsafe-inline'"
"""The editor places its lines by style attributes and writes its colours into style elements. Scripts stay ours."""
_NOT_BUILT = "The explorer is not built. Run scripts/dashboard.\n"


class Explorer:
    """The page and its files. `directory`: what web/vite.explorer.config.ts has built."""

    def __init__(self, domain: Domain, directory: Path = EXPLORER) -> None:
        self._domain = domain
        self._files = BuiltFiles(directory=directory, check_dir=False)
        self._is_built = (directory / _PAGE).is_file()

    def routes(self) -> list[Route]:
        """`/explorer` with its assets; `/graphiql` leads there."""
        return [
            Route(PATH, self.page),
            Route(f"{PATH}/assets/{{name}}", self.asset),
            Route(f"{PATH}/{{rest:path}}", _to_page),
            Route("/graphiql", _to_page),
        ]

    async def page(self, request: Request) -> Response:
        """The page; those who have not signed in are led to where they can."""
        try:
            await self._require(request)
        except Unauthenticated:
            return RedirectResponse(SIGN_IN, 303, {"cache-control": "no-store"})
        except NotPermitted as error:
            return PlainTextResponse(f"{error.message}\n", 403, {"cache-control": "no-store"})
        if not self._is_built:
            return PlainTextResponse(_NOT_BUILT, 503)
        response = await self._files.get_response(_PAGE, request.scope)
        response.headers["content-security-policy"] = _PAGE_POLICY
        response.headers["cache-control"] = "no-store"
        return response

    async def asset(self, request: Request) -> Response:
        """A file of the page. Its name has a hash: it never changes under it."""
        try:
            await self._require(request)
        except Unauthenticated as error:
            raise HTTPException(401, error.message) from error
        except NotPermitted as error:
            raise HTTPException(403, error.message) from error
        response = await self._files.get_response(f"assets/{request.path_params['name']}", request.scope)
        response.headers["cache-control"] = "private, max-age=31536000, immutable"
        return response

    async def _require(self, request: Request) -> None:
        (await actor_behind(self._domain, request)).require(Permission.API_EXPLORE)


async def _to_page(_: Request) -> Response:
    return RedirectResponse(PATH)
