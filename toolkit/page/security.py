"""Who may talk to the page: the person who opened it, from this computer, through this address, and nobody else.

A ticket in the first address is exchanged, once, for a cookie that scripts cannot read and other sites cannot send. Every request
must name this very address as its host (against DNS rebinding); everything that changes something must come from this page itself.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response

_TICKET_SECONDS = 120
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""What every answer carries; an answer may bring a policy of its own."""

CONTROL = "/control/"
ENTER = "/enter"
STATIC = "/static/"


@dataclass(slots=True)
class Sessions:
    """The tickets given out and the browsers let in, each with the language it speaks.

    ``key`` is what another process of the same person shows to talk to the page; only its state file has it.
    """

    key: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    _tickets: dict[str, tuple[float, str]] = field(default_factory=dict)
    _browsers: dict[str, str] = field(default_factory=dict)

    def ticket(self, lang: str) -> str:
        """Return a new way in: good once, and for two minutes."""
        made = secrets.token_urlsafe(32)
        self._tickets[made] = (time.monotonic() + _TICKET_SECONDS, lang)
        return made

    def redeem(self, ticket: str) -> str | None:
        """Return the cookie that a ticket is exchanged for, or None."""
        until, lang = self._tickets.pop(ticket, (0.0, ""))
        if time.monotonic() >= until:
            return None
        cookie = secrets.token_urlsafe(32)
        self._browsers[cookie] = lang
        return cookie

    def language(self, cookie: str) -> str | None:
        """Return the language of a browser that was let in, None for any other."""
        return self._browsers.get(cookie)


class Guard:
    """Stands before the page (ASGI): turns away whatever is not the person's own browser or process."""

    def __init__(self, app: Any, sessions: Sessions, port: int, refused: Any) -> None:
        self._app, self._sessions, self._refused = app, sessions, refused
        self._host = f"127.0.0.1:{port}"
        self.cookie = f"taizhang-{port}"

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Answer, or let the page answer."""
        if scope["type"] != "http":
            return

        async def answer(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._check(scope)
        await (refusal or self._app)(scope, receive, answer)

    def _check(self, scope: MutableMapping[str, Any]) -> Response | None:
        headers, method, path = Headers(scope=scope), scope["method"], scope["path"]
        if headers.getlist("host") != [self._host]:
            return PlainTextResponse("wrong host", 421)
        if method not in ("GET", "HEAD", "POST"):
            return PlainTextResponse("method not allowed", 405)
        if method == "POST" and headers.getlist("origin") != [f"http://{self._host}"]:
            return PlainTextResponse("wrong origin", 403)
        if path.startswith(CONTROL):
            shown = headers.get("authorization", "").encode()
            right = hmac.compare_digest(shown, f"Bearer {self._sessions.key}".encode())
            return None if right else PlainTextResponse("wrong key", 403)
        fetched = headers.get("sec-fetch-site", "none")
        if path.startswith(STATIC):
            return None if fetched in ("same-origin", "none") else PlainTextResponse("wrong site", 403)
        if path == ENTER:
            return None
        lang = self._sessions.language(self._cookie(headers))
        if lang is None or (method == "POST" and fetched not in ("same-origin", "none")):
            refused: Response = self._refused(403)
            return refused
        scope.setdefault("state", {})["lang"] = lang
        return None

    def _cookie(self, headers: Headers) -> str:
        jar: SimpleCookie = SimpleCookie()
        try:
            jar.load(headers.get("cookie", ""))
        except CookieError:
            return ""
        return jar[self.cookie].value if self.cookie in jar else ""
