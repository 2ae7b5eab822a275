"""Opening the page and keeping it: the server on the loopback address, the browser, the end when nobody uses it."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import socket
import tempfile
import threading
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import uvicorn

from toolkit.page.app import make_app
from toolkit.page.running import PREFIX, Place, Running
from toolkit.page.settings import load_limits
from toolkit.page.state import Page

_LOOK_SECONDS = 0.5


class _Server(uvicorn.Server):
    """A server that ends in order on a signal, so that what was dropped is removed."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        names = [signal.SIGINT, signal.SIGTERM, *([signal.SIGBREAK] if hasattr(signal, "SIGBREAK") else [])]
        before = [(name, signal.signal(name, self.handle_exit)) for name in names]
        try:
            yield
        finally:
            for name, handler in before:
                signal.signal(name, handler)


def open_page(
    folder: Path, paths: Sequence[Path], lang: str | None, *, browser: bool, tell: Callable[[str, int, bool], None]
) -> None:
    """Open the page of a workspace with files to be checked, and keep it until it ends; where it is open already, go on there.

    Args:
        folder: the workspace, or any folder.
        paths: files of this computer, and folders of such.
        lang: of the page; None: the workspace's.
        browser: open one.
        tell: is told the address, the process and whether the page was open already, as soon as it can be used.

    Raises:
        NoAnswer: a page is there that does not answer.
    """
    place = Place(folder)
    if not place.take():
        running, ticket = place.hand_over(paths, lang or "")
        _show(running.port, ticket, Path(running.private), tell, running.pid, browser=browser, known=True)
        return
    private = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        _keep(place, folder, paths, lang, private, browser=browser, tell=tell)
    finally:
        shutil.rmtree(private, ignore_errors=True)
        place.leave()


def _keep(
    place: Place, folder: Path, paths: Sequence[Path], lang: str | None, private: Path, *, browser: bool,
    tell: Callable[[str, int, bool], None],
) -> None:  # fmt: skip
    logging.getLogger("uvicorn").addHandler(logging.NullHandler())  # faults go to the log of faults, masked
    logging.getLogger("uvicorn").propagate = False
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        port = listener.getsockname()[1]
        servers: list[_Server] = []

        def stop() -> None:
            for one in servers:
                one.should_exit = True

        page = Page(folder.absolute(), private, port, load_limits(folder), stop)
        config = uvicorn.Config(make_app(page), log_config=None, access_log=False, lifespan="off", ws="none", proxy_headers=False,
                                server_header=False, timeout_graceful_shutdown=2)  # fmt: skip
        servers.append(_Server(config))
        page.take(list(paths))
        place.note(Running(os.getpid(), port, page.sessions.key, str(private)))
        watch = threading.Thread(target=_watch, args=(page, servers[0]), daemon=True)
        watch.start()
        _show(
            port,
            page.sessions.ticket(lang or page.language()),
            private,
            tell,
            os.getpid(),
            browser=browser,
            known=False,
        )
        try:
            servers[0].run(sockets=[listener])
        finally:
            if page.run is not None:
                page.run.cancel()


def _watch(page: Page, server: Any) -> None:
    """End the page when nobody has used it for a while."""
    pause = threading.Event()
    while not server.should_exit:
        if page.idle_seconds > page.limits.idle_minutes * 60:
            server.should_exit = True
        pause.wait(_LOOK_SECONDS)


def _show(
    port: int,
    ticket: str,
    private: Path,
    tell: Callable[[str, int, bool], None],
    pid: int,
    *,
    browser: bool,
    known: bool,
) -> None:
    """Tell the address, and open a browser there."""
    address = f"http://127.0.0.1:{port}/enter?ticket={ticket}"
    tell(address, pid, known)
    if not browser:
        return
    if os.name == "nt":
        webbrowser.open(address)
    else:
        webbrowser.open(_redirect(private, address).as_uri())


def _redirect(private: Path, address: str) -> Path:
    """Return a page of our own that leads to the address: elsewhere others could read the ticket in the list of processes."""
    path = private / "open.html"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={address}">')
    return path
