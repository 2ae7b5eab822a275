"""The routes of the page: who asked for what, and what is answered. What is done lies elsewhere."""

from __future__ import annotations

from functools import partial
from pathlib import Path, PurePosixPath

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from toolkit.config import ConfigError
from toolkit.faults import log_fault
from toolkit.ledgers.dictionary import DictionaryError
from toolkit.messages import LANGUAGES, text
from toolkit.model import RefusedWorkbook
from toolkit.page import actions, county, health, render
from toolkit.page.desk import Item, NotTaken, download_name
from toolkit.page.jobs import Wanted
from toolkit.page.security import Guard
from toolkit.page.state import Page

_REPORT_POLICY = "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def make_app(page: Page) -> Guard:
    """Return the page as an ASGI application, its guard in front."""
    routes = _Routes(page)
    app = Starlette(
        routes=[
            Route("/", routes.index),
            Route("/enter", routes.enter),
            Route("/files", routes.upload, methods=["POST"]),
            Route("/files/remove", routes.remove_all, methods=["POST"]),
            Route("/files/{id}/check", routes.check, methods=["POST"]),
            Route("/files/{id}/suggestions", routes.suggestions, methods=["POST"]),
            Route("/files/{id}/fix", routes.fix, methods=["POST"]),
            Route("/files/{id}/undo", routes.undo, methods=["POST"]),
            Route("/files/{id}/unmark", routes.unmark, methods=["POST"]),
            Route("/files/{id}/remove", routes.remove, methods=["POST"]),
            Route("/files/{id}/mark", routes.mark, methods=["POST"]),
            Route("/files/{id}/marked", routes.marked),
            Route("/files/{id}/copy", routes.copy),
            Route("/county", routes.county),
            Route("/workspace", routes.workspace, methods=["POST"]),
            Route("/run", routes.run_state),
            Route("/run", routes.run, methods=["POST"]),
            Route("/run/cancel", routes.cancel, methods=["POST"]),
            Route("/notice", routes.notice),
            Route("/health", routes.health),
            Route("/report", routes.report),
            Route("/out/{name}", routes.output),
            Route("/end", routes.end, methods=["POST"]),
            Route("/control/open", routes.control_open, methods=["POST"]),
            Route("/static/colours.css", routes.colours),
            Mount("/static", StaticFiles(packages=[("toolkit.page", "static")])),
        ],
        exception_handlers={
            ConfigError: routes.misconfigured, DictionaryError: routes.misconfigured, RefusedWorkbook: routes.refused_workbook,
            Exception: routes.fault,
        },
    )  # fmt: skip
    guard = Guard(app, page.sessions, page.port, partial(routes.refused, page.language()))
    routes.cookie = guard.cookie
    return guard


def _lang(request: Request) -> str:
    return str(getattr(request.state, "lang", "zh"))


class _Routes:
    def __init__(self, page: Page) -> None:
        self._page = page
        self.cookie = ""

    def refused(self, lang: str, status: int) -> Response:
        return render.html("refused.html", lang, status)

    def misconfigured(self, request: Request, error: Exception) -> Response:
        if not isinstance(error, ConfigError | DictionaryError):
            raise error
        return PlainTextResponse("\n".join(error.sentences(_lang(request))), 409)

    def refused_workbook(self, request: Request, error: Exception) -> Response:
        reason = error.reason if isinstance(error, RefusedWorkbook) else ""
        return PlainTextResponse(text("page.card.refused", _lang(request), reason=reason), 409)

    async def fault(self, request: Request, _: Exception) -> Response:
        return PlainTextResponse(text("page.head.fault", _lang(request), log=str(log_fault(self._page.folder))), 500)

    # -- the way in and the page ------------------------------------------------------------------------------------------------

    def enter(self, request: Request) -> Response:
        self._page.touch()
        cookie = self._page.sessions.redeem(request.query_params.get("ticket", ""))
        known = self._page.sessions.language(request.cookies.get(self.cookie, ""))
        if cookie is None and known is None:
            return self.refused(self._page.language(), 403)
        answer = render.html("entering.html", self._page.language())
        if cookie is not None:
            answer.set_cookie(self.cookie, cookie, httponly=True, samesite="strict", path="/")
        return answer

    def index(self, request: Request) -> Response:
        self._page.touch()
        return render.whole_page(self._page, _lang(request))

    def colours(self, _: Request) -> Response:
        return Response(render.colours(), media_type="text/css")

    # -- workbooks --------------------------------------------------------------------------------------------------------------

    def _item(self, request: Request) -> Item | None:
        self._page.touch()
        return self._page.desk.get(request.path_params["id"])

    async def upload(self, request: Request) -> Response:
        self._page.touch()
        lang = _lang(request)
        try:
            item = await self._page.desk.receive(request.query_params.get("name", ""), request.stream())
        except NotTaken as refusal:
            return PlainTextResponse(text(f"page.drop.{refusal.why}", lang, **refusal.params), 413)
        return await run_in_threadpool(self._checked, item, lang)

    def _checked(self, item: Item, lang: str) -> Response:
        actions.check(item, render.settings_of(self._page), lang)
        return render.card(self._page, item, lang)

    def check(self, request: Request) -> Response:
        item = self._item(request)
        return self._checked(item, _lang(request)) if item else _gone()

    def suggestions(self, request: Request) -> Response:
        if (item := self._item(request)) is None:
            return _gone()
        lang, long_ids = _lang(request), _is_set(request, "long_ids")
        listed = actions.list_suggestions(item, render.settings_of(self._page), lang, long_ids=long_ids)
        return render.suggestions(item, listed, lang, long_ids=long_ids)

    def fix(self, request: Request) -> Response:
        if (item := self._item(request)) is None:
            return _gone()
        lang = _lang(request)
        actions.adopt_suggestions(item, render.settings_of(self._page), lang, long_ids=_is_set(request, "long_ids"))
        return render.card(self._page, item, lang)

    def undo(self, request: Request) -> Response:
        if (item := self._item(request)) is None:
            return _gone()
        actions.undo_suggestions(item, render.settings_of(self._page), _lang(request))
        return render.card(self._page, item, _lang(request))

    def unmark(self, request: Request) -> Response:
        if (item := self._item(request)) is None:
            return _gone()
        actions.remove_marks(item, render.settings_of(self._page), _lang(request))
        return render.card(self._page, item, _lang(request))

    def mark(self, request: Request) -> Response:
        """Make the marked copy, so that whatever stands against it is said on the page and not in place of a download."""
        if (item := self._item(request)) is None:
            return _gone()
        made = actions.marked_copy(item, render.settings_of(self._page))
        if made is None:
            return PlainTextResponse(text("page.card.nothing_to_mark", _lang(request)), 409)
        said = "" if made.suffix == item.suffix else text("page.card.converted", _lang(request))
        return JSONResponse({"download": f"/files/{item.id}/marked", "said": said})

    def marked(self, request: Request) -> Response:
        item = self._item(request)
        made = [path for path in item.folder.glob("marked*") if path.is_file()] if item else []
        if item is None or not made:
            return _gone()
        return _download(made[0], download_name(item, "marked", _lang(request), made[0].suffix))

    def copy(self, request: Request) -> Response:
        """Send the working copy: corrected, or with its marks taken off."""
        if (item := self._item(request)) is None:
            return _gone()
        return _download(item.path, download_name(item, "corrected" if item.corrected else "unmarked", _lang(request)))

    def remove(self, request: Request) -> Response:
        if item := self._item(request):
            self._page.desk.remove(item.id)
        return Response(status_code=204)

    def remove_all(self, _: Request) -> Response:
        self._page.touch()
        for item in self._page.desk.items():
            self._page.desk.remove(item.id)
        return Response(status_code=204)

    # -- the workspace ----------------------------------------------------------------------------------------------------------

    def county(self, request: Request) -> Response:
        self._page.touch()
        return render.county(self._page, _lang(request))

    def workspace(self, request: Request) -> Response:
        self._page.touch()
        said, _ = county.make(self._page.folder, _lang(request))
        return render.county(self._page, _lang(request), said)

    def run(self, request: Request) -> Response:
        self._page.touch()
        asked = request.query_params
        goal = "summary" if asked.get("goal") == "summary" else ""
        wanted = Wanted(
            _is_set(request, "full"), asked.get("only", "").strip(), _is_set(request, "accept_vanished"), goal
        )
        if not self._page.start(wanted, _lang(request)):
            return PlainTextResponse(text("page.run.busy", _lang(request)), 409)
        return render.county(self._page, _lang(request))

    def run_state(self, request: Request) -> Response:
        return JSONResponse(render.run_state(self._page, _lang(request)))

    def cancel(self, request: Request) -> Response:
        self._page.touch()
        if self._page.run is not None:
            self._page.run.cancel()
        return JSONResponse(render.run_state(self._page, _lang(request)))

    def notice(self, request: Request) -> Response:
        self._page.touch()
        lang = _lang(request)
        said = county.notice(county.look(self._page.folder, lang))
        return render.html("notice.html", lang, said=said)

    def health(self, request: Request) -> Response:
        self._page.touch()
        page, lang = self._page, _lang(request)
        checks = health.look_around(
            page.folder, lang, private=page.private, port=page.port, minutes=page.limits.idle_minutes
        )
        return render.health(checks, lang)

    def report(self, request: Request) -> Response:
        """Show the report, in a sandbox: its script can filter its own table and reach nothing of the page."""
        self._page.touch()
        path = county.look(self._page.folder, _lang(request)).outputs.get("html")
        if path is None:
            return PlainTextResponse(text("page.county.no_output", _lang(request)), 404)
        return HTMLResponse(path.read_bytes(), headers={"Content-Security-Policy": _REPORT_POLICY})

    def output(self, request: Request) -> Response:
        self._page.touch()
        name = request.path_params["name"]
        path = (
            county.look(self._page.folder, _lang(request)).outputs.get(name)
            if name in ("summary", "consolidated")
            else None
        )
        if path is None:
            return PlainTextResponse(text("page.county.no_output", _lang(request)), 404)
        return _download(path, path.name)

    # -- the end, and other processes of the same person --------------------------------------------------------------------------

    def end(self, _: Request) -> Response:
        self._page.stop()
        return Response(status_code=204)

    async def control_open(self, request: Request) -> Response:
        self._page.touch()
        asked = await request.json()
        await run_in_threadpool(self._page.take, [Path(path) for path in asked["paths"]])
        lang = asked["lang"] if asked["lang"] in LANGUAGES else self._page.language()
        return JSONResponse({"ticket": self._page.sessions.ticket(lang)})


def _is_set(request: Request, name: str) -> bool:
    return request.query_params.get(name) == "1"


def _gone() -> Response:
    return PlainTextResponse("", 404)


def _download(path: Path, name: str) -> FileResponse:
    kind = _WORKBOOK if PurePosixPath(name).suffix == ".xlsx" else "application/octet-stream"
    return FileResponse(path, filename=name, media_type=kind)
